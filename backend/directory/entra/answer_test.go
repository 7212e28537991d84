package entra

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// FuzzAnswers: no answer to a write is a refusal but Graph's own word on the password, none of them reaches an error as it is, and
// nothing is waited for longer than anybody waits.
func FuzzAnswers(f *testing.F) {
	const complexity = `{"error":{"code":"Request_BadRequest","message":"The specified password does not comply with password complexity requirements."}}`
	f.Add(400, complexity, "3")
	f.Add(403, `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges"}}`, "")
	f.Add(429, `{"error":{"code":"TooManyRequests"}}`, "Sun, 01 Mar 2026 09:30:04 GMT")
	f.Add(404, `{"error":{"code":"Request_ResourceNotFound"}}`, "-1")
	f.Add(400, `{"error":{"code":"<b>\\n of ana@harbour.example"}}`, "")
	f.Add(400, `{"error":null}`, "99999999999999999999")
	f.Add(500, "<html>", "soon")
	password := app.NewSecret("Lantern-tide 41 copper")
	f.Fuzz(func(t *testing.T, status int, body, retry string) {
		a := answer{status: status, header: http.Header{"Retry-After": {retry}, "Request-Id": {body}}, body: []byte(body)}
		err := a.failure()
		told := refusal(err, password)
		var refused *port.Refusal
		if errors.As(told, &refused) && (status != http.StatusBadRequest || !strings.Contains(body, "Request_BadRequest")) {
			t.Errorf("a refusal by %d %q", status, body)
		}
		if text := err.Error(); len(text) > 300 || strings.ContainsAny(text, "\n\r\x00<\"") {
			t.Errorf("an error says %q", text)
		}
		if notFound(err) && status != http.StatusNotFound {
			t.Errorf("%d is not found", status)
		}
		for try := 1; try <= tries; try++ {
			pause, again := a.again(http.MethodPatch, try, time.Now())
			if pause < 0 || again && (try == tries || status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable) {
				t.Errorf("%d is sent again after %v", status, pause)
			}
		}
	})
}

// FuzzNames: what is asked for is one literal, whatever was typed, and the same for all ways to write a name.
func FuzzNames(f *testing.F) {
	for _, name := range []string{"ana", `HARBOUR\ana`, "o'brien@harbour.example", "''", `\`, "İ@harbour.example"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		whole1 := whole(name, "harbour.example", "harbour")
		if again := whole(whole1, "harbour.example", "harbour"); again != whole1 {
			t.Errorf("%q is %q, and that is %q", name, whole1, again)
		}
		literal := quote(whole1)
		inside := literal[1 : len(literal)-1]
		if strings.Contains(strings.ReplaceAll(inside, "''", ""), "'") || strings.ReplaceAll(inside, "''", "'") != whole1 {
			t.Errorf("%q is written %q", whole1, literal)
		}
	})
}

package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/sparekey/sparekey/backend/delivery/gateway/gatewaytest"
	"github.com/sparekey/sparekey/backend/port"
)

// TestATextIsHandedOverOnce: a request that was written is not written again, whatever its method, where its connection ends.
func TestATextIsHandedOverOnce(t *testing.T) {
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			return
		}
		if near, _, err := w.(http.Hijacker).Hijack(); err == nil { // the text has left for the network
			_ = near.Close()
		}
	}))
	defer s.Close()
	g, _ := settled(t, KindHTTP, &gatewaytest.Provider{URL: s.URL}, func(c *Config) {
		c.Endpoint += "/send?to={{.number}}&text={{.text}}"
		c.Form = Form{Method: "GET", Type: "form"}
	})
	if _, err := carried(t, g, message()); err != nil {
		t.Fatal(err)
	}
	if a, err := carried(t, g, message()); !errors.Is(err, port.ErrUnanswered) || asked.Load() != 2 {
		t.Errorf("%q, %v: asked %d times", a.Outcome, err, asked.Load())
	}
}

// TestADescriptionSaysWhatAndToWhom: one without the text or the number would be answered that all is well, and nobody gets anything.
func TestADescriptionSaysWhatAndToWhom(t *testing.T) {
	for endpoint, body := range map[string]string{
		"https://gw.example.org/send":                          "",
		"https://gw.example.org/send?to={{.to}}":               "",
		"https://gw.example.org/send?text={{.text}}":           `{"a": "{{.from}}"}`,
		"https://gw.example.org/a/send?t={{.text}}&id={{.id}}": "",
	} {
		if got, err := CheckForm(endpoint, Form{Method: "POST", Type: "json", Body: body}); got != "body" || !errors.Is(err, ErrNothing) {
			t.Errorf("%s %s: %q, %v", endpoint, body, got, err)
		}
	}
	if _, err := CheckForm("https://gw.example.org/{{ .number }}", Form{Method: "POST", Type: "form", Body: "t={{.text}}"}); err != nil {
		t.Error(err)
	}
	if err := CheckEndpoint("https://{{.number}}.example.org/", KindHTTP); !errors.Is(err, ErrEndpoint) {
		t.Errorf("a receiver chooses the host: %v", err)
	}
}

// TestADescribedBodyIsJSON, whatever a value ends with.
func TestADescribedBodyIsJSON(t *testing.T) {
	for _, text := range []string{`"`, `the desk "North"`, `"" \`, "\n"} {
		var said map[string]string
		if err := json.Unmarshal([]byte(fill(`{"a": "{{.text}}"}`, map[string]string{"text": text}, inJSON)), &said); err != nil || said["a"] != text {
			t.Errorf("%q is %q, %v", text, said["a"], err)
		}
	}
}

package api_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// bodied lists the operations that take a body, with one that is good and how large it may be.
var bodied = []struct {
	path, token, body string
	limit             int
}{
	{"/v1/flows", "", `{"purpose":"reset"}`, 64 << 10},
	{"/v1/flows/F1/inputs", flowToken, submission, 64 << 10},
	{"/v1/sessions/renew", "", `{"refresh":"r1"}`, 64 << 10},
	{"/v1/admin/policy/check", adminToken, draft, 1_400_000 + 64<<10},
	{"/v1/admin/policy/versions", adminToken, draft, 1_400_000 + 64<<10},
	{"/v1/admin/contacts", adminToken, `{"region":"r1","dry_run":true,"skip_bad":false}`, 22_400_000 + 64<<10},
	{"/v1/admin/passes", adminToken, `{"user_id":"r1","desk":true}`, 64 << 10},
	{"/v1/admin/passes/revoke", adminToken, `{"user_id":"r1"}`, 64 << 10},
	{"/v1/stations", "", `{"code":"r1","key":"AAAA","proof":"AAAA"}`, 64 << 10},
	{"/v1/admin/stations", adminToken, `{"name":"r1"}`, 64 << 10},
	{"/v1/admin/stations/change", adminToken, `{"id":"r1","what":"pause"}`, 64 << 10},
	{"/v1/admin/tokens", adminToken, `{"name":"r1","may":["trail"]}`, 64 << 10},
	{"/v1/admin/tokens/revoke", adminToken, `{"id":"r1"}`, 64 << 10},
	{"/v1/admin/messages", adminToken, `{"user_id":"r1"}`, 64 << 10},
	{"/v1/admin/accounts/lookup", adminToken, `{"user_id":"r1"}`, 64 << 10},
	{"/v1/admin/accounts/unfreeze", adminToken, `{"user_id":"r1","reason":"called"}`, 64 << 10},
	{"/v1/stations/current/report", "", goodReport, 2 << 10},
}

// goodReport is what a station may say of itself at least.
const goodReport = `{"version":"r1","system":"linux","mode":"kiosk","keys":"usable"}`

const draft = `{"source":"r1","after":3,"strand":false}`

// bodiesByPath gives the good bodies by the path that the description has.
func bodiesByPath() map[string]string {
	bodies := map[string]string{}
	for _, o := range bodied {
		bodies[strings.Replace(o.path, "F1", "{id}", 1)] = o.body
	}
	return bodies
}

// target is a path of the description with something in the place of its parameters.
func target(path string) string {
	return strings.NewReplacer("{id}", "F1", "{number}", "3").Replace(path)
}

var firstField = regexp.MustCompile(`"[a-z]`)

func TestBodiesAreStrict(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	for _, o := range bodied {
		rest := strings.TrimPrefix(o.body, "{")
		for name, body := range map[string]string{
			"empty": "", "blank": "  \n", "text": "reset", "null": "null", "array": "[" + o.body + "]", "two": o.body + o.body,
			"string": `"reset"`, "number": "1", "cut": o.body[:len(o.body)-1], "unknown field": `{"admin":true,` + rest,
			"field twice": strings.TrimSuffix(o.body, "}") + "," + rest, "null field": `{"purpose":null,"rev":null,"refresh":null}`,
			"other case":          firstField.ReplaceAllStringFunc(o.body, strings.ToUpper),
			"array for a string":  strings.NewReplacer(`"reset"`, `["reset"]`, `"123456"`, `["123456"]`, `"r1"`, `["r1"]`).Replace(o.body),
			"object for a string": strings.NewReplacer(`"reset"`, `{"a":"b"}`, `"123456"`, `{"a":"b"}`, `"r1"`, `{"a":"b"}`).Replace(o.body),
			"number for a string": strings.NewReplacer(`"reset"`, `7`, `"123456"`, `123456`, `"r1"`, `7`).Replace(o.body),
			"NUL":                 strings.NewReplacer("reset", `re\u0000set`, "123456", `123\u0000`, "r1", `r\u0000`).Replace(o.body),
			"raw NUL":             strings.NewReplacer("reset", "re\x00set", "123456", "123\x00", "r1", "r\x00").Replace(o.body),
			"not UTF-8":           strings.NewReplacer("reset", "re\xff", "123456", "123\xff", "r1", "r\xff").Replace(o.body),
			"deep":                `{"input":` + strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000) + "}",
			"deep array":          `{"input":` + strings.Repeat("[", 60_000) + "}", "prototype": `{"__proto__":{},` + rest,
			"oversize":    strings.TrimSuffix(o.body, "}") + strings.Repeat(" ", o.limit) + "}",
			"huge number": strings.Replace(o.body, `"rev":3`, `"rev":1e400`, 1) + " x", "comment": "/* */" + o.body, "BOM": "\ufeff" + o.body,
		} {
			wantProblem(t, o.path+": "+name, ask(h, "POST "+o.path, o.token, body), app.CodeBadRequest)
		}
	}
	if n := f.reached(); n != 0 {
		t.Errorf("%d calls reached a service", n)
	}
	for _, o := range bodied {
		if w := ask(h, "POST "+o.path, o.token, o.body); w.Code >= 400 {
			t.Errorf("%s: the good body got %d %s", o.path, w.Code, w.Body)
		}
	}
}

func TestInputsAreStrict(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	for _, input := range []string{
		`{}`, `[]`, `"back"`, `{"type":"enter_code"}`, `{"type":["back"]}`, `{"type":{"a":"b"}}`, `{"type":7}`, `{"Type":"back"}`,
		`{"type":"back","code":"123456"}`, `{"type":"give_code"}`, `{"type":"give_code","digits":"123456"}`,
		`{"type":"choose","kind":"fax"}`, `{"type":"give_reason","reason":"bored"}`, `{"type":"sign_in","user_id":"ana"}`,
		`{"type":"give_user_id","user_id":"` + strings.Repeat("x", 1025) + `"}`,
	} {
		body := `{"rev":3,"input":` + input + `}`
		wantProblem(t, input, ask(h, "POST /v1/flows/F1/inputs", flowToken, body), app.CodeBadRequest)
	}
	for _, rev := range []string{"-1", "1.5", "1e99", `"3"`, "true", "99999999999999999999"} {
		body := `{"rev":` + rev + `,"input":{"type":"back"}}`
		wantProblem(t, rev, ask(h, "POST /v1/flows/F1/inputs", flowToken, body), app.CodeBadRequest)
	}
	if f.reached() != 0 {
		t.Error("a service was reached")
	}
}

func TestTheContentTypeMustBeJSON(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	for _, o := range bodied {
		for _, media := range []string{
			"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/cbor",
			"application/json; charset=utf-16", "application/vnd.sparekey+json", "json", ";", "application/json+; x",
		} {
			r := httptest.NewRequest("POST", o.path, strings.NewReader(o.body))
			r.Header.Set("Idempotency-Key", goodKey)
			r.Header["Content-Type"] = []string{media}
			if o.token != "" {
				r.Header.Set("Authorization", "Bearer "+o.token)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			wantProblem(t, o.path+" as "+media, w, app.CodeBadRequest)
		}
	}
	if f.reached() != 0 {
		t.Error("a service was reached")
	}
}

func TestNoBodyWhereNoneIsWanted(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	tokens := map[app.Role]string{app.RoleAnyone: "", app.RoleFlow: flowToken, app.RolePerson: personToken, app.RoleAdmin: adminToken}
	_, all := document(t)
	for _, d := range all {
		if !d.body {
			wantProblem(t, d.id, ask(h, d.method+" "+target(d.path), tokens[d.roles[0]], `{"id":"F2"}`), app.CodeBadRequest)
		}
	}
	if f.reached() != 0 {
		t.Error("a service was reached")
	}
}

// The fuzz targets, one an operation that takes a body: whatever is sent, the reply is a success or a 4xx problem.

func FuzzStartFlow(f *testing.F)      { fuzz(f, 0) }
func FuzzSubmitInput(f *testing.F)    { fuzz(f, 1) }
func FuzzRenewSession(f *testing.F)   { fuzz(f, 2) }
func FuzzCheckPolicy(f *testing.F)    { fuzz(f, 3) }
func FuzzApplyPolicy(f *testing.F)    { fuzz(f, 4) }
func FuzzImportContacts(f *testing.F) { fuzz(f, 5) }
func FuzzIssuePass(f *testing.F)      { fuzz(f, 6) }
func FuzzRevokePass(f *testing.F)     { fuzz(f, 7) }
func FuzzEnrolStation(f *testing.F)   { fuzz(f, 8) }
func FuzzInviteStation(f *testing.F)  { fuzz(f, 9) }
func FuzzChangeStation(f *testing.F)  { fuzz(f, 10) }
func FuzzMakeToken(f *testing.F)      { fuzz(f, 11) }
func FuzzRevokeToken(f *testing.F)    { fuzz(f, 12) }
func FuzzListMessages(f *testing.F)   { fuzz(f, 13) }
func FuzzLookUp(f *testing.F)         { fuzz(f, 14) }
func FuzzUnfreeze(f *testing.F)       { fuzz(f, 15) }
func FuzzReportStation(f *testing.F)  { fuzz(f, 16) }

func TestEveryBodyIsFuzzed(t *testing.T) {
	source, err := os.ReadFile("body_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range bodied {
		if !strings.Contains(string(source), fmt.Sprintf("{ fuzz(f, %d) }", i)) {
			t.Errorf("no target fuzzes %s", o.path)
		}
	}
}

func fuzz(f *testing.F, operation int) {
	o := bodied[operation]
	h, _ := handler(newFake())
	f.Add(o.body)
	f.Add(`{"rev":0,"input":{"type":"sign_in","user_id":"a","password":"b"}}`)
	f.Add(`{"purpose":["reset"],"refresh":{"a":[null]}}`)
	f.Add("{\"\x00\":1e999}")
	f.Fuzz(func(t *testing.T, body string) {
		checkFuzzed(t, ask(h, "POST "+o.path, o.token, body))
	})
}

// FuzzRequest is for the operations without a body: their input is the path, the token and the method.
func FuzzRequest(f *testing.F) {
	h, _ := handler(newFake())
	f.Add("GET", "/v1/organisation", "")
	f.Add("DELETE", "/v1/flows/F1", flowToken)
	f.Add("POST", "/v1/sessions", flowToken)
	f.Add("GET", "/v1/sessions/current", personToken)
	f.Add("GET", "/v1/admin/policy/versions/3", adminToken)
	f.Add("HEAD", "//v1/..%2f", "\x00")
	f.Fuzz(func(t *testing.T, method, target, token string) {
		checkFuzzed(t, askRaw(h, method, target, token))
	})
}

func checkFuzzed(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code >= 500 || w.Code >= 300 && w.Code < 400 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json" {
		t.Fatalf("got %d as %s", w.Code, w.Header().Get("Content-Type"))
	}
}

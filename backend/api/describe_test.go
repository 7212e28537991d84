package api_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// described is one operation of the served document.
type described struct {
	method, path, id string
	roles            []app.Role
	scope            app.Scope
	body             bool
}

func document(t *testing.T) (map[string]any, []described) {
	t.Helper()
	h, _ := handler(newFake())
	w := ask(h, "GET /openapi.json", "", "")
	var doc map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != 200 {
		t.Fatalf("/openapi.json: %d, %v", w.Code, err)
	}
	var all []described
	for path, item := range doc["paths"].(map[string]any) {
		for method, raw := range item.(map[string]any) {
			op := raw.(map[string]any)
			d := described{method: strings.ToUpper(method), path: path, id: op["operationId"].(string), body: op["requestBody"] != nil}
			listed, _ := op["x-roles"].([]any)
			for _, r := range listed {
				d.roles = append(d.roles, app.Role(r.(string)))
			}
			scope, _ := op["x-scope"].(string)
			d.scope = app.Scope(scope)
			all = append(all, d)
		}
	}
	return doc, all
}

func TestTheDescriptionIsOpenAPI31(t *testing.T) {
	doc, all := document(t)
	if v := doc["openapi"]; v != "3.1.0" {
		t.Errorf("openapi %v", v)
	}
	var ids []string
	for _, d := range all {
		ids = append(ids, d.id)
	}
	slices.Sort(ids)
	want := "apply-policy cancel-flow change-station check-policy end-session enrol-station get-flow get-organisation get-policy " +
		"get-policy-history get-policy-version get-session get-station import-contacts invite-station issue-pass list-messages list-stations list-tokens " +
		"look-up-account make-token open-session renew-session report-station revoke-pass revoke-token start-flow submit-input unfreeze-account verify-trail"
	if got := strings.Join(ids, " "); got != want {
		t.Errorf("operations\n  %s\nwant\n  %s", got, want)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, trap := range []string{`"null"`, "nullable", "ErrorModel", `"$schema"`} {
		if strings.Contains(string(text), trap) {
			t.Errorf("the document says %s", trap)
		}
	}
}

// The matrix is generated from the document: each operation as each role.
func TestRolesOfEveryOperation(t *testing.T) {
	if testing.Short() {
		t.Skip("goes through every case, one after the other: `make test` runs it without the race detector")
	}
	tokens := map[app.Role]string{
		app.RoleAnyone: "", app.RoleFlow: flowToken, app.RolePerson: personToken, app.RoleAdmin: adminToken, app.RoleScript: scriptToken,
	}
	bodies := bodiesByPath()
	_, all := document(t)
	for _, d := range all {
		if len(d.roles) == 0 {
			t.Errorf("%s lists no role", d.id)
		}
		for role, token := range tokens {
			f := newFake()
			h, _ := handler(f)
			body := ""
			if d.body {
				body = bodies[d.path]
			}
			w := ask(h, d.method+" "+target(d.path), token, body)
			calls := 1
			if strings.HasPrefix(d.path, "/v1/admin/") && role != app.RoleScript {
				calls = 2 // the session is looked at first
			}
			if slices.Contains(d.roles, role) {
				if w.Code >= 400 || f.reached() != calls || f.lastCaller().Role != role {
					t.Errorf("%s as %s: got %d %s", d.id, role, w.Code, w.Body)
				}
				continue
			}
			code := app.CodeForbidden
			if role == app.RoleAnyone {
				code = app.CodeSignedOut
			}
			wantProblem(t, d.id+" as "+string(role), w, code)
			if f.reached() != 0 {
				t.Errorf("%s as %s reached a service", d.id, role)
			}
		}
	}
}

// What each role may do is decided here a second time, by hand: the table in the program is checked against it.
func TestRolesAreAsDecided(t *testing.T) {
	decided := map[string]string{
		"get-organisation": "anyone flow person admin", "start-flow": "anyone person admin",
		"get-flow": "flow", "submit-input": "flow", "cancel-flow": "flow", "open-session": "flow",
		"renew-session": "anyone flow person admin", "get-session": "person admin", "end-session": "person admin",
		"get-policy": "admin script policy.read", "get-policy-history": "admin script policy.read", "get-policy-version": "admin script policy.read",
		"check-policy": "admin script policy.read", "apply-policy": "admin script policy", "import-contacts": "admin script contacts",
		"issue-pass": "admin script passes", "revoke-pass": "admin script passes", "verify-trail": "admin script trail",
		"look-up-account": "admin script accounts.read", "unfreeze-account": "admin script accounts",
		"enrol-station": "anyone", "report-station": "anyone", "get-station": "anyone flow person admin",
		"list-stations": "admin script stations.read", "invite-station": "admin script stations", "change-station": "admin script stations",
		"list-tokens": "admin script tokens.read", "make-token": "admin", "revoke-token": "admin",
		"list-messages": "admin script messages",
	}
	_, all := document(t)
	for _, d := range all {
		var names []string
		for _, r := range d.roles {
			names = append(names, string(r))
		}
		if d.scope != "" {
			names = append(names, string(d.scope))
		}
		if got := strings.Join(names, " "); got != decided[d.id] {
			t.Errorf("%s: %q, decided %q", d.id, got, decided[d.id])
		}
	}
}

// The matrix of operations and scopes is generated from the document: each operation by a token of each scope alone, and by one of
// all scopes but those that cover it.
func TestAScopeOpensItsOperationsAndNoOther(t *testing.T) {
	bodies := bodiesByPath()
	_, all := document(t)
	f := newFake()
	h, _ := handler(f)
	ask := func(d described, may ...app.Scope) (*httptest.ResponseRecorder, int) {
		f.forget()
		f.may, f.books.passes["r1"] = may, true
		body := ""
		if d.body {
			body = bodies[d.path]
		}
		w := ask(h, d.method+" "+target(d.path), scriptToken, body)
		return w, f.reached()
	}
	opened := map[app.Scope]int{}
	for _, d := range all {
		if slices.Contains(d.roles, app.RoleScript) != (d.scope != "") || d.scope != "" && !strings.HasPrefix(d.path, "/v1/admin/") {
			t.Errorf("%s: roles %v, scope %q", d.id, d.roles, d.scope)
		}
		var others []app.Scope
		for _, s := range app.Scopes {
			w, reached := ask(d, s)
			if s == d.scope || d.scope != "" && s+".read" == d.scope {
				if opened[s]++; w.Code >= 400 || reached != 1 {
					t.Errorf("%s with %s: got %d %s", d.id, s, w.Code, w.Body)
				}
				continue
			}
			others = append(others, s)
		}
		code := app.CodeTokenScope
		if d.scope == "" {
			code = app.CodeForbidden
		}
		for _, may := range [][]app.Scope{others, nil, {""}, {d.scope + ".read"}, {app.Scope(strings.ToUpper(string(d.scope)))}} {
			w, reached := ask(d, may...)
			wantProblem(t, fmt.Sprintf("%s with %v", d.id, may), w, code)
			if reached != 0 {
				t.Errorf("%s with %v reached a service", d.id, may)
			}
			if code == app.CodeTokenScope && !strings.Contains(w.Body.String(), `"scope":"`+string(d.scope)+`"`) {
				t.Errorf("%s: the refusal doesn't say which scope it takes: %s", d.id, w.Body)
			}
		}
	}
	for _, s := range app.Scopes {
		if opened[s] == 0 {
			t.Errorf("the scope %s opens nothing", s)
		}
	}
}

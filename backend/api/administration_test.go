package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/client" // the real client: the two ends of the wire can't drift apart
	"github.com/sparekey/sparekey/client/wire"
)

// asAdministrator signs a client in as the fake's administrator.
func asAdministrator(t *testing.T, c *client.Client, f *fake) app.Administration {
	t.Helper()
	f.access = adminToken
	defer func() { f.access = personToken }()
	if _, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeSignIn, Key: goodKey}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Open(t.Context(), "F1"); err != nil {
		t.Fatal(err)
	}
	return c.Administration()
}

// told is how one call of a service of administrators ended.
type told struct {
	call   string
	result any
	code   app.Code
}

// administrate calls every service of administrators, in success and refusal, and tells how it went. It is the same for
// an implementation and for the client at the other end of the wire.
func administrate(ctx context.Context, a app.Administration, by string) []told {
	var all []told
	tell := func(call string, result any, err error) { all = append(all, told{call, result, app.CodeOf(err)}) }
	history := func() {
		h, err := a.Policies.History(ctx)
		tell("history", h, err)
	}
	history()
	for _, number := range []int{0, 1, 3, 4, 999_999_999, -1} {
		v, err := a.Policies.Version(ctx, number)
		tell("version", v, err)
	}
	for _, document := range []string{"", "good", "bad\xff\x00\u2028", "strand strand", "bad strand"} {
		for _, strand := range []bool{false, true} {
			d := app.PolicyDraft{Document: []byte(document), Source: "/tmp/<&>.toml", By: by, Comment: "ü <&>", After: 3, Strand: strand}
			v, err := a.Policies.CheckPolicy(ctx, d)
			tell("check", v, err)
			v, err = a.Policies.ApplyPolicy(ctx, d)
			tell("apply", v, err)
		}
	}
	v, err := a.Policies.ApplyPolicy(ctx, app.PolicyDraft{Document: []byte("good"), By: by, Source: "managed"})
	tell("apply where a file manages", v, err)
	history()
	for _, f := range []app.ContactsFile{
		{}, {Content: []byte("a\nb\n"), Region: "GB"}, {Content: []byte("bad\xff\n"), DryRun: true}, {Content: []byte("bad\n"), SkipBad: true},
	} {
		e, err := a.Contacts.ImportContacts(ctx, f)
		tell("import", e, err)
	}
	for _, p := range []app.IssuePass{{UserID: `HARBOUR\ana`, By: by}, {UserID: "ben", Desk: true, By: by}, {By: by}} {
		made, err := a.Passes.IssuePass(ctx, p)
		tell("issue", made, err)
	}
	for range 2 {
		tell("revoke", nil, a.Passes.RevokePass(ctx, `HARBOUR\ana`, by))
	}
	for _, userID := range []string{`HARBOUR\ana`, "ben", ""} {
		s, err := a.Accounts.Standing(ctx, userID)
		tell("standing", s, err)
		who, err := a.Accounts.Unfreeze(ctx, app.Unfreeze{UserID: userID, Reason: "called <&> ü", By: by})
		tell("unfreeze", who, err)
	}
	stations, err := a.Stations.ListStations(ctx)
	tell("stations", stations, err)
	for _, name := range []string{"Kiosk <&>", ""} {
		i, err := a.Stations.InviteStation(ctx, name, by)
		tell("invite", i, err)
	}
	for _, what := range []app.StationChange{app.StationPause, app.StationResume, app.StationRevoke, app.StationRename} {
		for _, id := range []app.StationID{"s1", ""} {
			s, err := a.Stations.ChangeStation(ctx, app.ChangeStation{ID: id, What: what, Name: "Kiosk <&>", By: by})
			tell("change", s, err)
		}
	}
	tokens, err := a.Tokens.ListTokens(ctx)
	tell("tokens", tokens, err)
	for _, name := range []string{"nightly <&>", ""} {
		m, err := a.Tokens.MakeToken(ctx, app.MakeToken{Name: name, May: []app.Scope{app.ScopeTrail, app.ScopePolicyRead}, Life: time.Hour, By: by})
		tell("make a token", m, err)
	}
	for _, id := range []app.TokenID{"t1", ""} {
		s, err := a.Tokens.RevokeToken(ctx, id, by)
		tell("revoke a token", s, err)
	}
	for _, userID := range []string{`HARBOUR\ana`, ""} {
		m, err := a.Messages.MessagesOf(ctx, userID)
		tell("messages", m, err)
	}
	r, err := a.Trail.VerifyTrail(ctx)
	tell("verify", r, err)
	return all
}

// The results over HTTP are those of the services themselves, and so is what arrives there, whoever a client says it is.
func TestAdministrationIsTheSameOverTheWire(t *testing.T) {
	here := newBooks(newFake())
	want := administrate(t.Context(), here.administration(), "A2")
	f := newFake()
	c, _ := connect(t, f)
	got := administrate(t.Context(), asAdministrator(t, c, f), "somebody else")
	if len(got) != len(want) {
		t.Fatalf("%d calls, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%d: got  %#v\nwant %#v", i, got[i], want[i])
		}
	}
	here.asked = withoutNegative(here.asked)
	if !reflect.DeepEqual(normal(f.books.asked), normal(here.asked)) {
		t.Errorf("arrived %#v\nwant    %#v", f.books.asked, here.asked)
	}
	if c := f.lastCaller(); c.Role != app.RoleAdmin || c.Account != "A2" {
		t.Errorf("called by %+v", c)
	}
}

// withoutNegative drops the version that the client knows without asking not to be there.
func withoutNegative(asked []any) (out []any) {
	for _, a := range asked {
		if a != -1 {
			out = append(out, a)
		}
	}
	return out
}

// normal takes an empty document for none.
func normal(asked []any) []any {
	for i, a := range asked {
		if d, ok := a.(app.PolicyDraft); ok && len(d.Document) == 0 {
			d.Document = nil
			asked[i] = d
		}
	}
	return asked
}

func TestALargeFileTravelsAndALargerOneIsRefused(t *testing.T) {
	f := newFake()
	c := connectPlainly(t, f)
	a := asAdministrator(t, c, f)
	if _, err := a.Policies.CheckPolicy(t.Context(), app.PolicyDraft{Document: bytes.Repeat([]byte("#"), wire.MaxPolicy)}); err != nil {
		t.Errorf("a policy of 1 MiB: %v", err)
	}
	if e, err := a.Contacts.ImportContacts(t.Context(), app.ContactsFile{Content: bytes.Repeat([]byte("\n"), 2<<20)}); err != nil || e.People != 2<<20 {
		t.Errorf("contacts of 2 MiB: %d people, %v", e.People, err)
	}
	before := f.reached()
	if _, err := a.Contacts.ImportContacts(t.Context(), app.ContactsFile{Content: make([]byte, wire.MaxContacts+1)}); app.CodeOf(err) != app.CodeBadRequest {
		t.Errorf("more contacts: %v", err)
	}
	if _, err := a.Policies.ApplyPolicy(t.Context(), app.PolicyDraft{Document: make([]byte, wire.MaxPolicy+1)}); app.CodeOf(err) != app.CodeBadRequest {
		t.Errorf("a larger policy: %v", err)
	}
	// A server does not rely on it.
	large := base64.StdEncoding.EncodeToString(make([]byte, wire.MaxPolicy+3))
	h, _ := handler(f)
	for _, path := range []string{"check", "versions"} {
		body := `{"document":"` + large + `","after":0,"strand":false}`
		wantProblem(t, path, ask(h, "POST /v1/admin/policy/"+path, adminToken, body), app.CodeBadRequest)
	}
	if f.reached() != before {
		t.Error("what was refused arrived")
	}
}

// adminRequests are all operations of administrators, from the description.
func adminRequests(t *testing.T) map[string]string {
	t.Helper()
	bodies := bodiesByPath()
	requests := map[string]string{}
	_, all := document(t)
	for _, d := range all {
		if strings.HasPrefix(d.path, "/v1/admin/") {
			body := ""
			if d.body {
				body = bodies[d.path]
			}
			requests[d.method+" "+target(d.path)] = body
		}
	}
	if len(requests) < 9 {
		t.Fatalf("%d operations", len(requests))
	}
	return requests
}

// An administrator who signed in with a pass is one by pass.
func TestASessionByPassAdministratesNothing(t *testing.T) {
	f := newFake()
	f.byPass = true
	h, _ := handler(f)
	for request, body := range adminRequests(t) {
		wantProblem(t, request, ask(h, request, adminToken, body), app.CodePassOnly)
	}
	if len(f.books.asked) != 0 {
		t.Errorf("a service was reached: %v", f.books.asked)
	}
}

func TestWithoutAdministrationItIsNotEnabled(t *testing.T) {
	f := newFake()
	for name, admin := range map[string]app.Administration{
		"none": {}, "no policies": {Contacts: f.books, Passes: f.books, Trail: f.books, Stations: f.books, Tokens: f.books, Accounts: f.books, Messages: f.books},
		"no contacts": {Policies: f.books, Passes: f.books, Trail: f.books, Stations: f.books, Tokens: f.books, Accounts: f.books, Messages: f.books},
		"no passes":   {Policies: f.books, Contacts: f.books, Trail: f.books, Stations: f.books, Tokens: f.books, Accounts: f.books, Messages: f.books},
		"no trail":    {Policies: f.books, Contacts: f.books, Passes: f.books, Stations: f.books, Tokens: f.books, Accounts: f.books, Messages: f.books},
		"no stations": {Policies: f.books, Contacts: f.books, Passes: f.books, Trail: f.books, Tokens: f.books, Accounts: f.books, Messages: f.books},
		"no accounts": {Policies: f.books, Contacts: f.books, Passes: f.books, Trail: f.books, Stations: f.books, Tokens: f.books, Messages: f.books},
		"no messages": {Policies: f.books, Contacts: f.books, Passes: f.books, Trail: f.books, Stations: f.books, Tokens: f.books, Accounts: f.books},
		"no tokens":   {Policies: f.books, Contacts: f.books, Passes: f.books, Trail: f.books, Stations: f.books, Accounts: f.books, Messages: f.books},
	} {
		h := api.New(api.Config{Front: f, Flows: f, Grants: f, Admin: admin, Version: "test", Clock: stillClock{}})
		for request, body := range adminRequests(t) {
			wantProblem(t, name+": "+request, ask(h, request, adminToken, body), app.CodeNotEnabled)
			wantProblem(t, name+": "+request, ask(h, request, personToken, body), app.CodeForbidden)
		}
	}
	if f.reached() != 0 {
		t.Error("a service was reached")
	}
}

func TestAdministrationKeepsItsCausesAndSecretsHere(t *testing.T) {
	f := newFake()
	h, log := handler(f)
	if w := ask(h, "POST /v1/admin/passes", adminToken, `{"user_id":"user-canary","desk":true}`); w.Code != 201 {
		t.Errorf("issue: %d %s", w.Code, w.Body)
	}
	if w := ask(h, "POST /v1/admin/passes/revoke", adminToken, `{"user_id":"user-canary"}`); w.Code != 204 {
		t.Errorf("revoke: %d %s", w.Code, w.Body)
	}
	if strings.Contains(log.String(), "canary") || strings.Contains(log.String(), "7Q4MXD0K92TB") {
		t.Errorf("log: %s", log)
	}
	f.books.err = errors.New("disk canary-77 on fire")
	for request, body := range adminRequests(t) {
		w := ask(h, request, adminToken, body)
		wantProblem(t, request, w, app.CodeInternal)
		if strings.Contains(w.Body.String(), "canary") {
			t.Errorf("%s: the cause left: %s", request, w.Body)
		}
	}
	if !strings.Contains(log.String(), "canary-77") {
		t.Error("the log of this side does not have the cause")
	}
}

func TestAVersionHasOneNumber(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	for _, number := range []string{"0", "03", "+3", "-1", "3.0", "3a", "1e3", "9999999999999999999999"} {
		wantProblem(t, number, ask(h, "GET /v1/admin/policy/versions/"+number, adminToken, ""), app.CodeBadRequest)
	}
	if f.reached() != 0 {
		t.Error("a service was reached")
	}
}

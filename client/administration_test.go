package client

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sparekey/sparekey/app"
)

// administrator gives a client with a session, whose operations of administrators h answers.
func administrator(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	s := newServer()
	s.turn = 1
	c := &Client{Clock: &movable{now: noon}, Transport: InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/admin/") {
			h(w, r)
			return
		}
		s.ServeHTTP(w, r)
	}))}
	if err := c.holdGrant(t.Context(), s.grant(), c.session.next()); err != nil {
		t.Fatal(err)
	}
	return c
}

// What has an effect each time that it arrives is not sent again by itself; anything else is.
func TestAnEffectIsNotSentTwice(t *testing.T) {
	calls := map[string]func(context.Context, app.Administration) error{
		"apply": func(ctx context.Context, a app.Administration) error {
			_, err := a.Policies.ApplyPolicy(ctx, app.PolicyDraft{})
			return err
		},
		"import": func(ctx context.Context, a app.Administration) error {
			_, err := a.Contacts.ImportContacts(ctx, app.ContactsFile{})
			return err
		},
		"issue": func(ctx context.Context, a app.Administration) error {
			_, err := a.Passes.IssuePass(ctx, app.IssuePass{})
			return err
		},
		"revoke": func(ctx context.Context, a app.Administration) error { return a.Passes.RevokePass(ctx, "ana", "") },
		"check": func(ctx context.Context, a app.Administration) error {
			_, err := a.Policies.CheckPolicy(ctx, app.PolicyDraft{})
			return err
		},
		"history": func(ctx context.Context, a app.Administration) error { _, err := a.Policies.History(ctx); return err },
		"unfreeze": func(ctx context.Context, a app.Administration) error {
			_, err := a.Accounts.Unfreeze(ctx, app.Unfreeze{})
			return err
		},
		"make a token": func(ctx context.Context, a app.Administration) error {
			_, err := a.Tokens.MakeToken(ctx, app.MakeToken{})
			return err
		},
		"revoke a token": func(ctx context.Context, a app.Administration) error {
			_, err := a.Tokens.RevokeToken(ctx, "t1", "")
			return err
		},
	}
	for name, do := range calls {
		var tries atomic.Int64
		h := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { tries.Add(1); panic(http.ErrAbortHandler) }))
		c := administrator(t, nil)
		c.Base, c.Transport = h.URL, &http.Transport{DisableKeepAlives: true}
		wantOffline(t, name, do(t.Context(), c.Administration()), "unreachable")
		h.Close()
		want := int64(1)
		if name == "check" || name == "history" {
			want = 2
		}
		if tries.Load() != want {
			t.Errorf("%s: sent %d times, want %d", name, tries.Load(), want)
		}
	}
}

func TestAnAdministratorsSlowCallMayTakeItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := administrator(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		a, began := c.Administration(), time.Now()
		_, err := a.Trail.VerifyTrail(t.Context())
		wantOffline(t, "verify", err, "timeout")
		if took := time.Since(began); took != slowTimeout {
			t.Errorf("verify took %v", took)
		}
		began = time.Now()
		_, err = a.Policies.History(t.Context())
		wantOffline(t, "history", err, "timeout")
		if took := time.Since(began); took != requestTimeout {
			t.Errorf("history took %v", took)
		}
	})
}

func TestAReplyWithoutAPassIsNone(t *testing.T) {
	c := administrator(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 201, map[string]bool{"first": true}) })
	_, err := c.Administration().Passes.IssuePass(t.Context(), app.IssuePass{UserID: "ana"})
	wantOffline(t, "no code", err, "answer")
}

func TestNoVersionHasANegativeNumber(t *testing.T) {
	c := administrator(t, func(http.ResponseWriter, *http.Request) { t.Error("asked the server") })
	if _, err := c.Administration().Policies.Version(t.Context(), -1); app.CodeOf(err) != app.CodeNoVersion {
		t.Errorf("got %v", err)
	}
}

func TestAnAdministratorWithoutASessionIsSignedOut(t *testing.T) {
	c := &Client{Transport: InProcess(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked the server") }))}
	if _, err := c.Administration().Policies.History(t.Context()); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("got %v", err)
	}
}

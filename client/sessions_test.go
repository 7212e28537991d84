package client

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sparekey/sparekey/app"
)

// signedIn gives a client with a session whose clock is an hour behind the server's.
func signedIn(t *testing.T, s *server, keep Keeper) (*Client, *movable) {
	t.Helper()
	clock, ctx := &movable{now: noon.Add(-time.Hour)}, context.Background()
	c := &Client{Transport: InProcess(s), Keep: keep, Clock: clock}
	if _, err := c.Start(ctx, app.Start{Purpose: app.PurposeSignIn, Key: goodKey}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Open(ctx, "F1"); err != nil {
		t.Fatal(err)
	}
	return c, clock
}

func current(t *testing.T, c *Client) app.Session {
	t.Helper()
	got, err := c.Current(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestFlowTokensStayHere(t *testing.T) {
	s, ctx := newServer(), context.Background()
	c := &Client{Transport: InProcess(s)}
	f, err := c.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: goodKey})
	if err != nil || !f.Token.Empty() {
		t.Fatalf("got token %v, %v", !f.Token.Empty(), err)
	}
	if _, err := c.Submit(ctx, "F1", 1, goodKey, app.Back{}); err != nil {
		t.Fatal(err)
	}
	if got := s.requests[1]; got != "POST /v1/flows/F1/inputs Bearer flow-token 0123456789abcdef" {
		t.Errorf("sent %s", got)
	}
	if _, err := c.Get(ctx, "F2"); app.CodeOf(err) != app.CodeNoFlow || len(s.requests) != 2 {
		t.Errorf("another flow: %v after %d requests", err, len(s.requests))
	}
	for _, over := range []app.Code{app.CodeEnded, app.CodeExpired, app.CodeNoFlow} {
		c.tokens.put("F1", app.NewSecret("flow-token"))
		s.problem = over
		if _, err := c.Get(ctx, "F1"); app.CodeOf(err) != over || !c.tokens.get("F1").Empty() {
			t.Errorf("%s: %v, token kept: %v", over, err, !c.tokens.get("F1").Empty())
		}
	}
	s.problem = app.CodeUnavailable
	c.tokens.put("F1", app.NewSecret("flow-token"))
	if _, err := c.Get(ctx, "F1"); app.CodeOf(err) != app.CodeUnavailable || c.tokens.get("F1").Empty() {
		t.Errorf("a passing trouble lost the token (%v)", err)
	}
	if err := c.Cancel(ctx, "F1"); app.CodeOf(err) != app.CodeUnavailable || !c.tokens.get("F1").Empty() {
		t.Errorf("a cancelled flow's token was kept (%v)", err)
	}
}

func TestARegistrationIsStartedByWhoIsSignedIn(t *testing.T) {
	s, ctx := newServer(), context.Background()
	c, _ := signedIn(t, s, nil)
	for purpose, want := range map[app.Purpose]string{
		app.PurposeManage:   "POST /v1/flows Bearer access-1 0123456789abcdef",
		app.PurposeRegister: "POST /v1/flows Bearer access-1 0123456789abcdef", app.PurposeReset: "POST /v1/flows  0123456789abcdef",
	} {
		if _, err := c.Start(ctx, app.Start{Purpose: purpose, Key: goodKey}); err != nil {
			t.Fatal(err)
		}
		if got := s.requests[len(s.requests)-1]; got != want {
			t.Errorf("%s: sent %s", purpose, got)
		}
	}
	if _, err := (&Client{Transport: InProcess(s)}).Start(ctx, app.Start{Purpose: app.PurposeRegister}); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("signed out: %v", err)
	}
}

// A server rotates the token whether or not somebody waits for the reply.
func TestARenewalOutlivesWhoAskedForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		c, clock := signedIn(t, s, nil)
		clock.move(time.Hour)
		s.hold = make(chan struct{})
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		if _, err := c.Current(ctx); app.CodeOf(err) != app.CodeOffline {
			t.Errorf("who went away got %v", err)
		}
		close(s.hold)
		synctest.Wait()
		if current(t, c); s.renewals != 1 {
			t.Errorf("%d renewals", s.renewals)
		}
	})
}

func TestAnAccessTokenIsRenewedBeforeItExpires(t *testing.T) {
	s := newServer()
	c, clock := signedIn(t, s, nil)
	clock.move(10*time.Minute - renewAhead - time.Second)
	if current(t, c); s.renewals != 0 {
		t.Error("renewed too early")
	}
	clock.move(time.Second)
	if current(t, c); s.renewals != 1 {
		t.Errorf("%d renewals", s.renewals)
	}
}

func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	s, b := newServer(), &box{}
	c, _ := signedIn(t, s, b)
	c.session.access = app.NewSecret("of another day")
	if current(t, c); s.renewals != 1 {
		t.Errorf("%d renewals", s.renewals)
	}
	s.ended = true
	_, err := c.Current(context.Background())
	if app.CodeOf(err) != app.CodeSignedOut || s.renewals != 2 || b.kept() != "" {
		t.Errorf("got %v, %d renewals, kept %q", err, s.renewals, b.kept())
	}
	n := len(s.requests)
	if _, err := c.Current(context.Background()); app.CodeOf(err) != app.CodeSignedOut || len(s.requests) != n {
		t.Errorf("a session that is over was asked for again: %v", err)
	}
}

func TestATroubledRenewalKeepsTheSession(t *testing.T) {
	s, b := newServer(), &box{}
	c, clock := signedIn(t, s, b)
	clock.move(time.Hour)
	c.Transport = InProcess(nil) // panics
	if _, err := c.Current(context.Background()); app.CodeOf(err) != app.CodeOffline || b.kept() != "refresh-1" {
		t.Errorf("got %v, kept %q", err, b.kept())
	}
	c.Transport = InProcess(s)
	if got := current(t, c); got.ID != "S1" {
		t.Errorf("got %+v", got)
	}
}

func TestManyCallersShareOneRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		c, clock := signedIn(t, s, nil)
		clock.move(time.Hour)
		s.hold = make(chan struct{})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := c.Current(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		impatient, cancel := context.WithCancel(context.Background())
		all.Go(func() {
			if _, err := c.Current(impatient); app.CodeOf(err) != app.CodeOffline {
				t.Errorf("who went away got %v", err)
			}
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(s.hold)
		all.Wait()
		if s.renewals != 1 {
			t.Errorf("%d renewals", s.renewals)
		}
	})
}

func TestClosingEndsTheSessionHereAndThere(t *testing.T) {
	s, b, ctx := newServer(), &box{}, context.Background()
	c, _ := signedIn(t, s, b)
	if err := c.Close(ctx); err != nil || !s.ended || b.kept() != "" {
		t.Errorf("got %v, ended %v, kept %q", err, s.ended, b.kept())
	}
	if err := c.Close(ctx); err != nil {
		t.Errorf("closing nothing: %v", err)
	}
	c, _ = signedIn(t, newServer(), b)
	c.Transport = InProcess(nil)
	if err := c.Close(ctx); app.CodeOf(err) != app.CodeOffline || b.kept() != "" {
		t.Errorf("offline: got %v, kept %q", err, b.kept())
	}
}

// Who goes on while the server is still asked to end the session is nobody any more.
func TestClosingForgetsBeforeItAsks(t *testing.T) {
	b, ctx := &box{}, context.Background()
	c, _ := signedIn(t, newServer(), b)
	real, asked := c.Transport, false
	c.Base = "http://127.0.0.1"
	c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodDelete {
			asked = true
			if _, err := c.Current(ctx); app.CodeOf(err) != app.CodeSignedOut || b.kept() != "" {
				t.Errorf("meanwhile: got %v, kept %q", err, b.kept())
			}
		}
		return real.RoundTrip(r)
	})
	if err := c.Close(ctx); err != nil || !asked {
		t.Errorf("got %v, asked %v", err, asked)
	}
}

// A renewal that comes back after the person signed out must not sign in again.
func TestALateRenewalIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(), &box{}
		c, clock := signedIn(t, s, b)
		clock.move(time.Hour)
		s.hold = make(chan struct{})
		done := make(chan error)
		go func() {
			_, err := c.Current(context.Background())
			done <- err
		}()
		synctest.Wait() // the renewal is under way
		c.forgetSession(context.Background(), c.session.turn())
		close(s.hold)
		if err := <-done; app.CodeOf(err) != app.CodeSignedOut {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		if !c.session.access.Empty() || b.kept() != "" {
			t.Errorf("a token came back: kept %q", b.kept())
		}
	})
}

// Nor may it take the place of a session that began meanwhile, here or at the keeper.
func TestALateRenewalGivesWayToTheNextSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b, ctx := newServer(), &box{}, context.Background()
		c, clock := signedIn(t, s, b)
		clock.move(time.Hour)
		s.hold = make(chan struct{})
		done := make(chan error)
		go func() {
			_, err := c.Current(ctx)
			done <- err
		}()
		synctest.Wait()
		c.tokens.put("F1", app.NewSecret("flow-token"))
		if _, err := c.Open(ctx, "F1"); err != nil || b.kept() != "refresh-2" {
			t.Fatalf("got %v, kept %q", err, b.kept())
		}
		close(s.hold) // the old session's renewal is refused now
		if err := <-done; app.CodeOf(err) != app.CodeSignedOut {
			t.Errorf("got %v", err)
		}
		if got := current(t, c); got.ID != "S1" || b.kept() != "refresh-2" {
			t.Errorf("got %+v, kept %q", got, b.kept())
		}
	})
}

func TestTokensAreNeverInAURL(t *testing.T) {
	s := newServer()
	c, _ := signedIn(t, s, &box{})
	current(t, c)
	for _, r := range s.requests {
		if path := strings.Fields(r)[1]; strings.Contains(path, "token") || strings.Contains(path, "access") || strings.Contains(path, "?") {
			t.Errorf("sent %s", r)
		}
	}
}

package client

import (
	"context"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// raised gives a client with a session, and a flow of it in which a proof has killed the tokens.
func raised(t *testing.T, s *server, b *box) *Client {
	t.Helper()
	c, _ := signedIn(t, s, b)
	current(t, c)
	if _, err := c.Start(context.Background(), app.Start{Purpose: app.PurposeManage, Key: goodKey}); err != nil {
		t.Fatal(err)
	}
	s.raise()
	return c
}

// TestNewTokensCostThePersonNothing: where a proof kills the session's tokens, the flow's reply brings new ones, by reading as
// by an input, before anything is asked for; and the keyring has them.
func TestNewTokensCostThePersonNothing(t *testing.T) {
	for name, do := range map[string]func(c *Client) error{
		"input": func(c *Client) error {
			_, err := c.Submit(context.Background(), "F1", 1, goodKey, app.Back{})
			return err
		},
		"read": func(c *Client) error { _, err := c.Get(context.Background(), "F1"); return err },
	} {
		s, b := newServer(), &box{}
		c := raised(t, s, b)
		if err := do(c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if b.kept() != "refresh-3" {
			t.Errorf("%s: the keyring has %q", name, b.kept())
		}
		asked := len(s.asked())
		if current(t, c); s.renewals != 0 || len(s.asked()) != asked+1 {
			t.Errorf("%s: the next call took %d requests and %d renewals", name, len(s.asked())-asked, s.renewals)
		}
		if err := do(c); err != nil || len(s.asked()) != asked+2 {
			t.Errorf("%s: afterwards: %v, %d requests", name, err, len(s.asked())-asked)
		}
	}
}

// TestNewTokensAreStillOwed: where they could not be fetched at once, the next call fetches them, and the dead refresh token is
// not sent.
func TestNewTokensAreStillOwed(t *testing.T) {
	s, b := newServer(), &box{}
	c := raised(t, s, b)
	s.away = 1
	if _, err := c.Submit(context.Background(), "F1", 1, goodKey, app.Back{}); err != nil {
		t.Fatal(err)
	}
	if b.kept() != "refresh-1" {
		t.Fatalf("the keyring has %q", b.kept())
	}
	if current(t, c); s.renewals != 0 || b.kept() != "refresh-3" {
		t.Errorf("%d renewals, the keyring has %q", s.renewals, b.kept())
	}
}

// TestARenewalWithADeadTokenForgetsNothing: one that was under way while the tokens were killed is refused, and what the flow
// gives stands.
func TestARenewalWithADeadTokenForgetsNothing(t *testing.T) {
	s, b, ctx := newServer(), &box{}, context.Background()
	c, clock := signedIn(t, s, b)
	current(t, c)
	if _, err := c.Start(ctx, app.Start{Purpose: app.PurposeManage, Key: goodKey}); err != nil {
		t.Fatal(err)
	}
	clock.move(s.life)
	hold := make(chan struct{})
	s.mu.Lock()
	s.hold = hold
	s.mu.Unlock()
	done := make(chan error)
	go func() { _, err := c.Current(ctx); done <- err }()
	for c.session.owe(app.Secret{}) == nil { // until it is under way
		select {
		case err := <-done:
			t.Fatalf("no renewal: %v", err)
		default:
		}
	}
	s.raise()
	submitted := make(chan error)
	go func() { _, err := c.Submit(ctx, "F1", 1, goodKey, app.Back{}); submitted <- err }()
	close(hold)
	if err := <-submitted; err != nil {
		t.Fatal(err)
	}
	<-done // in the old turn it is refused, or it came late enough to have the new tokens
	if got := current(t, c); got.ID != "S1" || b.kept() == "" {
		t.Errorf("the session %+v, the keyring has %q", got, b.kept())
	}
}

package client

import (
	"context"
	"testing"

	"github.com/sparekey/sparekey/app"
)

func TestWhatTheKeeperCannotKeepIsEphemeral(t *testing.T) {
	for name, k := range map[string]Keeper{"none": nil, "broken": &box{broken: true}} {
		c, _ := signedIn(t, newServer(), k)
		if !current(t, c).Ephemeral {
			t.Errorf("%s: the session is said to be kept", name)
		}
	}
	b := &box{}
	c, _ := signedIn(t, newServer(), b)
	if !c.tokens.get("F1").Empty() {
		t.Error("the flow's token outlives the session's beginning")
	}
	if current(t, c).Ephemeral || b.kept() != "refresh-1" {
		t.Errorf("ephemeral, or kept %q", b.kept())
	}
}

func TestTheNextRunTakesTheSessionUp(t *testing.T) {
	s, b := newServer(), &box{}
	signedIn(t, s, b)
	next := &Client{Transport: InProcess(s), Keep: b, Clock: &movable{now: noon}}
	if got := current(t, next); got.ID != "S1" || got.Ephemeral || b.kept() != "refresh-2" {
		t.Errorf("got %+v, kept %q", got, b.kept())
	}
	if _, err := (&Client{Transport: InProcess(s), Keep: &box{broken: true}}).Current(context.Background()); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("with a broken keeper: %v", err)
	}
}

func TestTheKeeperIsAskedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		keep *box
		code app.Code
	}{
		"nothing kept": {&box{}, app.CodeSignedOut}, "offline": {&box{token: app.NewSecret("refresh-0")}, app.CodeOffline},
		"broken": {&box{broken: true}, app.CodeSignedOut},
	} {
		client := &Client{Transport: InProcess(nil), Keep: c.keep}
		for range 3 {
			if _, err := client.Current(context.Background()); app.CodeOf(err) != c.code {
				t.Errorf("%s: got %v", name, err)
			}
		}
		if c.keep.loads != 1 || c.keep.forgets != 0 {
			t.Errorf("%s: asked %d times, told to forget %d times", name, c.keep.loads, c.keep.forgets)
		}
	}
}

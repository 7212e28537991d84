package ui

import (
	"context"
	"encoding/base64"
	"io"
	"reflect"

	"github.com/sparekey/sparekey/app"
)

// intent is an answer that was sent and whose fate is not known. The same answer sent again carries the same key.
type intent struct {
	rev   int
	input app.Input
	key   app.IdempotencyKey
}

// submit answers the step at hand.
func (c *conversation) submit(in app.Input) {
	if c.w.task != nil || c.w.screen.base().paused != nil && waitFor(in) != "wait.other" {
		return
	}
	if c.last.key == "" || c.last.rev != c.flow.Rev || !reflect.DeepEqual(c.last.input, in) {
		key, err := c.w.newKey()
		if err != nil {
			c.w.screen.failed(c.w.asError(err))
			return
		}
		c.last = intent{rev: c.flow.Rev, input: in, key: key}
	}
	if asked := c.w.screen.base().asked; asked != nil {
		asked()
	}
	flows, id, sent := c.w.services.Flows, c.flow.ID, c.last
	c.w.wait(waitFor(in), func(ctx context.Context) func() {
		flow, err := flows.Submit(ctx, id, sent.rev, sent.key, sent.input)
		return func() { c.received(flow, err) }
	})
}

// received takes the answer: the page of the step that the flow stands at, and what was refused on it.
func (c *conversation) received(flow app.Flow, err error) {
	e := c.w.asError(err)
	if e == nil || !unknown(e.Code) {
		c.last = intent{}
	}
	if flow.ID != "" {
		c.flow, c.arrived = flow, c.w.o.Clock()
	}
	switch {
	case e == nil:
		c.show()
	case over(e.Code):
		c.last = intent{}
		c.w.talk = nil
		c.w.show(newEnded(c.w, c.route, e))
	case e.Code == app.CodeSignedOut:
		c.signInAgain()
	case e.Code == app.CodeMoved || e.Code == app.CodeNotNow || e.Code == app.CodeReused:
		c.refresh(e)
	case stepName(c.flow.Now) != c.w.screen.base().name:
		c.show()
		if !c.told() {
			c.w.screen.base().warn(e)
		}
	default:
		c.w.screen.failed(e)
	}
}

// told reports whether the page at hand says by itself why the person stands there.
func (c *conversation) told() bool {
	_, blocked := c.flow.Now.(app.Blocked)
	return blocked || c.flow.Notice != nil
}

// refresh reads the flow again, since the window was behind, and says why.
func (c *conversation) refresh(e *app.Error) {
	flows, id := c.w.services.Flows, c.flow.ID
	c.w.wait("wait.other", func(ctx context.Context) func() {
		flow, err := flows.Get(ctx, id)
		return func() {
			if err != nil {
				c.received(app.Flow{}, err)
				return
			}
			c.received(flow, nil)
			c.w.screen.base().warn(e)
		}
	})
}

// over reports whether the code means that the flow is no more.
func over(code app.Code) bool {
	return code == app.CodeExpired || code == app.CodeEnded || code == app.CodeNoFlow
}

// unknown reports whether the code leaves it open what became of the input, so that it may be sent again as it was.
func unknown(code app.Code) bool {
	return code == app.CodeOffline || code == app.CodeUnavailable || code == app.CodeInternal
}

// newKey draws an idempotency key: 128 random bits.
func (w *Window) newKey() (app.IdempotencyKey, error) {
	raw := make([]byte, 16)
	if _, err := io.ReadFull(w.o.Rand, raw); err != nil {
		return "", err
	}
	return app.IdempotencyKey(base64.RawURLEncoding.EncodeToString(raw)), nil
}

// waitFor names what an input makes the person wait for.
func waitFor(in app.Input) string {
	switch in.(type) {
	case app.SignIn, app.GiveCurrentPassword:
		return "wait.sign_in"
	case app.SignInWithPass:
		return "wait.pass"
	case app.GiveUserID, app.GiveWork:
		return "wait.user_id"
	case app.GiveCode:
		return "wait.code"
	case app.GiveAddress, app.GivePhone, app.Resend:
		return "wait.address"
	case app.GiveAnswers:
		return "wait.answers"
	case app.GiveKey:
		return "wait.key"
	case app.GivePassword:
		return "wait.password"
	case app.CheckAgain:
		return "wait.confirm"
	case app.ContactAdmin:
		return "wait.help"
	}
	return "wait.other"
}

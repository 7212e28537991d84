//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"context"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
)

// moment is how long a key may take before the person is told to touch it: most answers that need no touch come sooner.
const moment = 400 * time.Millisecond

// conversation is one request carried out with one key.
type conversation struct {
	driver *Driver
	key    *key
	talk   app.KeyTalk
	req    request
	last   *app.Error // what was wrong with the person's last answer
}

// Run carries out a request.
func (d *Driver) Run(ctx context.Context, use app.UseKey, talk app.KeyTalk) (app.KeyAnswer, error) {
	req, err := newRequest(use)
	if err != nil {
		return app.KeyAnswer{}, err
	}
	k, err := d.pick(ctx, req, talk)
	if err != nil {
		return app.KeyAnswer{}, err
	}
	c := &conversation{driver: d, key: k, talk: talk, req: req}
	answer, err := c.run(ctx)
	answer.Product = k.told().Product
	return answer, err
}

// way is how the key gets to know who touches it.
type way int

const (
	byTouch way = iota // it does not
	byFinger
	byPIN
	byNewPIN
	byChangedPIN
)

// run tries until the key is content, or the person can't mend what is wrong.
func (c *conversation) run(ctx context.Context) (app.KeyAnswer, error) {
	if err := c.ready(ctx); err != nil {
		return app.KeyAnswer{}, err
	}
	if c.denied() {
		return app.KeyAnswer{}, &app.Error{Code: app.CodeKeyNotAllowed}
	}
	how := c.way(c.key.told())
	if how == byNewPIN {
		if err := c.recognise(ctx); err != nil {
			return app.KeyAnswer{}, err
		}
		if err := c.key.takesPIN(); err != nil {
			return app.KeyAnswer{}, err
		}
	}
	for {
		answer, err := c.once(ctx, how)
		if err == nil {
			return answer, nil
		}
		next, again := c.after(err, how)
		if !again {
			return app.KeyAnswer{}, c.visible(err)
		}
		how = next
	}
}

// denied reports whether a new credential of this model would be refused anyway. A key that names no model is judged by
// what it makes.
func (c *conversation) denied() bool {
	model, create := c.key.told().AAGUID, c.req.Create
	return create != nil && model != "" && !app.TakesModel(create.AllowModels, create.DenyModels, model)
}

// recognise refuses a key without a PIN that has none of the credentials which are asked for, before a PIN is set in vain.
// It can't hide any: those that it would show to who is verified only, are made by such; where a finger may have made them,
// nothing is said. A key that refuses to say is taken.
func (c *conversation) recognise(ctx context.Context) error {
	if c.req.Get == nil || len(c.req.list) == 0 || c.key.told().Fingers {
		return nil
	}
	err := c.key.talk(ctx, job{limit: brisk, do: func(l *line) error {
		most := l.most(c.req)
		if most == 0 {
			most = len(c.req.list)
		}
		found, err := l.holding(c.req, most, verifier{})
		if err == nil && found == nil {
			err = status(C.FIDO_ERR_NO_CREDENTIALS)
		}
		return err
	}})
	if isCode(err, app.CodeKeyNoCredential) || isCode(err, app.CodeKeyGone) || ctx.Err() != nil {
		return err
	}
	return nil
}

// ready makes sure that it is known what the key can do.
func (c *conversation) ready(ctx context.Context) error {
	if i := c.key.told(); i.Ready {
		return nil
	}
	return c.key.learn(ctx)
}

// way decides how to verify. A key with a PIN wants it for every new credential.
func (c *conversation) way(i app.KeyInfo) way {
	creating := c.req.Create != nil
	switch {
	case c.req.verification == app.VerifyDiscouraged && !(creating && i.HasPIN()):
		return byTouch
	case i.ForcePINChange && i.HasPIN():
		return byChangedPIN
	case i.Fingers && i.UVRetries != 0:
		return byFinger
	case i.HasPIN():
		return byPIN
	case c.req.verification == app.VerifyRequired:
		return byNewPIN
	}
	return byTouch
}

// after decides how to go on after a refusal, if at all.
func (c *conversation) after(err error, how way) (way, bool) {
	e, ours := err.(*app.Error)
	if !ours {
		return how, false
	}
	c.last = e
	has := c.key.told().HasPIN()
	switch e.Code {
	case app.CodeKeyPINWrong, app.CodeKeyPINShort:
		return how, true
	case app.CodeKeyPINPolicy:
		if how == byPIN {
			c.last = nil
			return byChangedPIN, true // the key takes no PIN but a changed one
		}
		return how, true
	case app.CodeKeyFingerWrong:
		return byFinger, true
	case app.CodeKeyUVBlocked:
		return byPIN, has && how == byFinger
	case codePINNeeded:
		c.last = nil
		return byPIN, how == byTouch && has
	}
	return how, false
}

// visible hides the code that only this package knows.
func (c *conversation) visible(err error) error {
	if !isCode(err, codePINNeeded) {
		return err
	}
	if never := c.key.takesPIN(); never != nil {
		return never
	}
	return &app.Error{Code: app.CodeKeyNoPIN, Cause: err}
}

// once asks the person for what the way needs, and then the key.
func (c *conversation) once(ctx context.Context, how way) (app.KeyAnswer, error) {
	switch how {
	case byFinger:
		return c.use(ctx, verifier{sensor: true})
	case byPIN:
		p, err := c.ask(ctx, app.KeyWantsPIN)
		if err != nil {
			return app.KeyAnswer{}, err
		}
		return c.use(ctx, verifier{pin: p})
	case byNewPIN, byChangedPIN:
		p, err := c.renewed(ctx, how)
		if err != nil {
			return app.KeyAnswer{}, err
		}
		return c.use(ctx, verifier{pin: p})
	}
	return c.use(ctx, verifier{})
}

// use has the key answer the request. It takes the PIN over.
func (c *conversation) use(ctx context.Context, v verifier) (app.KeyAnswer, error) {
	want := app.KeyWantsTouch
	if v.sensor {
		want = app.KeyWantsFinger
	}
	var made []assertion
	err := c.during(ctx, want, func() error {
		return c.key.talk(ctx, job{limit: c.req.limit, pins: []*pin{v.pin}, do: func(l *line) (err error) {
			made, err = c.answer(l, v)
			return err
		}})
	})
	if err != nil {
		switch app.CodeOf(err) {
		case app.CodeKeyPINWrong, app.CodeKeyFingerWrong, app.CodeKeyUVBlocked, codePINNeeded:
			_ = c.key.learn(ctx) // what it says now; an error shows at the next use
		}
		return app.KeyAnswer{}, err
	}
	if len(made) == 1 {
		return made[0].KeyAnswer, nil
	}
	accounts := make([]app.KeyAccount, len(made))
	for i, m := range made {
		accounts[i] = m.account
	}
	i, err := c.talk.Account(ctx, accounts)
	if err != nil {
		return app.KeyAnswer{}, err
	}
	if i < 0 || i >= len(made) {
		return app.KeyAnswer{}, malformed("no such account")
	}
	return made[i].KeyAnswer, nil
}

// answer is the part that runs beside the conversation.
func (c *conversation) answer(l *line, v verifier) ([]assertion, error) {
	if c.req.Get != nil {
		return l.get(c.req, v)
	}
	can := c.key.told().Algorithms
	i := slices.IndexFunc(c.req.Create.Algorithms, func(a int) bool { return slices.Contains(can, a) })
	if i < 0 {
		return nil, &app.Error{Code: app.CodeKeyUnsupported}
	}
	made, err := l.create(c.req, c.req.Create.Algorithms[i], v)
	return []assertion{{KeyAnswer: made}}, err
}

// during tells the person what the key wants when f takes longer than a moment; for a finger at once.
func (c *conversation) during(ctx context.Context, want app.KeyWant, f func() error) error {
	ctx, done := context.WithCancel(ctx)
	state := app.KeyState{Key: c.key.told(), Want: want, Last: c.last}
	c.last = nil
	after := moment
	if want == app.KeyWantsFinger {
		after = 0
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-time.After(after):
			c.talk.Touch(ctx, state)
		case <-ctx.Done():
		}
	}()
	err := f()
	done()
	<-ended
	return err
}

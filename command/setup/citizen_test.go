package setup

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
)

// citizen is a settler at a client, who goes ways from their beginning to their end.
type citizen struct {
	*settler
	client *client.Client
	now    func() time.Time
	code   func(to string) string   // waits for one that is sent there
	insist func(func() error) error // has what is asked answered
	flow   app.Flow                 // as it was told last
}

func (p *citizen) start(purpose app.Purpose) error {
	start := app.Start{Purpose: purpose, Key: key()}
	p.flow = app.Flow{}
	return p.insist(func() error {
		flow, err := p.client.Start(context.Background(), start)
		if err == nil {
			p.flow = flow
		}
		return err
	})
}

// give submits inputs one after the other.
func (p *citizen) give(all ...app.Input) error {
	for _, in := range all {
		key, rev := key(), p.flow.Rev
		if err := p.insist(func() error {
			flow, err := p.client.Submit(context.Background(), p.flow.ID, rev, key, in)
			if err == nil {
				p.flow = flow
			}
			return err
		}); err != nil {
			return fmt.Errorf("%T at %T: %w", in, p.flow.Now, err)
		}
	}
	return nil
}

// shown is the app's next code, which is good now and, where the server is killed meanwhile, a lease later (RFC 6238, section 5.2:
// one step of drift).
func (p *citizen) shown() app.Input {
	code, err := totp.GenerateCode(p.seed, p.now().Add(30*time.Second))
	if err != nil {
		panic(err)
	}
	return app.GiveCode{Digits: app.NewSecret(code)}
}

func (p *citizen) mailed() app.Input {
	return app.GiveCode{Digits: app.NewSecret(p.code(p.mailbox))}
}

// signIn signs in, with the app where it is registered, and opens a session.
func (p *citizen) signIn(password string) error {
	err := p.start(app.PurposeSignIn)
	if err == nil {
		err = p.give(app.SignIn{UserID: p.UserID, Password: app.NewSecret(password)})
	}
	if _, asks := p.flow.Now.(app.EnterCode); asks && err == nil {
		err = p.give(p.shown())
	}
	if err == nil {
		err = p.insist(func() error { _, err := p.client.Open(context.Background(), p.flow.ID); return err })
	}
	return err
}

// enrol signs in, and sets up an authenticator app and the mailbox.
func (p *citizen) enrol() error {
	err := p.signIn(firstPassword)
	if err == nil {
		err = p.start(app.PurposeRegister)
	}
	if err == nil {
		err = p.give(app.Choose{Kind: app.KindAuthApp})
	}
	if err != nil {
		return err
	}
	secret, is := p.flow.Now.(app.ShowSecret)
	if !is {
		return fmt.Errorf("the flow stands at %T", p.flow.Now)
	}
	for _, group := range secret.Groups {
		p.seed += group.Reveal()
	}
	if err := p.give(p.shown(), app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: p.mailbox}); err != nil {
		return err
	}
	if err := p.give(p.mailed()); err != nil {
		return err
	}
	if told, is := p.flow.Now.(app.Registered); !is || len(told.Have) != 2 {
		return fmt.Errorf("registered: %+v", p.flow.Now)
	}
	return p.give(app.Finish{})
}

// begin goes to the first gate.
func (p *citizen) begin() error {
	err := p.start(app.PurposeReset)
	if err == nil {
		err = p.give(app.GiveUserID{UserID: p.UserID}, app.GiveReason{Reason: app.ReasonForgot}, app.Choose{Kind: app.KindAuthApp})
	}
	return err
}

// reset passes both gates, and sets a new password.
func (p *citizen) reset(password string) error {
	err := p.begin()
	if err == nil {
		err = p.give(p.shown())
	}
	if err == nil {
		err = p.give(p.mailed())
	}
	for err == nil {
		switch at := p.flow.Now.(type) {
		case app.NewPassword:
			err = p.give(app.GivePassword{Password: app.NewSecret(password)})
		case app.Confirming:
			err = p.give(app.CheckAgain{})
		case app.Done:
			if !slices.Contains(at.Facts, app.FactPasswordSet) {
				err = fmt.Errorf("done, and the password was not set: %v", at.Facts)
			}
			return err
		default:
			return fmt.Errorf("the flow stands at %T", at)
		}
	}
	return err
}

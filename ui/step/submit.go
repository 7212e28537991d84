package step

import (
	"context"
	"reflect"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/shell"
)

// submission is an input that was sent and whose fate is not known. The same input sent again carries the same key.
type submission struct {
	rev   int
	input app.Input
	key   app.IdempotencyKey
}

// submit answers the step at hand.
func (f *flow) submit(in app.Input) {
	if f.w.Busy() || f.w.Paused() && waitFor(in) != "wait.other" {
		return
	}
	if f.last.key == "" || f.last.rev != f.Rev || !reflect.DeepEqual(f.last.input, in) {
		key, err := f.w.NewKey()
		if err != nil {
			f.w.Fail(err)
			return
		}
		f.last = submission{rev: f.Rev, input: in, key: key}
	}
	f.w.BeforeAsk()
	if choice, is := in.(app.Choose); is && choice.Kind == app.KindSecurityKey && f.usable(choice.Kind) {
		f.o.Keys.Expect()
	}
	flows, id, sent := f.w.Services.Flows, f.ID, f.last
	f.w.Wait(waitFor(in), func(ctx context.Context) func() {
		state, err := flows.Submit(ctx, id, sent.rev, sent.key, sent.input)
		return func() { f.received(state, err) }
	})
}

// received takes the answer: the page of the step that the flow stands at, and what was refused on it.
func (f *flow) received(state app.Flow, err error) {
	e := f.w.AsError(err)
	if e == nil || !shell.FateUnknown(e.Code) {
		f.last = submission{}
	}
	if state.ID != "" {
		f.Flow, f.arrived = state, f.w.Clock()
	}
	switch {
	case e == nil:
		f.show()
	case over(e.Code):
		f.last = submission{}
		f.w.SetVisit(nil)
		f.w.Show(newEnded(f.w, f.route, e))
	case e.Code == app.CodeSignedOut:
		f.signInAgain()
	case e.Code == app.CodeMoved || e.Code == app.CodeNotNow || e.Code == app.CodeReused:
		f.refresh(e)
	case stepName(f.Now) != f.w.Page():
		f.show()
		if !f.told() {
			f.w.Warn(e)
		}
	default:
		f.w.Fail(e)
	}
}

// told reports whether the page at hand says by itself why the person stands there.
func (f *flow) told() bool {
	_, blocked := f.Now.(app.Blocked)
	return blocked || f.Notice != nil
}

// refresh reads the flow again, since the window was behind, and says why.
func (f *flow) refresh(e *app.Error) { f.reread(func() { f.w.Warn(e) }) }

// reread reads the flow again, shows it, and does what comes then.
func (f *flow) reread(then func()) {
	flows, id := f.w.Services.Flows, f.ID
	f.w.Wait("wait.other", func(ctx context.Context) func() {
		state, err := flows.Get(ctx, id)
		return func() {
			if err != nil {
				f.received(app.Flow{}, err)
				return
			}
			f.received(state, nil)
			then()
		}
	})
}

// over reports whether the code means that the flow is no more.
func over(code app.Code) bool {
	return code == app.CodeExpired || code == app.CodeEnded || code == app.CodeNoFlow
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

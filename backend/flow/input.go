package flow

import (
	"fmt"

	"github.com/sparekey/sparekey/app"
)

// nameOf names an input for the audit trail; empty for what is no input.
func nameOf(in app.Input) string {
	switch in.(type) {
	case app.SignIn:
		return "sign_in"
	case app.SignInWithPass:
		return "pass"
	case app.GiveUserID:
		return "user_id"
	case app.GiveWork:
		return "work"
	case app.GiveReason:
		return "reason"
	case app.Choose:
		return "choose"
	case app.GiveCode:
		return "code"
	case app.GiveAddress:
		return "address"
	case app.GivePhone:
		return "number"
	case app.GiveAnswers:
		return "answers"
	case app.GiveKey:
		return "key"
	case app.GivePassword:
		return "password"
	case app.Replace:
		return "replace"
	case app.SetDefault:
		return "default"
	case app.Delete:
		return "delete"
	case app.Reveal:
		return "reveal"
	case app.SignOutEverywhere:
		return "sign_out_everywhere"
	case app.GiveCurrentPassword:
		return "current_password"
	case app.GiveUnlock:
		return "unlock"
	case app.Resend:
		return "resend"
	case app.Back:
		return "back"
	case app.ContactAdmin:
		return "contact"
	case app.CheckAgain:
		return "check_again"
	case app.Finish:
		return "finish"
	}
	return ""
}

// content writes an input out, its secrets too, for a keyed hash and nothing else.
func content(in app.Input) string {
	switch in := in.(type) {
	case app.SignIn:
		return fmt.Sprintf("sign_in %q %q", in.UserID, in.Password.Reveal())
	case app.SignInWithPass:
		return fmt.Sprintf("pass %q %q", in.UserID, in.Pass.Reveal())
	case app.GiveCode:
		return fmt.Sprintf("code %q", in.Digits.Reveal())
	case app.GiveWork:
		return fmt.Sprintf("work %d", in.Nonce)
	case app.GivePassword:
		return fmt.Sprintf("password %q", in.Password.Reveal())
	case app.GiveCurrentPassword:
		return fmt.Sprintf("current %q", in.Password.Reveal())
	case app.GiveAnswers:
		all := "answers"
		for _, a := range in.Answers {
			all += fmt.Sprintf(" %q %q", a.Question, a.Answer.Reveal())
		}
		return all
	}
	return fmt.Sprintf("%s %q", nameOf(in), fmt.Sprintf("%+q", in))
}

// takes reports whether an input answers the step at hand.
func (f *flow) takes(in app.Input) bool {
	at := f.s.At
	switch in.(type) {
	case app.SignIn:
		return at == atSignIn
	case app.SignInWithPass:
		return at == atSignIn && !f.op.Off()
	case app.GiveUserID:
		return at == atUserID
	case app.GiveWork:
		return at == atWork
	case app.GiveReason:
		return at == atTriage
	case app.Choose:
		return at == atChoose || at == atRegistered || at == atMethod || at == atInfo
	case app.GiveCode, app.GiveAddress, app.GivePhone, app.GiveAnswers, app.GiveKey, app.Keyed, app.Resend:
		return at == atMethod && f.s.attempt() != nil && stepTakes(f.s.attempt().Step, in)
	case app.SetDefault, app.Replace, app.Reveal:
		return at == atInfo
	case app.SignOutEverywhere:
		return f.purpose.manages() && at != atBlocked
	case app.Delete:
		return at == atInfo || at == atDelete
	case app.GiveUnlock:
		return at == atUnlock
	case app.GiveCurrentPassword:
		return at == atCurrent || at == atKnown
	case app.GivePassword:
		return at == atPassword
	case app.CheckAgain:
		return at == atConfirming
	case app.Finish:
		return at == atRegistered || at == atReconfirm
	case app.Back:
		return f.canBack()
	case app.ContactAdmin:
		return f.canContact()
	}
	return false
}

// stepTakes reports whether an input answers a method's step.
func stepTakes(step app.Step, in app.Input) bool {
	switch step := step.(type) {
	case app.ShowSecret:
		return is[app.GiveCode](in)
	case app.EnterCode:
		return is[app.GiveCode](in) || is[app.Resend](in) && !step.ResendAt.IsZero()
	case app.EnterAddress:
		return is[app.GiveAddress](in)
	case app.EnterPhone:
		return is[app.GivePhone](in)
	case app.PickQuestions, app.AnswerQuestions:
		return is[app.GiveAnswers](in)
	case app.UseKey:
		return is[app.GiveKey](in)
	case app.ConfirmOnPhone:
		return is[app.Keyed](in) || is[app.Resend](in)
	}
	return false
}

func is[I app.Input](in app.Input) bool {
	_, is := in.(I)
	return is
}

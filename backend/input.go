package backend

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

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
func (t *talk) takes(in app.Input) bool {
	at := t.s.At
	switch in.(type) {
	case app.SignIn:
		return at == atSignIn
	case app.SignInWithPass:
		return at == atSignIn && !t.b.off()
	case app.GiveUserID:
		return at == atUserID
	case app.GiveWork:
		return at == atWork
	case app.GiveReason:
		return at == atTriage
	case app.Choose:
		return at == atChoose || at == atRegistered || at == atMethod || at == atInfo
	case app.GiveCode, app.GiveAddress, app.GivePhone, app.GiveAnswers, app.GiveKey, app.Keyed, app.Resend:
		return at == atMethod && t.s.attempt() != nil && t.s.attempt().Step.takes(in)
	case app.SetDefault, app.Replace, app.Reveal:
		return at == atInfo
	case app.SignOutEverywhere:
		return t.rec.Purpose == app.PurposeManage && at != atBlocked
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
		return t.canBack()
	case app.ContactAdmin:
		return t.canContact()
	}
	return false
}

// takes reports whether an input answers a method's step.
func (s savedStep) takes(in app.Input) bool {
	switch in.(type) {
	case app.GiveCode:
		return s.Secret != nil || s.Code != nil
	case app.GiveAddress:
		return s.Address != nil
	case app.GivePhone:
		return s.Phone != nil
	case app.GiveAnswers:
		return s.Pick != nil || s.Answer != nil
	case app.GiveKey:
		return s.Key != nil
	case app.Keyed:
		return s.Call != nil
	case app.Resend:
		return s.Call != nil || s.Code != nil && !s.Code.ResendAt.IsZero()
	}
	return false
}

// maxUserID is the longest user ID, in characters: the longest mail address has 320 (RFC 3696 before its erratum).
const maxUserID = 320

// checkUserID refuses what can't be a user ID in any directory, and trims what a paste brought along.
func checkUserID(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	bad := typed == "" || !utf8.ValidString(typed) || utf8.RuneCountInString(typed) > maxUserID ||
		strings.ContainsFunc(typed, unicode.IsControl)
	if bad {
		return "", &app.Error{Code: app.CodeBadUserID, Field: "user_id"}
	}
	return typed, nil
}

var keyForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

func checkKey(key app.IdempotencyKey) error {
	if !keyForm.MatchString(string(key)) {
		return app.Errorf(app.CodeBadRequest, "malformed idempotency key")
	}
	return nil
}

package step_test

import (
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets"
	"github.com/sparekey/sparekey/ui/uitest"
)

// steps are one of each kind, as full as they come, with what their page is called and what it says.
func steps() []struct {
	step app.Step
	page string
	says string
} {
	have := []app.Credential{
		{ID: "1", Kind: app.KindAuthApp, Added: uitest.ServerNoon().Add(-72 * time.Hour)},
		{ID: "2", Kind: app.KindEmail, Masked: "a•••@home.example", Added: uitest.ServerNoon(), LastUsed: uitest.ServerNoon()},
	}
	entered := app.Credential{ID: "3", Kind: app.KindSMS, Variant: "mobile", Masked: "+61 ••••••10", Added: uitest.ServerNoon(), Entered: true}
	both := []app.Choice{{Kind: app.KindAuthApp, Recommended: true}, {Kind: app.KindEmail}}
	groups := []app.Secret{app.NewSecret("JBSW"), app.NewSecret("Y3DP"), app.NewSecret("EHPK"), app.NewSecret("3PXP"), app.NewSecret("KRSX")}
	return []struct {
		step app.Step
		page string
		says string
	}{
		{app.EnterSignIn{UserID: "ana", Pass: true}, "sign_in", "I have a pass"},
		{app.EnterUserID{}, "user_id", "Who are you?"},
		{app.ProveWork{Salt: []byte("0123456789abcdef"), Memory: 8, Passes: 1, Bits: 1}, "work", "One moment"},
		{app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonLocked, app.ReasonNever}}, "triage", "I never got a password"},
		{app.ChooseMethod{Enrol: true, Choices: both, Needed: 2, Missing: 2}, "choose", "Two are needed to get back in. One more is for a lost phone."},
		{app.ChooseMethod{Enrol: true, Choices: both[1:], Needed: 2, Missing: 1, Have: have[:1]}, "choose", "One more is needed to get back in later."},
		{app.ChooseMethod{Enrol: true, Choices: both[1:], Needed: 2, Have: []app.Credential{{Kind: app.KindSecurityKey}}}, "choose", "You have enough. One more means that a lost phone is no disaster."},
		{app.ChooseMethod{Choices: both, Gates: 2, Gate: 1}, "choose", "Step 1 of 2. Choose what you have at hand."},
		{app.ShowSecret{URI: app.NewSecret("otpauth://totp/x"), Groups: groups, Account: "ana@harbour.example"}, "secret", "JBSW Y3DP EHPK 3PXP"},
		{app.EnterAddress{OwnDomains: []string{"harbour.example", "harbour.test"}}, "address",
			"An address at harbour.example and harbour.test can't serve: reading it takes your work password."},
		{app.EnterAddress{Confirm: true}, "address", "Type your private email in full"},
		{app.EnterCode{Channel: app.KindEmail, Masked: "a•••@home.example", Expires: uitest.ServerNoon().Add(277 * time.Second), ResendAt: uitest.ServerNoon().Add(22 * time.Second)},
			"code", "Valid for 4:37"},
		{app.EnterCode{Channel: app.KindAuthApp}, "code", "Type the code from your authenticator app"},
		{app.EnterPhone{Channel: app.KindSMS, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneAlternate}}, "phone", "Which number should get the text?"},
		{app.EnterPhone{Channel: app.KindVoice, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneAlternate, app.PhoneOffice}, Use: app.PhoneOffice}, "phone", "Extension, if there is one"},
		{app.EnterPhone{Channel: app.KindVoice, Confirm: true}, "phone", "Type your phone number in full"},
		{app.EnterPhone{Channel: app.KindSMS, Confirm: true}, "phone", "Type your phone number in full"},
		{app.EnterCode{Channel: app.KindVoice, Masked: "+44 ••••••00"}, "code", "Pick up, and press 1 if the voice asks for it. It says the code twice, one digit after the other."},
		{app.ConfirmOnPhone{Digits: "42", Masked: "+44 ••••••00", TriesLeft: 5, Expires: uitest.ServerNoon().Add(277 * time.Second), ResendAt: uitest.ServerNoon().Add(22 * time.Second)},
			"call", "42"},
		{app.ConfirmOnPhone{Digits: "42", TriesLeft: 4, Expires: uitest.ServerNoon().Add(277 * time.Second), ResendAt: uitest.ServerNoon().Add(22 * time.Second), Over: true},
			"call", "Call again in 22 s"},
		{app.PickQuestions{Questions: catalogue(), Choose: 3, MinLength: 3, MaxLength: 40}, "pick_questions", "Next (0 of 3)"},
		{app.AnswerQuestions{Questions: catalogue()[:3], TriesLeft: 5}, "answer_questions", "Which ward did you work on first, before it was moved to the building by the water?"},
		{app.UseKey{Get: &app.KeyGet{}}, "key", "Security keys can't be used here"},
		{app.NewPassword{Rules: app.PasswordRules{MinLength: 15, MaxLength: 256, Forbidden: []string{"Ruiz"}, Banned: true, Common: true, Breached: true, History: 10}},
			"new_password", "Not one of your last 10 passwords (the directory checks this)"},
		{app.Confirming{Since: uitest.ServerNoon().Add(-40 * time.Second)}, "confirming", "Sent 40 s ago"},
		{app.Registered{Have: have, Needed: 2, More: both, Recommend: true}, "registered", "Two ways: enough to reset your password."},
		{app.Registered{Have: have[1:], Needed: 2}, "registered", "a•••@home.example · Added today, used today"},
		{app.Registered{Have: have[1:], Needed: 2}, "registered", "1 way: enough to reset your password."},
		{app.Registered{Have: have[1:], Needed: 2, Missing: 1}, "registered", "1 way so far. A reset needs 2."},
		{app.SecurityInfo{Have: have[1:], Needed: 2}, "info", "1 way: enough to reset your password."},
		{app.Reconfirm{Have: have, Needed: 2, Gates: 2}, "reconfirm", "Is this still right?"},
		{app.CurrentPassword{}, "current", "The one that you have. You keep it, and the lock is lifted."},
		{app.SecurityInfo{Have: account(have), Needed: 2, More: both, Recommend: true}, "info", "You have 2 ways. A reset needs 2."},
		{app.SecurityInfo{Have: account(have), Needed: 2}, "info",
			"a•••@home.example · Added today, used today · can be used for a reset tomorrow at 9:10"},
		{app.ConfirmDelete{Credential: have[1], Left: 1, Needed: 2}, "delete", "This can't be undone. You can set it up again later."},
		{app.Revealed{Credential: have[1], Value: app.NewSecret("ana.ruiz@home.example")}, "revealed", "ana.ruiz@home.example"},
		{app.ChooseUnlock{}, "unlock", "I know my password: unlock only"},
		{app.SecurityInfo{Have: append(slices.Clone(have), entered), Needed: 2, More: both}, "info",
			"Mobile · +61 ••••••10 · Entered by your organisation today, not confirmed yet"},
		{app.Done{Facts: []app.Fact{app.FactFirstPassword, app.FactContacts, app.FactTold}}, "done", "You have your first password"},
		{app.Done{Facts: []app.Fact{app.FactUnlocked, app.FactTold}}, "done", "Your password is still the same."},
		{app.Blocked{Code: app.CodeNoWayYet}, "blocked", "There is no way to check who you are yet"},
		{app.Blocked{Code: app.CodeNotManaged}, "blocked", "Contact your administrator"},
		{app.Blocked{Code: app.CodeNotEnabled}, "blocked", "Your account is not enabled for password reset"},
		{app.Blocked{Code: app.CodeNotVerified}, "blocked", "We could not verify your account"},
		{app.Blocked{Code: app.CodeRecovery, Until: uitest.ServerNoon().Add(21*time.Hour + 10*time.Minute)}, "blocked", "You can try again tomorrow at 9:10."},
		{app.Blocked{Code: app.CodeUnknown}, "blocked", "Support code H7K2-9QWD"},
		{app.Blocked{Code: app.CodeAccountExpired}, "blocked", "Your account has run out"},
		{app.Blocked{Code: app.CodeFrozen}, "blocked", "Self-service for your account is frozen"},
		{app.Blocked{Code: app.CodeFrozen, Lifts: true}, "blocked", "You can end it yourself: prove two ways that you had before, then choose a new password."},
		{app.Blocked{Code: app.CodeProtected}, "blocked", "Administrators set this password"},
		{app.Blocked{Code: app.CodeTooYoung, Until: uitest.ServerNoon().Add(21*time.Hour + 10*time.Minute)}, "blocked", "You can try again tomorrow at 9:10."},
		{app.NewPassword{Renew: true, Rules: app.PasswordRules{MinLength: 15, MaxLength: 256, MinClasses: 3, History: 24}}, "new_password", "Your password has expired, or has to be changed before you go on. A few unrelated words are strong and easy to type."},
		{app.Done{Facts: []app.Fact{app.FactPasswordSet, app.FactOldGoesOn, app.FactSignedOut}, OldFor: time.Hour}, "done", "Some doors may still open with your old password for up to 1 hour, until word of the new one has reached them."},
		{app.RequestSent{Receipt: "R-4821"}, "request_sent", "R-4821"},
		{app.Done{Facts: []app.Fact{app.FactPasswordSet, app.FactUnlocked, app.FactSignedOut, app.FactTold}}, "done", "You were signed out everywhere else"},
	}
}

// account is what is registered, with a default and with one that cools off.
func account(have []app.Credential) []app.Credential {
	have = slices.Clone(have)
	have[0].Default = true
	have[1].UsableAt = uitest.ServerNoon().Add(21*time.Hour + 10*time.Minute)
	return have
}

// catalogue is one question of the administrator's and all predefined ones.
func catalogue() []app.Question {
	all := []app.Question{{ID: "own_1", Texts: map[string]string{"": "Which ward did you work on first, before it was moved to the building by the water?"}}}
	for _, id := range assets.Questions() {
		all = append(all, app.Question{ID: id})
	}
	return all
}

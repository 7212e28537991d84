package wire

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"pgregory.net/rapid"
)

// The generators make what the backend makes: times cut to microseconds in UTC, lists without an empty non-nil form.

var (
	words   = rapid.OneOf(rapid.Just(""), rapid.StringN(0, 12, 48))
	counts  = rapid.IntRange(0, 9)
	kinds   = rapid.SampledFrom(app.Kinds())
	instant = rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "zero") {
			return time.Time{}
		}
		return time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "µs")).UTC()
	})
	choices = optional(rapid.Custom(func(t *rapid.T) app.Choice {
		return app.Choice{Kind: kinds.Draw(t, "kind"), Recommended: rapid.Bool().Draw(t, "rec"), Have: rapid.Bool().Draw(t, "have"), Double: rapid.Bool().Draw(t, "double")}
	}))
	credentials = optional(rapid.Custom(func(t *rapid.T) app.Credential {
		return app.Credential{
			ID: app.CredentialID(words.Draw(t, "id")), Kind: kinds.Draw(t, "kind"), Variant: words.Draw(t, "variant"), Masked: words.Draw(t, "masked"),
			Added: instant.Draw(t, "added"), LastUsed: instant.Draw(t, "used"),
		}
	}))
	questions = rapid.Custom(func(t *rapid.T) app.Question {
		q := app.Question{ID: words.Draw(t, "id"), Texts: rapid.MapOfN(words, words, 0, 3).Draw(t, "texts")}
		if len(q.Texts) == 0 {
			q.Texts = nil
		}
		return q
	})
	answers = rapid.Custom(func(t *rapid.T) app.Answer {
		return app.Answer{Question: words.Draw(t, "question"), Answer: secret.Draw(t, "answer")}
	})
	secret = rapid.Map(words, app.NewSecret)
	raw    = rapid.SliceOfN(rapid.Byte(), 1, 8)
)

func optional[A any](g *rapid.Generator[A]) *rapid.Generator[[]A] {
	return rapid.Map(rapid.SliceOfN(g, 0, 3), func(s []A) []A {
		if len(s) == 0 {
			return nil
		}
		return s
	})
}

// everyStep is one of each kind.
func everyStep(t *rapid.T) []app.Step {
	text, number, yes := words.Draw(t, "text"), counts.Draw(t, "number"), rapid.Bool().Draw(t, "yes")
	return []app.Step{
		app.EnterSignIn{UserID: text, Pass: yes, PassOnly: yes},
		app.SignedIn{Name: text, Registered: yes, Due: app.DueOffer},
		app.EnterUserID{UserID: text},
		app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonLocked, app.ReasonNever}},
		app.ChooseMethod{
			Enrol: yes, Choices: choices.Draw(t, "choices"), Have: credentials.Draw(t, "have"),
			Needed: number, Missing: number, Gates: number, Gate: number,
		},
		app.ShowSecret{
			URI: secret.Draw(t, "uri"), Groups: optional(secret).Draw(t, "groups"), Issuer: text, Account: text, TriesLeft: number,
		},
		app.EnterAddress{Confirm: yes, OwnDomains: optional(words).Draw(t, "own"), Address: text, TriesLeft: number},
		app.EnterCode{
			Channel: kinds.Draw(t, "channel"), Masked: text, TriesLeft: number,
			Expires: instant.Draw(t, "expires"), ResendAt: instant.Draw(t, "resend"),
		},
		app.EnterPhone{
			Channel: app.KindVoice, Confirm: yes, Uses: optional(rapid.SampledFrom([]app.PhoneUse{app.PhoneMobile, app.PhoneOffice})).Draw(t, "uses"),
			Number: text, Extension: text, Use: app.PhoneOffice, TriesLeft: number,
		},
		app.ConfirmOnPhone{
			Digits: text, Masked: text, TriesLeft: number, Expires: instant.Draw(t, "expires3"), ResendAt: instant.Draw(t, "resend3"), Over: yes,
		},
		app.PickQuestions{Questions: optional(questions).Draw(t, "questions"), Choose: number, MinLength: number, MaxLength: number},
		app.AnswerQuestions{Questions: optional(questions).Draw(t, "asked"), TriesLeft: number},
		app.NewPassword{Renew: yes, Rules: app.PasswordRules{
			MinLength: number, MaxLength: number, MinClasses: number,
			Forbidden: optional(words).Draw(t, "forbidden"), Words: optional(words).Draw(t, "words2"), Banned: yes, OwnTerms: yes, Common: yes, Breached: yes, History: number,
		}},
		app.Confirming{Since: instant.Draw(t, "since")},
		app.Registered{
			Have: credentials.Draw(t, "have2"), Needed: number, Missing: number, More: choices.Draw(t, "more"), Recommend: yes,
		},
		app.UseKey{TriesLeft: number, Create: &app.KeyCreate{
			Challenge: raw.Draw(t, "challenge"), RPID: text, RPName: text, Origin: text, UserID: raw.Draw(t, "user"), UserName: text, DisplayName: text,
			Algorithms: []int{-7, -8}, Exclude: optional(raw).Draw(t, "exclude"), Verification: app.VerifyRequired,
			Discoverable: yes, Attested: yes, Protect: number % 4, AllowModels: []string{text}, Timeout: time.Duration(number) * time.Second,
		}},
		app.UseKey{TriesLeft: number, Get: &app.KeyGet{
			Challenge: raw.Draw(t, "challenge2"), RPID: text, Origin: text, Allow: optional(raw).Draw(t, "allow"),
			Verification: app.VerifyPreferred, Timeout: time.Duration(number) * time.Second,
		}},
		app.Reconfirm{Have: credentials.Draw(t, "have4"), Needed: number, Gates: number},
		app.CurrentPassword{}, app.ChooseUnlock{},
		app.ProveWork{Salt: raw.Draw(t, "salt"), Memory: number, Passes: number, Bits: number, Expires: instant.Draw(t, "end")},
		app.SecurityInfo{
			Have: credentials.Draw(t, "have3"), Needed: number, Missing: number, More: choices.Draw(t, "more2"), Recommend: yes,
		},
		app.ConfirmDelete{Credential: app.Credential{ID: "C1", Kind: app.KindSMS, Default: yes, UsableAt: instant.Draw(t, "usable"), Entered: yes}, Left: number, Needed: number},
		app.Revealed{Credential: app.Credential{ID: "C1", Kind: app.KindEmail, Masked: text}, Value: secret.Draw(t, "value")},
		app.Blocked{Code: app.CodeNotManaged, Until: instant.Draw(t, "until"), Lifts: rapid.Bool().Draw(t, "lifts")},
		app.RequestSent{Receipt: text},
		app.Done{Facts: []app.Fact{app.FactPasswordSet, app.FactTold}, OldFor: time.Duration(number) * time.Second},
	}
}

// everyInput is one of each kind.
func everyInput(t *rapid.T) []app.Input {
	text, hidden := words.Draw(t, "text"), secret.Draw(t, "secret")
	return []app.Input{
		app.SignIn{UserID: text, Password: hidden}, app.SignInWithPass{UserID: text, Pass: hidden}, app.GiveUserID{UserID: text},
		app.GiveReason{Reason: app.ReasonLocked}, app.Choose{Kind: kinds.Draw(t, "kind")},
		app.GiveCode{Digits: hidden}, app.GiveAddress{Address: text},
		app.GivePhone{Number: text, Region: "GB", Extension: text, Use: app.PhoneAlternate},
		app.GiveAnswers{Answers: optional(answers).Draw(t, "answers")}, app.GivePassword{Password: hidden},
		app.GiveCurrentPassword{Password: hidden}, app.GiveWork{Nonce: 128},
		app.GiveKey{Name: text, Answer: app.KeyAnswer{
			CredentialID: raw.Draw(t, "id"), ClientDataJSON: raw.Draw(t, "client"), AttestationObject: raw.Draw(t, "attested"),
		}},
		app.GiveKey{Answer: app.KeyAnswer{
			CredentialID: raw.Draw(t, "id2"), ClientDataJSON: raw.Draw(t, "client2"), AuthenticatorData: raw.Draw(t, "data"),
			Signature: raw.Draw(t, "signature"), UserHandle: []byte("handle"),
		}},
		app.SetDefault{Credential: app.CredentialID(text)}, app.Replace{Credential: "C3"}, app.Delete{Credential: "C1"}, app.Reveal{Credential: "C2"}, app.SignOutEverywhere{},
		app.GiveUnlock{Only: rapid.Bool().Draw(t, "only")}, app.Resend{}, app.Back{}, app.ContactAdmin{}, app.CheckAgain{}, app.Finish{},
	}
}

func anyFlow(t *rapid.T) app.Flow {
	f := app.Flow{
		ID: "F1", Purpose: app.PurposeReset, Rev: counts.Draw(t, "rev"), At: instant.Draw(t, "at"),
		Expires: instant.Draw(t, "expires"), Now: rapid.SampledFrom(everyStep(t)).Draw(t, "step"), Others: choices.Draw(t, "others"),
		Places:  []app.Place{{ID: app.PlaceWho, State: app.PlaceDone}, {ID: app.PlaceProve, State: app.PlaceNow}},
		CanBack: rapid.Bool().Draw(t, "back"), Contact: rapid.Bool().Draw(t, "contact"), Support: words.Draw(t, "support"),
		Regrant: rapid.Bool().Draw(t, "regrant"),
	}
	if rapid.Bool().Draw(t, "noticed") {
		f.Notice = &app.Notice{Code: app.NoticeCodeSent, Kind: kinds.Draw(t, "about")}
	}
	return f
}

package api_test

import (
	"context"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client" // the real client: the two ends of the wire can't drift apart
	"github.com/sparekey/sparekey/client/wire"
)

func TestEveryStepAndInputTravels(t *testing.T) {
	f, ctx := newFake(), context.Background()
	c, _ := connect(t, f)
	if _, err := c.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: goodKey}); err != nil {
		t.Fatal(err)
	}
	steps := everyStep()
	namesAll(t, wire.Steps(), steps)
	for _, step := range steps {
		f.flow.Now = step
		got, err := c.Get(ctx, "F1")
		if want := f.withoutToken(); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%T: got %#v, %v\nwant %#v", step, got, err, want)
		}
	}
	inputs := everyInput()
	namesAll(t, wire.Inputs(), inputs)
	for _, in := range inputs {
		if _, err := c.Submit(ctx, "F1", 3, goodKey, in); err != nil {
			t.Errorf("%T: %v", in, err)
		}
		if got := f.inputs[len(f.inputs)-1]; !reflect.DeepEqual(got, in) {
			t.Errorf("sent %#v, arrived %#v", in, got)
		}
	}
	if o := f.lastCaller().Origin; o != (app.Origin{Station: "desk-3", Network: "127.0.0.1"}) {
		t.Errorf("origin %+v", o)
	}
}

// namesAll checks that there is a value for each form: a form has the name of its type in app.
func namesAll[A any](t *testing.T, forms map[string]any, values []A) {
	t.Helper()
	there := map[string]bool{}
	for _, v := range values {
		there[reflect.TypeOf(v).Name()] = true
	}
	for _, form := range forms {
		if name := reflect.TypeOf(form).Name(); !there[name] {
			t.Errorf("app.%s is not sent here", name)
		}
	}
}

func TestEveryCodeTravelsWithItsFlow(t *testing.T) {
	f, ctx := newFake(), context.Background()
	c, w := connect(t, f)
	for _, code := range wire.Codes() {
		f.err = nil
		if _, err := c.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: goodKey}); err != nil {
			t.Fatal(err)
		}
		want := &app.Error{
			Code: code, Field: "code", At: noon, RetryAt: noon.Add(time.Minute), TriesLeft: 2,
			Params: map[string]string{"rule": "length"}, Support: "H7K2-9QWD",
		}
		f.err = want
		flow, err := c.Submit(ctx, "F1", 3, goodKey, app.GiveCode{Digits: app.NewSecret("123456")})
		if !reflect.DeepEqual(err, error(want)) || flow.ID != "F1" {
			t.Errorf("%s: got %#v with flow %q", code, err, flow.ID)
		}
		if status := strconv.Itoa(wire.StatusOf(code)); !w.seen["submit-input "+status] {
			t.Errorf("%s: no %s", code, status)
		}
	}
}

func everyStep() []app.Step {
	have := []app.Credential{{ID: "C1", Kind: app.KindEmail, Masked: "a…@p….example", Added: noon}}
	choices := []app.Choice{{Kind: app.KindAuthApp, Recommended: true}, {Kind: app.KindEmail, Have: true}}
	return []app.Step{
		app.EnterSignIn{UserID: "ana", Pass: true}, app.SignedIn{Name: "Ana", Registered: true, Due: app.DueReconfirm}, app.EnterUserID{},
		app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonNever}},
		app.ChooseMethod{Choices: choices, Gates: 2, Gate: 1}, // an empty list is no null
		app.ShowSecret{URI: app.NewSecret("otpauth://totp/x"), Groups: []app.Secret{app.NewSecret("ABCD")}, Issuer: "Harbour", TriesLeft: 5},
		app.EnterAddress{Confirm: true, OwnDomains: []string{"harbour.example"}, TriesLeft: 5},
		app.EnterCode{Channel: app.KindEmail, TriesLeft: 5, Expires: noon, ResendAt: noon},
		app.EnterPhone{Channel: app.KindVoice, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneOffice}, Number: "020 7946 0000", Extension: "12", Use: app.PhoneOffice},
		app.ConfirmOnPhone{Digits: "42", Masked: "+44 ••••••00", TriesLeft: 4, Expires: noon, ResendAt: noon, Over: true},
		app.PickQuestions{Questions: []app.Question{{ID: "first_pet"}, {ID: "own_1", Texts: map[string]string{"en": "Which ward?", "de": "Welche Station?"}}}, Choose: 5, MinLength: 3, MaxLength: 40},
		app.AnswerQuestions{Questions: []app.Question{{ID: "first_pet"}}, TriesLeft: 5},
		app.NewPassword{Renew: true, Rules: app.PasswordRules{MinLength: 15, MaxLength: 256, Forbidden: []string{"Ana"}, Banned: true, OwnTerms: true, Common: true, Breached: true, History: 24}},
		app.Confirming{Since: noon}, app.Registered{Have: have, Needed: 2, More: choices, Recommend: true},
		app.Reconfirm{Have: have, Needed: 2, Gates: 2}, app.CurrentPassword{}, app.ChooseUnlock{},
		app.ProveWork{Salt: []byte{1, 0xff}, Memory: 8192, Passes: 1, Bits: 7, Expires: noon},
		app.UseKey{Create: &app.KeyCreate{Challenge: []byte{1, 0xff}, RPID: "harbour.example", RPName: "Harbour", Origin: "https://harbour.example",
			UserID: []byte{2}, UserName: "ana", DisplayName: "Ana", Algorithms: []int{-7}, Verification: app.VerifyRequired, Protect: 2, DenyModels: []string{"2fc0579f-8113-47ea-b116-bb5a8db9202a"}, Timeout: time.Minute}},
		app.UseKey{Get: &app.KeyGet{Challenge: []byte{1}, RPID: "harbour.example", Origin: "https://harbour.example", Allow: [][]byte{{3}}, Verification: app.VerifyPreferred}, TriesLeft: 5},
		app.SecurityInfo{Have: have, Needed: 2, More: choices, Recommend: true},
		app.ConfirmDelete{Credential: have[0], Left: 1, Needed: 2}, app.Revealed{Credential: have[0], Value: app.NewSecret("a@b.example")},
		app.Blocked{Code: app.CodeRecovery, Until: noon}, app.RequestSent{Receipt: "R-1"},
		app.Done{Facts: []app.Fact{app.FactPasswordSet, app.FactOldGoesOn}, OldFor: time.Hour},
	}
}

func everyInput() []app.Input {
	return []app.Input{
		app.SignIn{UserID: "ana", Password: app.NewSecret("pässwörd \u2028 <&>")}, app.SignInWithPass{UserID: "ana", Pass: app.NewSecret("7q4m xd0k-92tb")}, app.GiveUserID{UserID: "ana"},
		app.GiveReason{Reason: app.ReasonForgot}, app.Choose{Kind: app.KindSecurityKey}, app.GiveCode{Digits: app.NewSecret("123 456")},
		app.GiveAddress{Address: "ana@private.example"}, app.GivePassword{Password: app.NewSecret("correct horse battery staple")},
		app.GivePhone{Number: "020 7946 0000", Region: "GB", Extension: "12", Use: app.PhoneOffice}, app.GivePhone{Number: "+61491570156"},
		app.GiveAnswers{Answers: []app.Answer{{Question: "first_pet", Answer: app.NewSecret("Żółw <&>")}}},
		app.GiveCurrentPassword{Password: app.NewSecret("old")}, app.GiveWork{Nonce: 128},
		app.GiveKey{Name: "Blue key", Answer: app.KeyAnswer{CredentialID: []byte{3, 0xfe}, ClientDataJSON: []byte("{}"), AttestationObject: []byte{1}}},
		app.GiveKey{Answer: app.KeyAnswer{CredentialID: []byte{3}, ClientDataJSON: []byte("{}"), AuthenticatorData: []byte{1}, Signature: []byte{2}}},
		app.SetDefault{Credential: "C1"}, app.Replace{Credential: "C1"}, app.Delete{Credential: "C1"}, app.Reveal{Credential: "C1"}, app.SignOutEverywhere{},
		app.GiveUnlock{Only: true}, app.Resend{}, app.Back{}, app.ContactAdmin{}, app.CheckAgain{}, app.Finish{},
	}
}

// BenchmarkSubmit is one round trip of an input within the process: client, JSON, guard, operation, and back.
func BenchmarkSubmit(b *testing.B) {
	f := newFake()
	h, _ := handler(f)
	c, ctx := &client.Client{Transport: client.InProcess(h)}, context.Background()
	if _, err := c.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: goodKey}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Submit(ctx, "F1", 3, goodKey, app.GiveCode{Digits: app.NewSecret("123456")}); err != nil {
			b.Fatal(err)
		}
	}
}

package wire

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"
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
		return app.Choice{Kind: kinds.Draw(t, "kind"), Recommended: rapid.Bool().Draw(t, "rec"), Have: rapid.Bool().Draw(t, "have")}
	}))
	credentials = optional(rapid.Custom(func(t *rapid.T) app.Credential {
		return app.Credential{
			ID: app.CredentialID(words.Draw(t, "id")), Kind: kinds.Draw(t, "kind"), Variant: words.Draw(t, "variant"), Masked: words.Draw(t, "masked"),
			Added: instant.Draw(t, "added"), LastUsed: instant.Draw(t, "used"),
		}
	}))
	questions = rapid.Custom(func(t *rapid.T) app.Question {
		return app.Question{ID: words.Draw(t, "id"), Text: words.Draw(t, "text")}
	})
	answers = rapid.Custom(func(t *rapid.T) app.Answer {
		return app.Answer{Question: words.Draw(t, "question"), Answer: secret.Draw(t, "answer")}
	})
	secret = rapid.Map(words, app.NewSecret)
)

func optional[A any](g *rapid.Generator[A]) *rapid.Generator[[]A] {
	return rapid.Map(rapid.SliceOfN(g, 0, 3), func(s []A) []A {
		if len(s) == 0 {
			return nil
		}
		return s
	})
}

func anyStep(t *rapid.T) app.Step {
	text, number, yes := words.Draw(t, "text"), counts.Draw(t, "number"), rapid.Bool().Draw(t, "yes")
	return rapid.SampledFrom([]app.Step{
		app.EnterSignIn{UserID: text},
		app.SignedIn{Name: text, Registered: yes},
		app.EnterUserID{UserID: text},
		app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonLocked, app.ReasonNever}},
		app.ChooseMethod{
			Enrol: yes, Choices: choices.Draw(t, "choices"), Have: credentials.Draw(t, "have"),
			Needed: number, Gates: number, Gate: number,
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
		app.PickQuestions{Questions: optional(questions).Draw(t, "questions"), Choose: number, MinLength: number, MaxLength: number},
		app.AnswerQuestions{Questions: optional(questions).Draw(t, "asked"), TriesLeft: number},
		app.NewPassword{Rules: app.PasswordRules{
			MinLength: number, MaxLength: number, MinClasses: number,
			Forbidden: optional(words).Draw(t, "forbidden"), Common: yes, History: number,
		}},
		app.Confirming{Since: instant.Draw(t, "since")},
		app.Registered{
			Have: credentials.Draw(t, "have2"), Needed: number, Gates: number, More: choices.Draw(t, "more"), Recommend: yes,
		},
		app.SecurityInfo{
			Have: credentials.Draw(t, "have3"), Needed: number, Gates: number, More: choices.Draw(t, "more2"), Recommend: yes,
		},
		app.ConfirmDelete{Credential: app.Credential{ID: "C1", Kind: app.KindSMS, Default: yes, UsableAt: instant.Draw(t, "usable")}, Left: number, Needed: number},
		app.Revealed{Credential: app.Credential{ID: "C1", Kind: app.KindEmail, Masked: text}, Value: secret.Draw(t, "value")},
		app.Blocked{Code: app.CodeNotManaged, Until: instant.Draw(t, "until")},
		app.RequestSent{Receipt: text},
		app.Done{Facts: []app.Fact{app.FactPasswordSet, app.FactTold}},
	}).Draw(t, "step")
}

func anyInput(t *rapid.T) app.Input {
	text, hidden := words.Draw(t, "text"), secret.Draw(t, "secret")
	return rapid.SampledFrom([]app.Input{
		app.SignIn{UserID: text, Password: hidden}, app.GiveUserID{UserID: text},
		app.GiveReason{Reason: app.ReasonLocked}, app.Choose{Kind: kinds.Draw(t, "kind")},
		app.GiveCode{Digits: hidden}, app.GiveAddress{Address: text},
		app.GivePhone{Number: text, Region: "GB", Extension: text, Use: app.PhoneAlternate},
		app.GiveAnswers{Answers: optional(answers).Draw(t, "answers")}, app.GivePassword{Password: hidden},
		app.SetDefault{Credential: app.CredentialID(text)}, app.Delete{Credential: "C1"}, app.Reveal{Credential: "C2"}, app.SignOutEverywhere{},
		app.Resend{}, app.Back{}, app.ContactAdmin{}, app.CheckAgain{}, app.Finish{},
	}).Draw(t, "input")
}

func anyFlow(t *rapid.T) app.Flow {
	f := app.Flow{
		ID: "F1", Purpose: app.PurposeReset, Rev: counts.Draw(t, "rev"), At: instant.Draw(t, "at"),
		Expires: instant.Draw(t, "expires"), Now: anyStep(t), Others: choices.Draw(t, "others"),
		Places:  []app.Place{{ID: app.PlaceWho, State: app.PlaceDone}, {ID: app.PlaceProve, State: app.PlaceNow}},
		CanBack: rapid.Bool().Draw(t, "back"), Contact: rapid.Bool().Draw(t, "contact"), Support: words.Draw(t, "support"),
	}
	if rapid.Bool().Draw(t, "noticed") {
		f.Notice = &app.Notice{Code: app.NoticeCodeSent, Kind: kinds.Draw(t, "about")}
	}
	return f
}

// through sends a form over the wire and back.
func through[W any](t interface{ Fatalf(string, ...any) }, w W) W {
	data, err := json.Marshal(w)
	if err != nil {
		t.Fatalf("marshal %T: %v", w, err)
	}
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if err != nil {
			break // the end
		}
		if token == nil {
			t.Fatalf("null on the wire: %s", data)
		}
	}
	var back W
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatalf("unmarshal %s: %v", data, err)
	}
	return back
}

func TestFlowsAndStepsRoundTrip(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for range 5 { // each kind is drawn, but for one run in billions
		rapid.Check(t, func(t *rapid.T) {
			f := anyFlow(t)
			seen[reflect.TypeOf(f.Now)] = true
			w, err := NewFlow(f)
			if err != nil {
				t.Fatalf("NewFlow: %v", err)
			}
			if got := through(t, w).Domain(); !reflect.DeepEqual(got, f) {
				t.Fatalf("got  %#v\nwant %#v", got, f)
			}
		})
	}
	if len(seen) != len(steps) {
		t.Errorf("%d of %d kinds of step were tried", len(seen), len(steps))
	}
}

func TestInputsRoundTrip(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for range 5 { // each kind is drawn, but for one run in billions
		rapid.Check(t, func(t *rapid.T) {
			in := anyInput(t)
			seen[reflect.TypeOf(in)] = true
			got := through(t, Submission{Rev: 3, Input: Input{in}})
			if got.Rev != 3 || !reflect.DeepEqual(got.Input.Input, in) {
				t.Fatalf("got %#v, want %#v", got, in)
			}
		})
	}
	if len(seen) != len(inputs) {
		t.Errorf("%d of %d kinds of input were tried", len(seen), len(inputs))
	}
}

// The sets of app are closed by an unexported method; whoever adds a member must give it a form here.
func TestEveryStepAndInputHasAForm(t *testing.T) {
	for method, forms := range map[string]int{"step": len(steps), "input": len(inputs)} {
		if got := implementers(t, method); got != forms {
			t.Errorf("app has %d types with %s(), the wire %d forms", got, method, forms)
		}
	}
}

func implementers(t *testing.T, method string) int {
	t.Helper()
	file := "../../app/" + method + ".go"
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == method {
			n++
		}
	}
	return n
}

func TestTheTypeIsNamedAlikeEverywhere(t *testing.T) {
	for name, zero := range mergeForms() {
		f, _ := reflect.TypeOf(zero).FieldByName("Type")
		if f.Tag.Get("const") != name {
			t.Errorf("%s: its form %T says %q", name, zero, f.Tag.Get("const"))
		}
	}
}

func mergeForms() map[string]any {
	all := Steps()
	for name, zero := range Inputs() {
		all[name] = zero
	}
	return all
}

func TestUnknownTypesAreErrors(t *testing.T) {
	for _, data := range []string{
		`{"type":"enter_pin"}`, `{}`, `null`, `[]`, `"enter_code"`, `{"type":7}`, `{"type":["back"]}`,
	} {
		var s Step
		if err := json.Unmarshal([]byte(data), &s); err == nil {
			t.Errorf("step %s: accepted as %#v", data, s.Step)
		}
		var in Input
		if err := json.Unmarshal([]byte(data), &in); err == nil {
			t.Errorf("input %s: accepted as %#v", data, in.Input)
		}
	}
	var in Input
	if err := json.Unmarshal([]byte(`{"type":"back","force":true}`), &in); err == nil {
		t.Error("an input with an unknown field was accepted")
	}
	var s Step
	if err := json.Unmarshal([]byte(`{"type":"request_sent","receipt":"R1","since":1}`), &s); err != nil {
		t.Errorf("a step of a newer server was refused: %v", err)
	}
	if _, err := json.Marshal(Step{}); err == nil {
		t.Error("a step that is none was written")
	}
	if _, err := NewFlow(app.Flow{ID: "F1"}); err == nil {
		t.Error("a flow without a step was written")
	}
}

func TestTimesHaveSixDecimalsInUTC(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	got, err := json.Marshal(Time(time.Date(2027, 3, 4, 14, 5, 6, 7_891_234, zone)))
	if err != nil || string(got) != `"2027-03-04T12:05:06.007891Z"` {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := json.Marshal(Time(time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC))); err == nil {
		t.Error("a year of five digits was written")
	}
	var back Time
	if err := json.Unmarshal([]byte(`"4 March"`), &back); err == nil {
		t.Error("an English date was read")
	}
}

func TestErrorsNeverQuoteTheSecret(t *testing.T) {
	var in Input
	err := json.Unmarshal([]byte(`{"type":"give_password","password":["canary-7731"]}`), &in)
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
}

func TestGrantsSessionsAndOrganisationsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := app.Grant{
			Session: app.Session{
				ID: "S1", Person: app.Person{Account: "A1", UserID: words.Draw(t, "uid"), Name: words.Draw(t, "name")},
				Admin: rapid.Bool().Draw(t, "admin"), Registered: rapid.Bool().Draw(t, "reg"), Expires: instant.Draw(t, "ends"),
			},
			Access: secret.Draw(t, "access"), AccessExpires: instant.Draw(t, "a"),
			Refresh: secret.Draw(t, "refresh"), RefreshExpires: instant.Draw(t, "r"),
		}
		if got := through(t, NewGrant(g, time.UnixMicro(1))).Domain(); !reflect.DeepEqual(got, g) {
			t.Fatalf("got %#v, want %#v", got, g)
		}
		o := app.Organisation{
			Name: words.Draw(t, "org"), Colour: "#12AB34", HelpDesk: app.HelpDesk{Name: words.Draw(t, "desk"), Phone: "ext. 4400"},
			Reset: true, Gates: counts.Draw(t, "gates"), Needed: counts.Draw(t, "needed"),
		}
		if rapid.Bool().Draw(t, "has a logo") {
			o.Logo = []byte{0x89, 'P', 'N', 'G'}
		}
		if got := through(t, NewOrganisation(o)).Domain(); !reflect.DeepEqual(got, o) {
			t.Fatalf("got %#v, want %#v", got, o)
		}
		f := anyFlow(t)
		f.Token = secret.Draw(t, "token")
		w, err := NewStarted(f)
		if got := through(t, w).Domain(); err != nil || !reflect.DeepEqual(got, f) {
			t.Fatalf("got %#v, want %#v (%v)", got, f, err)
		}
	})
}

func TestFormsCanBeListedByName(t *testing.T) {
	names := make([]string, 0, len(inputs))
	for name := range Inputs() {
		names = append(names, name)
	}
	if slices.Sort(names); names[0] != "back" || len(Steps()) != len(steps) {
		t.Errorf("got %v", names)
	}
}

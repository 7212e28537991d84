package step_test

import (
	"reflect"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestAnExtensionIsAskedForAnOfficeOnly(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterPhone{Channel: app.KindVoice, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneAlternate, app.PhoneOffice}}))
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.EnterCode{Channel: app.KindVoice}), nil }
	if kit.Find(w.Root(), "phone.extension") != nil {
		t.Error("a mobile is asked for an extension")
	}
	test.Type(uitest.Field(t, w, "phone.field").Entry(), "020 7946 0000")
	uitest.Tap(t, w, "page.next")
	if len(s.Sent) != 0 {
		t.Error("a number without a country was sent")
	}
	uitest.MustSay(t, w, words.Text("phone.fault.no_country"))
	uitest.Field(t, w, "phone.field").SetText("+44 20 7946 0000")
	uitest.Tap(t, w, "phone.use.3")
	test.Type(uitest.Field(t, w, "phone.extension").Entry(), "12a")
	uitest.Tap(t, w, "page.next")
	uitest.MustSay(t, w, words.Text("phone.fault.extension"))
	uitest.Field(t, w, "phone.extension").SetText("12")
	uitest.Tap(t, w, "page.next")
	want := app.GivePhone{Number: "+44 20 7946 0000", Use: app.PhoneOffice, Extension: "12"}
	if len(s.Sent) != 1 || s.Sent[0].In != want {
		t.Errorf("sent %+v", s.Sent)
	}
	uitest.MustBeAt(t, w, "code")
}

func TestANationalNumberGoesWithTheRegion(t *testing.T) {
	s := uitest.NewStage(t)
	s.OnStart = func(app.Start) (app.Flow, error) {
		return uitest.FlowAt(1, app.EnterPhone{Channel: app.KindSMS, Confirm: true}), nil
	}
	w := s.OpenWindow(func(o *ui.Options) { o.Region = "AU" })
	w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset})
	uitest.MustNotSay(t, w, words.Text("phone.risk"))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, app.EnterPhone{Channel: app.KindSMS, Confirm: true}), &app.Error{Code: app.CodeWrongPhone, Field: "number", TriesLeft: 4}
	}
	test.Type(uitest.Field(t, w, "phone.field").Entry(), "0491 570 156")
	uitest.Tap(t, w, "page.next")
	if want := (app.GivePhone{Number: "0491 570 156", Region: "AU"}); len(s.Sent) != 1 || s.Sent[0].In != want {
		t.Errorf("sent %+v", s.Sent)
	}
	if got := uitest.Field(t, w, "phone.field"); got.Error() != "That is not the number on file. You have 4 tries left." || got.Text() != "0491 570 156" {
		t.Errorf("beside the field: %q, in it %q", got.Error(), got.Text())
	}
}

// TestTheReasonStandsBesideTheNumber: of each code one reason, and one that this program does not know.
func TestTheReasonStandsBesideTheNumber(t *testing.T) {
	for why, said := range map[*app.Error]string{
		{Code: app.CodeBadPhone, Params: map[string]string{"why": string(app.PhoneNoPlus)}}:          "phone.fault.no_plus",
		{Code: app.CodePhoneUse, Params: map[string]string{"why": string(app.PhoneExtensionMobile)}}: "phone.fault.extension_mobile",
		{Code: app.CodeBadPhone, Params: map[string]string{"why": "of_tomorrow"}}:                    "error.phone_malformed",
		{Code: app.CodePhoneUse}: "error.phone_use",
	} {
		s := uitest.NewStage(t)
		step := app.EnterPhone{Channel: app.KindSMS, Uses: []app.PhoneUse{app.PhoneMobile}}
		w := s.At(uitest.FlowAt(1, step))
		why.Field = "number"
		s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, step), why }
		test.Type(uitest.Field(t, w, "phone.field").Entry(), "+44 20 7946 0000")
		uitest.Tap(t, w, "page.next")
		if got := uitest.Field(t, w, "phone.field").Error(); got != words.Text(said) {
			t.Errorf("%+v: %q stands beside the field, want %q", why, got, words.Text(said))
		}
	}
}

func TestQuestionsAreChosenThenAnswered(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.PickQuestions{Questions: catalogue(), Choose: 3, MinLength: 3, MaxLength: 40}))
	pick := func(id string) *kit.Tick { return kit.Find(w.Root(), "questions.pick."+id).(*kit.Tick) }
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "pick_questions")
	for _, id := range []string{"first_pet", "own_1", "first_car"} {
		uitest.Tap(t, w, "questions.pick."+id)
	}
	if uitest.MustSay(t, w, "Next (3 of 3)"); !pick("first_film").Disabled() || pick("first_pet").Disabled() || !pick("own_1").On() {
		t.Error("a fourth question can be chosen, or a chosen one not be let go")
	}
	uitest.Tap(t, w, "page.next")
	uitest.MustSay(t, w, words.Text("questions.answer.heading"))
	answers := []string{"Minka", "Paediatrics", "Minka"}
	for i, answer := range answers {
		test.Type(uitest.Field(t, w, "answers."+string(rune('1'+i))).Entry(), answer)
	}
	for _, shown := range kit.Texts(w.Root()) {
		if shown == "Minka" {
			t.Error("an answer can be read on the page")
		}
	}
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, app.PickQuestions{Questions: catalogue(), Choose: 3, MinLength: 3, MaxLength: 40}),
			&app.Error{Code: app.CodeBadAnswer, Field: "answers", Params: map[string]string{"why": "twice", "index": "2"}}
	}
	uitest.Tap(t, w, "page.next")
	want := app.GiveAnswers{Answers: []app.Answer{{Question: "first_pet", Answer: app.NewSecret("Minka")},
		{Question: "own_1", Answer: app.NewSecret("Paediatrics")}, {Question: "first_car", Answer: app.NewSecret("Minka")}}}
	if len(s.Sent) != 1 || !reflect.DeepEqual(s.Sent[0].In, want) {
		t.Fatalf("sent %+v", s.Sent)
	}
	third := uitest.Field(t, w, "answers.3")
	if third.Error() != words.Text("answer.twice") || third.Text() != "Minka" {
		t.Errorf("beside the third stands %q, in it %q", third.Error(), third.Text())
	}
	uitest.Tap(t, w, "page.back")
	if third.Text() != "" || !pick("first_pet").On() {
		t.Error("back at the choice, an answer stays behind or the choice is lost")
	}
}

func TestWrongAnswersStayAndSayHowManyTriesAreLeft(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.AnswerQuestions{Questions: catalogue()[:3], TriesLeft: 5}))
	uitest.Tap(t, w, "page.next")
	uitest.MustSay(t, w, words.Text("questions.empty"))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, app.AnswerQuestions{Questions: catalogue()[:3], TriesLeft: 4}), &app.Error{Code: app.CodeWrongAnswer, Field: "answers", TriesLeft: 4}
	}
	for i := range 3 {
		f := uitest.Field(t, w, "answers."+string(rune('1'+i)))
		test.Type(f.Entry(), "something")
		f.Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	uitest.MustSay(t, w, "Not all answers are right. You have 4 tries left.")
	if len(s.Sent) != 1 || s.Sent[0].Rev != 1 || uitest.Field(t, w, "answers.2").Text() != "something" {
		t.Errorf("%d sent; the second field holds %q", len(s.Sent), uitest.Field(t, w, "answers.2").Text())
	}
}

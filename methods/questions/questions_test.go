package questions

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/methodtest" // the suite that every method passes
)

// cheap keeps the tests quick; the cost changes nothing else.
var cheap = Method{Cost: Cost{Memory: 8, Passes: 1}}

// person knows their answers: each is the question's ID and a word.
type person struct {
	choose int
	offer  []app.Question
	asked  []app.Question
}

func (p *person) See(r app.Result) {
	switch step := r.Step.(type) {
	case app.PickQuestions:
		p.choose, p.offer, p.asked = step.Choose, step.Questions, nil
	case app.AnswerQuestions:
		p.asked = step.Questions
	}
}

func answer(q app.Question) string { return "Żółw " + q.ID[len(q.ID)-6:] }

func (p *person) Right(time.Time) app.Input {
	asked := p.asked
	if asked == nil {
		asked = p.offer[:p.choose]
	}
	var in app.GiveAnswers
	for _, q := range asked {
		in.Answers = append(in.Answers, app.Answer{Question: q.ID, Answer: app.NewSecret(answer(q))})
	}
	return in
}

func (p *person) Wrong(now time.Time, n int) app.Input {
	in := p.Right(now).(app.GiveAnswers)
	in.Answers[n%len(in.Answers)].Answer = app.NewSecret(fmt.Sprintf("wrong %d", n))
	return in
}

func (p *person) Secrets() []string {
	secrets := []string{"żółw", "Żółw"}
	return secrets
}

func subject() methodtest.Subject {
	return methodtest.Subject{Method: cheap, Holder: func() methodtest.Holder { return &person{} }, Knowledge: true, Wrong: app.CodeWrongAnswer}
}

func TestConformance(t *testing.T) { methodtest.Run(t, subject()) }

func FuzzMethod(f *testing.F) { methodtest.Fuzz(f, subject()) }

func turn() app.Turn {
	return app.Turn{
		Now: methodtest.Start, Rand: rand.NewChaCha8([32]byte{7}), Person: methodtest.Ana, TriesLeft: 5,
		Settings: app.MethodSettings{Questions: app.QuestionSettings{Own: []map[string]string{{"": "Which ward did you work on first?"}}, Register: 5, Ask: 3}},
	}
}

// enrolled registers the first questions.
func enrolled(t testing.TB, m Method, change ...func(*app.Turn)) ([]byte, *person) {
	t.Helper()
	now, p := turn(), &person{}
	for _, f := range change {
		f(&now)
	}
	r, err := m.Enrol(now, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.See(r)
	now.State = r.State
	if r, err = m.Enrol(now, p.Right(now.Now)); err != nil || r.Verdict != app.Proven {
		t.Fatalf("verdict %v, %v", r.Verdict, err)
	}
	return r.Credential.Secret, p
}

func TestOffer(t *testing.T) {
	r, err := cheap.Enrol(turn(), nil)
	step, ok := r.Step.(app.PickQuestions)
	if err != nil || !ok || len(step.Questions) != 36 || step.Choose != 5 || step.MinLength != 3 || step.MaxLength != 40 {
		t.Fatalf("offered %+v, %v", step, err)
	}
	if own := step.Questions[0]; own.Texts[""] != "Which ward did you work on first?" || !strings.HasPrefix(own.ID, "own_") || step.Questions[1].Texts != nil {
		t.Errorf("begins with %+v", step.Questions[:2])
	}
}

func TestAnswersThatCantServe(t *testing.T) {
	good := []app.Answer{
		{Question: "first_pet", Answer: app.NewSecret("Minka")}, {Question: "first_car", Answer: app.NewSecret("Fiat Panda")},
		{Question: "first_flight", Answer: app.NewSecret("Porto")}, {Question: "first_dish", Answer: app.NewSecret("おにぎり")},
	}
	own := ownID("which  WARD did you work on first?")
	for _, c := range []struct{ question, answer, why string }{
		{own, "Paediatrics", ""},
		{own, "小児科", ""},
		{own, "ab", "short"},
		{own, "  a\u200bb  ", "short"},
		{own, "", "short"},
		{own, strings.Repeat("ab", 20), ""},
		{own, strings.Repeat("ab", 20) + "c", "long"},
		{own, strings.Repeat("\u200b", 2000) + "abc", "long"},
		{own, "FIRST", "in_question"},
		{own, "ｗａｒｄ", "in_question"},
		{own, "fiat  PANDA", "twice"},
		{own, "Harbour.Example", "user_id"}, // the conformance suite's person is ana@harbour.example
		{own, "ana", "user_id"},
		{own, "harbour", "user_id"},
		{"childhood_toy", "toy", "in_question"},
		{"first_pet", "Another", "question"},
		{"nothing", "Another", "question"},
		{"own_0000000000000000", "Another", "question"},
	} {
		now := turn()
		if c.answer == "Harbour.Example" {
			now.Person.UserID = "harbour.example"
		}
		r, err := cheap.Enrol(now, nil)
		if err != nil {
			t.Fatal(err)
		}
		now.State = r.State
		in := app.GiveAnswers{Answers: append(slices.Clone(good), app.Answer{Question: c.question, Answer: app.NewSecret(c.answer)})}
		r, err = cheap.Enrol(now, in)
		why, index := "", ""
		if e, ok := err.(*app.Error); ok && e.Code == app.CodeBadAnswer && e.Field == "answers" {
			why, index = e.Params["why"], e.Params["index"]
		}
		if why != c.why || (why == "") != (r.Verdict == app.Proven) || why != "" && index != "4" {
			t.Errorf("%s: %q: %s at %q, want %s (%v)", c.question, c.answer, why, index, c.why, err)
		}
	}
}

// TestNothingInTheOpen looks for the answers in whatever is kept, and in the errors.
func TestNothingInTheOpen(t *testing.T) {
	secret, p := enrolled(t, cheap)
	now := turn()
	now.Credential = secret
	r, err := cheap.Prove(now, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.See(r)
	now.State = r.State
	work, err := cheap.Prepare(now, p.Right(now.Now).(app.GiveAnswers))
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := cheap.Prove(now, p.Wrong(now.Now, 1))
	if err != nil {
		t.Fatal(err)
	}
	_, refused := cheap.Prove(now, app.GiveAnswers{Answers: []app.Answer{{Question: "first_pet", Answer: app.NewSecret("żółw x")}}})
	all := fmt.Sprintf("%s %s %s %s %v %+v %#v %v", secret, r.State, wrong.State, wrong.Update, work, work, work, refused)
	for _, canary := range []string{"żółw", "Żółw", "żółw", "wrong 1"} {
		if strings.Contains(all, canary) {
			t.Errorf("%q stands in %s", canary, all)
		}
	}
}

// TestTheDrawStays draws once: coming back finds the same questions, until the gate has ended.
func TestTheDrawStays(t *testing.T) {
	secret, p := enrolled(t, cheap)
	begin := func(seed byte, left int) (app.Turn, []app.Question) {
		t.Helper()
		now := turn()
		now.Credential, now.Rand, now.TriesLeft = secret, rand.NewChaCha8([32]byte{seed}), left
		r, err := cheap.Prove(now, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Update != nil {
			secret = r.Update
			now.Credential = secret
		}
		now.State = r.State
		p.See(r)
		return now, r.Step.(app.AnswerQuestions).Questions
	}
	_, first := begin(1, 5)
	if len(first) != 3 {
		t.Fatalf("%d questions are asked", len(first))
	}
	for seed := byte(2); seed < 20; seed++ {
		if _, again := begin(seed, 5); !reflect.DeepEqual(first, again) {
			t.Fatalf("asked %v, then %v", first, again)
		}
	}
	now, _ := begin(20, 2)
	r, err := cheap.Prove(now, p.Wrong(now.Now, 0))
	if err != nil || r.Verdict != app.Wrong || r.Update != nil || r.Step.(app.AnswerQuestions).TriesLeft != 1 {
		t.Errorf("a wrong answer: verdict %v, %+v, %v", r.Verdict, r.Step, err)
	}
	now.TriesLeft = 1
	if r, err = cheap.Prove(now, p.Wrong(now.Now, 0)); err != nil || r.Update == nil {
		t.Fatalf("the last try doesn't end the draw (%v)", err)
	}
	secret = r.Update
	drawn := map[string]bool{}
	for seed := byte(21); seed < 60; seed++ {
		now, asked := begin(seed, 5)
		for _, q := range asked {
			drawn[q.ID] = true
		}
		if r, err = cheap.Prove(now, p.Right(now.Now)); err != nil || r.Verdict != app.Proven {
			t.Fatalf("verdict %v, %v", r.Verdict, err)
		}
		secret = r.Update
	}
	if len(drawn) != 5 {
		t.Errorf("only %d of five questions are ever drawn", len(drawn))
	}
}

func TestAnswersAreTakenHoweverTheyAreWritten(t *testing.T) {
	secret, p := enrolled(t, cheap)
	now := turn()
	now.Credential = secret
	r, err := cheap.Prove(now, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.See(r)
	now.State, now.Credential = r.State, r.Update
	in := p.Right(now.Now).(app.GiveAnswers)
	for i, a := range in.Answers {
		in.Answers[i].Answer = app.NewSecret("\u00a0 " + strings.ToUpper(strings.Replace(a.Answer.Reveal(), " ", " \t\u200b ", 1)) + "\n")
	}
	if r, err := cheap.Prove(now, in); err != nil || r.Verdict != app.Proven {
		t.Errorf("verdict %v, %v", r.Verdict, err)
	}
}

// TestWhatWasHashedForOthers judges nothing: neither another credential's hashes nor those of other questions.
func TestWhatWasHashedForOthers(t *testing.T) {
	one, p := enrolled(t, cheap)
	two, _ := enrolled(t, cheap, func(now *app.Turn) { now.Rand = rand.NewChaCha8([32]byte{99}) })
	now := turn()
	now.Credential = one
	r, err := cheap.Prove(now, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.See(r)
	now.State = r.State
	work, err := cheap.Prepare(now, p.Right(now.Now).(app.GiveAnswers))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := cheap.Prove(now, work); err != nil || r.Verdict != app.Proven {
		t.Fatalf("prepared answers: verdict %v, %v", r.Verdict, err)
	}
	now.Credential = two
	if r, err := cheap.Prove(now, work); app.CodeOf(err) != app.CodeMoved || r.Verdict != app.Undecided {
		t.Errorf("another credential: verdict %v, %v", r.Verdict, err)
	}
	if _, err := cheap.Prove(now, app.Prepared{Work: 1}); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("another method's work: %v", err)
	}
}

func TestDefaultCost(t *testing.T) {
	secret, _ := enrolled(t, Method{})
	if c, err := readCredential(app.Turn{Credential: secret, Person: methodtest.Ana}); err != nil || c.Cost.Memory < 19*1024 || c.Cost.Passes < 2 {
		t.Errorf("cost %+v, %v", c.Cost, err)
	}
}

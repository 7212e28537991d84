package backend_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/questions"
)

// canary is in each answer, and must be found nowhere else.
const canary = "Zaunkönig"

func know(q app.Question) app.Answer {
	return app.Answer{Question: q.ID, Answer: secret(canary + " " + q.ID[:9])}
}

func knowAll(asked []app.Question) app.GiveAnswers {
	var in app.GiveAnswers
	for _, q := range asked {
		in.Answers = append(in.Answers, know(q))
	}
	return in
}

var withQuestions = allow(app.KindAuthApp, app.KindEmail, app.KindQuestions)

// addQuestions registers those that are offered first.
func (k *talk) addQuestions() *talk {
	k.w.t.Helper()
	step := at[app.PickQuestions](k.must(app.Choose{Kind: app.KindQuestions}))
	return k.must(knowAll(step.Questions[1 : 1+step.Choose]))
}

func TestResetByQuestions(t *testing.T) {
	w, ben := newWorld(t, withQuestions), someone(trial.Registered)
	w.register(ben).addQuestions()
	k := w.reset(ben).must(app.Choose{Kind: app.KindQuestions})
	asked := at[app.AnswerQuestions](k)
	if len(asked.Questions) != 3 || asked.TriesLeft != 5 {
		t.Fatalf("asked %+v", asked)
	}
	again := at[app.AnswerQuestions](w.reset(ben).must(app.Choose{Kind: app.KindQuestions}))
	if fmt.Sprint(again.Questions) != fmt.Sprint(asked.Questions) {
		t.Errorf("another conversation is asked %v, not %v", again.Questions, asked.Questions)
	}
	wrong := knowAll(asked.Questions)
	wrong.Answers[1].Answer = secret("something else")
	refusal := k.refused(wrong, app.CodeWrongAnswer)
	if refusal.TriesLeft != 4 || refusal.Field != "answers" || len(refusal.Params) > 0 {
		t.Errorf("wrong answers: %+v", refusal)
	}
	k.refused(app.GiveAnswers{}, app.CodeBadAnswer)
	k.refused(app.GiveCode{Digits: secret("123456")}, app.CodeNotNow)
	if step := at[app.AnswerQuestions](k); step.TriesLeft != 4 {
		t.Errorf("what is malformed cost a try: %d are left", step.TriesLeft)
	}
	k.must(knowAll(asked.Questions), app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	at[app.NewPassword](k)
}

// TestWrongAnswersEndTheGate and count for the recovery lock, as wrong codes do.
func TestWrongAnswersEndTheGate(t *testing.T) {
	w, ben := newWorld(t, withQuestions), someone(trial.Registered)
	w.register(ben).addQuestions()
	k := w.reset(ben).must(app.Choose{Kind: app.KindQuestions})
	wrong := knowAll(at[app.AnswerQuestions](k).Questions)
	wrong.Answers[0].Answer = secret("something else")
	for range 4 {
		k.refused(wrong, app.CodeWrongAnswer)
	}
	k.refused(wrong, app.CodeGateEnded)
	at[app.ChooseMethod](k)
}

// TestTheSameAnswersSentAgain are one try, and other answers with the same key are refused.
func TestTheSameAnswersSentAgain(t *testing.T) {
	w, ben := newWorld(t, withQuestions), someone(trial.Registered)
	w.register(ben).addQuestions()
	k := w.reset(ben).must(app.Choose{Kind: app.KindQuestions})
	wrong := knowAll(at[app.AnswerQuestions](k).Questions)
	wrong.Answers[0].Answer = secret("something else")
	key, rev := w.key(), k.flow.Rev
	for range 3 {
		flow, err := w.Submit(k.ctx, k.flow.ID, rev, key, wrong)
		if app.CodeOf(err) != app.CodeWrongAnswer || flow.Now.(app.AnswerQuestions).TriesLeft != 4 {
			t.Fatalf("%+v, %v", flow.Now, err)
		}
	}
	wrong.Answers[0].Answer = secret("something new")
	if _, err := w.Submit(k.ctx, k.flow.ID, rev, key, wrong); app.CodeOf(err) != app.CodeReused {
		t.Errorf("other answers with the same key: %v", err)
	}
}

// TestGuessesAtOnceAreOneTry: many answers to the same revision are hashed, and one of them is judged.
func TestGuessesAtOnceAreOneTry(t *testing.T) {
	w, ben := newWorld(t, withQuestions), someone(trial.Registered)
	w.register(ben).addQuestions()
	k := w.reset(ben).must(app.Choose{Kind: app.KindQuestions})
	asked := at[app.AnswerQuestions](k).Questions
	var all sync.WaitGroup
	codes := make([]app.Code, 20)
	for i := range codes {
		in, key := knowAll(asked), w.key()
		in.Answers[0].Answer = secret(fmt.Sprintf("guess %d", i))
		all.Go(func() {
			_, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, key, in)
			codes[i] = app.CodeOf(err)
		})
	}
	all.Wait()
	judged := 0
	for _, code := range codes {
		if code == app.CodeWrongAnswer {
			judged++
		} else if code != app.CodeMoved {
			t.Errorf("a guess was answered %s", code)
		}
	}
	if judged != 1 {
		t.Errorf("%d guesses were judged", judged)
	}
}

// TestAdministratorsHaveNoQuestions, neither to register nor, from before they were administrators, to prove.
func TestAdministratorsHaveNoQuestions(t *testing.T) {
	w, greta := newWorld(t, withQuestions), someone(trial.Admin)
	k := w.register(greta)
	for _, choice := range at[app.Registered](k).More {
		if choice.Kind == app.KindQuestions {
			t.Error("an administrator is offered security questions")
		}
	}
	k.refused(app.Choose{Kind: app.KindQuestions}, app.CodeNotNow)

	ben := someone(trial.Registered)
	w.register(ben).addQuestions()
	account, err := w.dir.Account(t.Context(), ben.ID)
	w.ok(err)
	account.Admin = true
	w.ok(w.dir.Put(t.Context(), account, app.NewSecret(ben.Password)))
	r := w.reset(ben)
	if step := at[app.ChooseMethod](r); len(step.Choices) != 2 {
		t.Errorf("who became an administrator is offered %v", step.Choices)
	}
	r.refused(app.Choose{Kind: app.KindQuestions}, app.CodeNotNow)
}

// TestAnswersCountForNoAdministrator who became one after they were given: another gate has to be passed.
func TestAnswersCountForNoAdministrator(t *testing.T) {
	w, ben := newWorld(t, withQuestions), someone(trial.Registered)
	w.register(ben).addQuestions()
	k := w.reset(ben).must(app.Choose{Kind: app.KindQuestions})
	k.must(knowAll(at[app.AnswerQuestions](k).Questions), app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	account, err := w.dir.Account(t.Context(), ben.ID)
	w.ok(err)
	account.Admin = true
	w.ok(w.dir.Put(t.Context(), account, app.NewSecret(ben.Password)))
	at[app.NewPassword](k)
	if step := at[app.EnterCode](k.must(app.GivePassword{Password: secret("nine herons over the lagoon")})); step.Channel != app.KindEmail {
		t.Errorf("the gate that is left is %+v", step)
	}
}

// slow is the method whose hashing waits.
type slow struct {
	questions.Method
	begun, end chan struct{}
}

func (s slow) Prepare(t app.Turn, in app.GiveAnswers) (app.Prepared, error) {
	s.begun <- struct{}{}
	<-s.end
	return s.Method.Prepare(t, in)
}

// TestHashingHoldsUpNobody: while answers are hashed, other people's inputs are answered.
func TestHashingHoldsUpNobody(t *testing.T) {
	w := newWorld(t, withQuestions)
	s := slow{questions.Method{Cost: questions.Cost{Memory: 8, Passes: 1}}, make(chan struct{}), make(chan struct{})}
	w.config.Methods[len(w.config.Methods)-1] = s
	w.restart()
	k := w.register(someone(trial.Registered)).must(app.Choose{Kind: app.KindQuestions})
	in := knowAll(at[app.PickQuestions](k).Questions[:3])
	key, done := w.key(), make(chan error)
	go func() {
		_, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, key, in)
		done <- err
	}()
	<-s.begun
	w.start(app.PurposeReset, app.Caller{})
	close(s.end)
	w.ok(<-done)
}

// TestWaitingForAPlaceEnds with the caller's patience.
func TestWaitingForAPlaceEnds(t *testing.T) {
	w := newWorld(t, withQuestions)
	s := slow{questions.Method{Cost: questions.Cost{Memory: 8, Passes: 1}}, make(chan struct{}, 1000), make(chan struct{})}
	w.config.Methods[len(w.config.Methods)-1] = s
	w.restart()
	k := w.register(someone(trial.Registered)).must(app.Choose{Kind: app.KindQuestions})
	in := knowAll(at[app.PickQuestions](k).Questions[:3])
	ctx, cancel := context.WithCancel(k.ctx)
	const callers = 200 // more than there are places
	answers := make(chan error)
	for range callers {
		key := w.key()
		go func() {
			_, err := w.Submit(ctx, k.flow.ID, k.flow.Rev, key, in)
			answers <- err
		}()
	}
	<-s.begun
	cancel()
	close(s.end)
	for range callers {
		if err := <-answers; err == nil && ctx.Err() == nil {
			t.Error("an answer came to a caller who had left")
		}
	}
	if n := len(s.begun); n >= callers-1 {
		t.Errorf("%d were hashed at once", n+1)
	}
}

// TestNoAnswerInTheOpen looks through everything that was written down: the store, the log, the audit trail.
func TestNoAnswerInTheOpen(t *testing.T) {
	var log bytes.Buffer
	w, ben := newWorld(t, withQuestions, func(p *policy.Policy) { p.Questions.Own = []policy.Words{{"": "Which bird sang first?"}} }), someone(trial.Registered)
	w.config.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.restart()
	w.register(ben).addQuestions()
	k := w.reset(ben).must(app.Choose{Kind: app.KindQuestions})
	wrong := knowAll(at[app.AnswerQuestions](k).Questions)
	wrong.Answers[0].Answer = secret(canary)
	k.refused(wrong, app.CodeWrongAnswer)
	wrong.Answers[0].Question = canary
	k.refused(wrong, app.CodeBadAnswer)
	entries, err := os.ReadDir(w.folder)
	w.ok(err)
	looked := 0
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(w.folder, e.Name()))
		w.ok(err)
		looked += len(data)
		if strings.Contains(strings.ToLower(string(data)), strings.ToLower(canary)) {
			t.Errorf("%s holds an answer", e.Name())
		}
	}
	if looked == 0 || strings.Contains(log.String(), canary) {
		t.Errorf("%d bytes were looked at; the log:\n%s", looked, log.String())
	}
}

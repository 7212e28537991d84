// Package questions is the security questions: a person chooses some, answers them, and answers a few of these again to
// reset a password. Answers can be found out, which makes them weak proof, so they are off unless the policy allows them,
// never the only gate, and nothing for administrators; the backend sees to that.
package questions

import (
	"bytes"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

// Method implements app.Slow. Its zero value is ready.
type Method struct {
	Cost Cost // of new answers; zero for the default
}

var _ app.Slow = Method{}

// Kind is app.KindQuestions.
func (Method) Kind() app.Kind { return app.KindQuestions }

// hashed is what Prepare makes of answers, in their order.
type hashed struct {
	cost    Cost
	answers []keptAnswer
	before  [][]byte // to prove: the hashes in the form of older versions
}

// Prepare hashes answers: with new salts to register them, with those of the credential to prove.
func (m Method) Prepare(t app.Turn, in app.GiveAnswers) (app.Prepared, error) {
	h, err := hashed{}, error(nil)
	if t.Credential == nil {
		h, err = m.hashNew(t, in)
	} else {
		h, err = hashAgain(t, in)
	}
	if err != nil {
		return app.Prepared{}, err
	}
	return app.Prepared{Work: h}, nil
}

func (m Method) hashNew(t app.Turn, in app.GiveAnswers) (hashed, error) {
	if _, err := kept.ReadState[state](t, kept.Enrol); err != nil {
		return hashed{}, err
	}
	taken, err := readNew(t, in)
	if err != nil {
		return hashed{}, err
	}
	h := hashed{cost: m.Cost}
	if h.cost == (Cost{}) {
		h.cost = defaultCost
	}
	for _, c := range taken {
		salt, err := newSalt(t.Rand)
		if err != nil {
			return hashed{}, err
		}
		h.answers = append(h.answers, keptAnswer{ID: c.question.ID, Texts: c.question.Texts, Salt: salt, Hash: h.cost.hash(c.answer, salt)})
	}
	return h, nil
}

// hashAgain hashes every answer, right or wrong, and in both forms where they differ: the time that it takes depends on
// what was typed alone.
func hashAgain(t app.Turn, in app.GiveAnswers) (hashed, error) {
	c, s, err := readGate(t)
	if err != nil {
		return hashed{}, err
	}
	if len(in.Answers) != len(s.Asked) {
		return hashed{}, malformed("question", len(s.Asked))
	}
	given := make([]string, len(in.Answers))
	for i, a := range in.Answers {
		if a.Question != s.Asked[i] {
			return hashed{}, malformed("question", i)
		}
		if given[i], err = readLength(a.Answer, i); err != nil {
			return hashed{}, err
		}
	}
	h := hashed{cost: c.Cost}
	for i, answer := range given {
		known, _ := c.find(s.Asked[i])
		hash := c.Cost.hash(answer, known.Salt)
		before := hash
		if old := caseless(in.Answers[i].Answer.Reveal()); old != answer {
			before = c.Cost.hash(old, known.Salt)
		}
		h.answers = append(h.answers, keptAnswer{ID: known.ID, Salt: known.Salt, Hash: hash})
		h.before = append(h.before, before)
	}
	return h, nil
}

// Enrol offers the questions and registers the answers' hashes.
func (m Method) Enrol(t app.Turn, in app.Input) (app.Result, error) {
	if in == nil {
		return kept.Result(state{Owned: kept.By(t), For: kept.For{Use: kept.Enrol}}, app.PickQuestions{
			Questions: offered(t.Settings.Questions), Choose: t.Settings.Questions.Register, MinLength: minLength, MaxLength: maxLength,
		})
	}
	s, err := kept.ReadState[state](t, kept.Enrol)
	if err != nil {
		return app.Result{}, err
	}
	h, err := m.prepared(t, in)
	if err != nil {
		return app.Result{}, err
	}
	secret, err := kept.Encode(credential{Owned: kept.By(t), Cost: h.cost, Answers: h.answers})
	if err != nil {
		return app.Result{}, err
	}
	r, err := kept.Result(s, nil)
	r.Verdict, r.Credential = app.Proven, &app.NewCredential{Secret: secret}
	return r, err
}

// prepared gives the hashes of an input, made beforehand or made now.
func (m Method) prepared(t app.Turn, in app.Input) (hashed, error) {
	if answers, is := in.(app.GiveAnswers); is {
		work, err := m.Prepare(t, answers)
		if err != nil {
			return hashed{}, err
		}
		in = work
	}
	if p, is := in.(app.Prepared); is {
		if h, mine := p.Work.(hashed); mine {
			return h, nil
		}
	}
	return hashed{}, &app.Error{Code: app.CodeNotNow}
}

// Prove asks some of the questions, drawn once and kept until the gate has ended. All must be right; which one was not
// stays unsaid.
func (m Method) Prove(t app.Turn, in app.Input) (app.Result, error) {
	if in == nil {
		return begin(t)
	}
	c, s, err := readGate(t)
	if err != nil {
		return app.Result{}, err
	}
	h, err := m.prepared(t, in)
	if err != nil {
		return app.Result{}, err
	}
	right, err := c.judge(h, s.Asked)
	if err != nil {
		return app.Result{}, err
	}
	if !right {
		return wrong(t, c, s)
	}
	s.Over = true
	r, err := kept.Result(s, nil)
	if err != nil {
		return app.Result{}, err
	}
	r.Verdict = app.Proven
	c.renew(h)
	r.Update, err = c.forget()
	return r, err
}

// renew keeps right answers in the form of today.
func (c *credential) renew(h hashed) {
	for _, right := range h.answers {
		at := slices.IndexFunc(c.Answers, func(k keptAnswer) bool { return k.ID == right.ID })
		c.Answers[at].Hash = right.Hash
	}
}

// begin draws the questions, or asks those that were drawn before.
func begin(t app.Turn) (app.Result, error) {
	c, err := readCredential(t)
	if err != nil {
		return app.Result{}, err
	}
	var update []byte
	if !c.holds(c.Drawn) {
		if c.Drawn, err = c.draw(t.Rand, max(t.Settings.Questions.Ask, 1)); err != nil {
			return app.Result{}, err
		}
		if update, err = kept.Encode(c); err != nil {
			return app.Result{}, err
		}
	}
	s := state{Owned: kept.By(t), For: kept.For{Use: kept.Prove}, Asked: c.Drawn}
	r, err := kept.Result(s, app.AnswerQuestions{Questions: c.questions(t, s.Asked), TriesLeft: t.TriesLeft})
	r.Update = update
	return r, err
}

// wrong takes a try away; with the last one the draw is over, too.
func wrong(t app.Turn, c credential, s state) (app.Result, error) {
	left := max(t.TriesLeft-1, 0)
	r, err := kept.Result(s, app.AnswerQuestions{Questions: c.questions(t, s.Asked), TriesLeft: left})
	if err != nil {
		return app.Result{}, err
	}
	r.Verdict, r.Why = app.Wrong, app.CodeWrongAnswer
	if left == 0 {
		r.Update, err = c.forget()
	}
	return r, err
}

// forget ends the draw.
func (c credential) forget() ([]byte, error) {
	c.Drawn = nil
	return kept.Encode(c)
}

// judge reports whether every answer is right. Hashes that were made for other answers than are kept now judge nothing.
func (c credential) judge(h hashed, asked []string) (bool, error) {
	if h.cost != c.Cost || len(h.answers) != len(asked) || len(h.before) != len(asked) {
		return false, &app.Error{Code: app.CodeMoved}
	}
	right := true
	for i, given := range h.answers {
		known, _ := c.find(asked[i])
		if given.ID != known.ID || !bytes.Equal(given.Salt, known.Salt) {
			return false, &app.Error{Code: app.CodeMoved}
		}
		now, before := equal(known.Hash, given.Hash), equal(known.Hash, h.before[i])
		right = (now || before) && right
	}
	return right, nil
}

// readGate takes the credential and the state of a gate.
func readGate(t app.Turn) (credential, state, error) {
	c, err := readCredential(t)
	if err != nil {
		return credential{}, state{}, err
	}
	s, err := kept.ReadState[state](t, kept.Prove)
	if err != nil {
		return credential{}, state{}, err
	}
	if s.Over {
		return credential{}, state{}, &app.Error{Code: app.CodeNotNow}
	}
	if !c.holds(s.Asked) {
		return credential{}, state{}, app.Errorf(app.CodeInternal, "questions: asked a question without an answer")
	}
	return c, s, nil
}

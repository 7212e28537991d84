package flow

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// What takes long, a password that the directory judges, answers and puzzles that are hashed, stands in a short line: who
// finds it full is sent away with a time to come back at, before anything is read or written. So nobody waits longer than
// a line takes, and a crowd costs no memory. Each sort has a line of its own: strangers who fill theirs keep nobody out who
// has proven something.

// The places of each line, those who are served among them. A password takes some 15 ms of a processor, so that a full line
// is served within seconds.
const (
	signInPlaces   = 128
	passwordPlaces = 64
	answerPlaces   = 64
	workPlaces     = 64
)

// comeBack is after how long who found a line full may try again.
const comeBack = 2 * time.Second

// line holds a place for each who stands in it.
type line chan struct{}

// lines are those of one process.
type lines struct{ signIns, passwords, answers, works line }

func newLines() lines {
	return lines{make(line, signInPlaces), make(line, passwordPlaces), make(line, answerPlaces), make(line, workPlaces)}
}

// of gives the line in which an input stands; nil for none.
func (l lines) of(in app.Input) line {
	switch in.(type) {
	case app.SignIn:
		return l.signIns
	case app.GivePassword, app.GiveCurrentPassword:
		return l.passwords
	case app.GiveAnswers:
		return l.answers
	case app.GiveWork:
		return l.works
	}
	return nil
}

// enterLine takes a place in the input's line, which leave gives back.
func (o *operation) enterLine(in app.Input) (leave func(), err error) {
	l := o.lines.of(in)
	if l == nil {
		return func() {}, nil
	}
	select {
	case l <- struct{}{}:
		return func() { <-l }, nil
	default:
		return nil, &app.Error{Code: app.CodeBusy, RetryAt: o.Now().Add(comeBack)}
	}
}

// letIn lets a submission through, unless its network was refused too often, or its line is full. Who has proven something
// is nobody's crowd: only the line bounds them.
func (o *operation) letIn(ctx context.Context, sub submission) (leave func(), err error) {
	refusal := o.Paced(limit.NetworkRefusal)
	if refusal != nil {
		rec, stranger, err := o.whose(ctx, sub)
		if err != nil {
			return nil, o.failed(sub, err)
		}
		if stranger {
			return nil, o.turnAway(ctx, sub, port.FlowRecord{ID: rec.ID, Purpose: rec.Purpose}, refusal)
		}
	}
	leave, refusal = o.enterLine(sub.in)
	if refusal == nil {
		return leave, nil
	}
	rec, stranger, err := o.whose(ctx, sub)
	if err != nil {
		return nil, o.failed(sub, err)
	}
	if stranger {
		rec = port.FlowRecord{ID: rec.ID, Purpose: rec.Purpose}
	}
	return nil, o.turnAway(ctx, sub, rec, refusal)
}

// whose gives the submission's flow, and whether it is a stranger's: nobody has proven anything in it.
func (o *operation) whose(ctx context.Context, sub submission) (rec port.FlowRecord, stranger bool, err error) {
	err = o.View(ctx, func(tx *core.Tx) error {
		f, err := o.load(tx, sub.id)
		if errors.Is(err, port.ErrNotFound) {
			rec, stranger = port.FlowRecord{ID: sub.id}, true
			return nil
		}
		if err == nil {
			rec, stranger = f.rec, f.ofStranger()
		}
		return err
	})
	return rec, stranger, err
}

// ofStranger reports whether nobody has proven anything in the flow.
func (f *flow) ofStranger() bool {
	return !f.purpose.ofSession() && len(f.s.Passed) == 0 && f.s.ProvenAt.IsZero()
}

// turnAway answers a submission that was not let in.
func (o *operation) turnAway(ctx context.Context, sub submission, rec port.FlowRecord, why error) error {
	var refusal *app.Error
	if !errors.As(why, &refusal) {
		return o.failed(sub, why)
	}
	refusal = o.Stamp(refusal, rec.Support)
	if err := o.LogRefusal(ctx, o.refusalEntry(sub, rec, refusal)); err != nil {
		return o.failed(sub, err)
	}
	return refusal
}

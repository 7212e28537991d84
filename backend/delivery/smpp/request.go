package smpp

import (
	"context"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// request is one that waits for its answer.
type request struct {
	kind   data.CommandIDType
	answer chan frame // of one place
	late   func(frame)
	given  bool // up: late gets the answer
	expiry *time.Timer
	free   func() // its place in the window
}

// submit sends a text once there is a place for it, and waits for the answer. late gets one that comes after ctx. Its error is
// errWindow, errNotSent, errUnanswered, or one of the connection, which had not taken all of it.
func (s *session) submit(ctx context.Context, p pdu.PDU, late func(frame)) (frame, error) {
	select {
	case <-s.leaving:
		return frame{}, errNotSent
	default:
	}
	select {
	case s.window <- struct{}{}:
	case <-s.leaving:
		return frame{}, errNotSent
	case <-ctx.Done():
		return frame{}, errWindow
	}
	return s.ask(ctx, p, &request{late: late, free: func() { <-s.window }})
}

// ask sends a request and waits for its answer.
func (s *session) ask(ctx context.Context, p pdu.PDU, r *request) (frame, error) {
	r.kind, r.answer = p.GetHeader().CommandID, make(chan frame, 1)
	seq := s.expect(r)
	if seq == 0 {
		return frame{}, errNotSent
	}
	p.SetSequenceNumber(seq)
	if err := s.send(ctx, marshal(p)); err != nil {
		s.settle(seq)
		return frame{}, err
	}
	select {
	case f := <-r.answer:
		return f, nil
	case <-s.done:
	case <-ctx.Done():
	}
	s.giveUp(seq)
	select {
	case f := <-r.answer: // it came at the same time
		return f, nil
	default:
		return frame{}, errUnanswered
	}
}

// expect gives a request its number; 0 where the session is over.
func (s *session) expect(r *request) int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		if r.free != nil {
			r.free()
		}
		return 0
	}
	for { // SMPP 3.4, 3.2: 1 to 0x7FFFFFFF
		if s.next++; s.next <= 0 {
			s.next = 1
		}
		if s.waiting[s.next] == nil {
			s.waiting[s.next] = r
			return s.next
		}
	}
}

// settle ends the wait for an answer.
func (s *session) settle(seq int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(seq)
}

// remove gives who waits for an answer, and frees their place in the window; nil where nobody does.
func (s *session) remove(seq int32) *request {
	r := s.waiting[seq]
	if r == nil {
		return nil
	}
	delete(s.waiting, seq)
	if r.expiry != nil {
		r.expiry.Stop()
	}
	if r.free != nil {
		r.free()
	}
	return r
}

// giveUp leaves a request to an answer that comes late. The window is the centre's, so the place stays taken for a while; and the
// centre is asked whether it is there.
func (s *session) giveUp(seq int32) {
	s.mu.Lock()
	if r := s.waiting[seq]; r != nil {
		r.given = true
		if !s.ended {
			r.expiry = time.AfterFunc(answerTime, func() { s.settle(seq) })
		}
	}
	s.mu.Unlock()
	select {
	case s.doubt <- struct{}{}:
	default:
	}
}

// deliver brings an answer to who waits for it. One that nobody waits for is nobody's.
func (s *session) deliver(f frame) {
	s.mu.Lock()
	r := s.waiting[f.SequenceNumber]
	if r == nil || !f.answers(r.kind) {
		s.mu.Unlock()
		return
	}
	s.remove(f.SequenceNumber)
	late := r.given
	if !late {
		r.answer <- f
	}
	s.mu.Unlock()
	if late && r.late != nil {
		r.late(f)
	}
}

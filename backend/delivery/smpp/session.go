package smpp

import (
	"bufio"
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// The times of a session.
const (
	idleTime   = 30 * time.Second // after which the centre is asked whether it is there
	answerTime = 10 * time.Second // for the answer to that, and how long an unanswered text keeps its place in the window
	writeTime  = 5 * time.Second  // for one PDU
	leaveTime  = time.Second      // for the farewell
	finishTime = 5 * time.Second  // for answers that are due when the centre says farewell
)

// mostAnswers is how many answers may wait for a centre that does not read them.
const mostAnswers = 256

// inbound is what a centre sends that is no answer: a receipt, or a text of a person.
type inbound struct {
	session *session
	frame   frame
}

// session is a connection at which Sparekey is bound, or is about to be. Each request waits for its own answer; requests that ask
// whether the centre is there need no place in the window.
type session struct {
	conn   net.Conn
	take   func(inbound) // what the centre delivers; it does not wait
	window chan struct{}
	write1 chan struct{} // held by who writes
	out    chan []byte   // answers
	doubt  chan struct{} // an answer did not come in time

	heard   atomic.Int64  // when the centre was heard last, in Unix nanoseconds
	leaving chan struct{} // nothing is submitted any more
	done    chan struct{}

	mu      sync.Mutex
	next    int32
	waiting map[int32]*request
	left    bool
	ended   bool
	why     error

	all sync.WaitGroup
}

// request is one that waits for its answer.
type request struct {
	kind   data.CommandIDType
	answer chan frame // of one place
	late   func(frame)
	given  bool // up: late gets the answer
	expiry *time.Timer
	free   func() // its place in the window
}

// newSession begins to read. The window is at least 1.
func newSession(conn net.Conn, window int, take func(inbound)) *session {
	s := &session{
		conn: conn, take: take, window: make(chan struct{}, window), write1: make(chan struct{}, 1), out: make(chan []byte, mostAnswers),
		doubt: make(chan struct{}, 1), leaving: make(chan struct{}), done: make(chan struct{}), waiting: map[int32]*request{},
	}
	s.heard.Store(time.Now().UnixNano())
	s.all.Go(s.read)
	s.all.Go(s.reply)
	return s
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

// send writes one PDU. What a connection took in part is of no use to the centre, so that an error says that it has not left.
func (s *session) send(ctx context.Context, octets []byte) error {
	select {
	case s.write1 <- struct{}{}:
		defer func() { <-s.write1 }()
	case <-s.done:
		return errNotSent
	case <-ctx.Done():
		return errors.Join(errNotSent, ctx.Err())
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := s.conn.Write(octets); err != nil {
		s.end(err)
		return errors.Join(errNotSent, err)
	}
	return nil
}

// reply writes the answers to what the centre asks.
func (s *session) reply() {
	for {
		select {
		case <-s.done:
			return
		case octets := <-s.out:
			_ = s.send(context.Background(), octets)
		}
	}
}

var errFlood = errors.New("the centre reads none of its answers")

// answer answers a request of the centre.
func (s *session) answer(p pdu.PDU) {
	select {
	case s.out <- marshal(p):
	default:
		s.end(errFlood)
	}
}

// read reads until the connection ends.
func (s *session) read() {
	in := bufio.NewReader(s.conn)
	for {
		f, err := readFrame(in)
		if err != nil {
			s.end(err)
			return
		}
		s.heard.Store(time.Now().UnixNano())
		s.handle(f)
	}
}

// handle gives an answer to who waits for it, and answers what the centre asks.
func (s *session) handle(f frame) {
	if f.isAnswer() {
		s.deliver(f)
		return
	}
	switch f.CommandID {
	case data.ENQUIRE_LINK:
		s.answerAs(pdu.NewEnquireLinkResp(), f)
	case data.UNBIND:
		s.answerAs(pdu.NewUnbindResp(), f)
		s.stopSubmitting()
		s.all.Go(s.finish)
	case data.DELIVER_SM, data.DATA_SM:
		s.take(inbound{s, f})
	case data.ALERT_NOTIFICATION, data.OUTBIND: // which have no answer
	default:
		nack := pdu.NewGenericNack().(*pdu.GenericNack)
		nack.CommandStatus = data.ESME_RINVCMDID
		s.answerAs(nack, f)
	}
}

func (s *session) answerAs(p pdu.PDU, to frame) {
	p.SetSequenceNumber(to.SequenceNumber)
	s.answer(p)
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

// end ends the session. Only the first reason counts.
func (s *session) end(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.ended, s.why = true, why
	if !s.left {
		s.left = true
		close(s.leaving)
	}
	for _, r := range s.waiting {
		if r.expiry != nil {
			r.expiry.Stop()
		}
	}
	close(s.done)
	_ = s.conn.Close()
}

// reason says why the session ended.
func (s *session) reason() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.why
}

// stopSubmitting has nothing more submitted by this session.
func (s *session) stopSubmitting() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.left {
		s.left = true
		close(s.leaving)
	}
}

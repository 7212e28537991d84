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

// mostAnswers is how many answers may wait to be written.
const mostAnswers = 64

// inbound is what a centre sends that is no answer: a receipt, or a text of a person.
type inbound struct {
	session *session
	frame   frame
}

// session is a connection at which Sparekey is bound, or is about to be. Each request waits for its own answer; requests that ask
// whether the centre is there need no place in the window.
type session struct {
	conn    net.Conn
	take    func(inbound) // what the centre delivers; it does not wait
	window  chan struct{}
	write1  chan struct{} // held by who writes
	out     chan []byte   // answers; nil asks whether those before it are written
	flushed chan struct{}
	doubt   chan struct{} // an answer did not come in time

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

// newSession begins to read. The window is at least 1.
func newSession(conn net.Conn, window int, take func(inbound)) *session {
	s := &session{
		conn: conn, take: take, window: make(chan struct{}, window), write1: make(chan struct{}, 1), out: make(chan []byte, mostAnswers), flushed: make(chan struct{}, 1),
		doubt: make(chan struct{}, 1), leaving: make(chan struct{}), done: make(chan struct{}), waiting: map[int32]*request{},
	}
	s.heard.Store(time.Now().UnixNano())
	s.all.Go(s.read)
	s.all.Go(s.reply)
	return s
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
			if octets == nil {
				s.flushed <- struct{}{}
				continue
			}
			_ = s.send(context.Background(), octets)
		}
	}
}

// answer answers a request of the centre. While that does not read its answers nothing more is read of it, until writing fails.
func (s *session) answer(p pdu.PDU) {
	select {
	case s.out <- marshal(p):
	case <-s.done:
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

// isOver reports whether the session has ended.
func (s *session) isOver() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
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

package smpp

import (
	"context"
	"errors"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// errSilent says that a centre does not answer whether it is there.
var errSilent = errors.New("the centre does not answer any more")

// errUnbound says that the centre ended the session.
var errUnbound = errors.New("the centre ended the session")

// errClosed says that Sparekey ended it.
var errClosed = errors.New("the session was ended")

// keepAlive asks the centre whether it is there: when it was not heard for a while, and when an answer did not come.
func (s *session) keepAlive() {
	t := time.NewTimer(idleTime)
	defer t.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-s.doubt:
		case <-t.C:
			if quiet := time.Since(time.Unix(0, s.heard.Load())); quiet < idleTime {
				t.Reset(idleTime - quiet)
				continue
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), answerTime)
		_, err := s.ask(ctx, pdu.NewEnquireLink(), &request{})
		cancel()
		if err != nil {
			s.end(errSilent)
			return
		}
		t.Reset(idleTime)
	}
}

// bind signs in as a transceiver (SMPP 3.4, 4.1.5): one connection that sends and receives.
func (s *session) bind(ctx context.Context, user, password, systemType string) (name string, err error) {
	b := pdu.NewBindRequest(pdu.Transceiver)
	b.SystemID, b.Password, b.SystemType = user, password, systemType
	f, err := s.ask(ctx, b, &request{})
	if err != nil {
		if why := s.reason(); why != nil {
			return "", errors.Join(err, why)
		}
		return "", errors.Join(err, ctx.Err())
	}
	if f.CommandStatus != data.ESME_ROK || f.CommandID == data.GENERIC_NACK {
		return "", statusError{f.CommandStatus}
	}
	s.all.Go(s.keepAlive)
	if p, err := f.parse(); err == nil {
		if answer, is := p.(*pdu.BindResp); is {
			return answer.SystemID, nil
		}
	}
	return "", nil
}

// finish lets what was submitted be answered, and ends the session.
func (s *session) finish() {
	t := time.NewTimer(finishTime)
	defer t.Stop()
	for range cap(s.window) { // whoever is answered frees a place
		select {
		case s.window <- struct{}{}:
		case <-s.done:
			return
		case <-t.C:
			s.end(errUnbound)
			return
		}
	}
	select { // the centre has read the answer to its farewell once it ends the connection
	case <-s.done:
	case <-t.C:
		s.end(errUnbound)
	}
}

// leave says farewell (SMPP 3.4, 4.2) after the answers that are due, and ends the session. It is called once.
func (s *session) leave() {
	s.stopSubmitting()
	ctx, cancel := context.WithTimeout(context.Background(), leaveTime)
	defer cancel()
	select {
	case s.out <- nil:
	case <-ctx.Done():
	case <-s.done:
	}
	select {
	case <-s.flushed:
	case <-ctx.Done():
	case <-s.done:
	}
	_, _ = s.ask(ctx, pdu.NewUnbind(), &request{})
	s.end(errClosed)
	s.all.Wait()
}

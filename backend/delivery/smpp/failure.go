package smpp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/backend/port"
)

// Step is a step on the way of a text.
type Step string

// The steps, in their order.
const (
	StepNumber  Step = "number" // the receiver's
	StepText    Step = "text"   // is written, and encoded
	StepResolve Step = "resolve"
	StepConnect Step = "connect"
	StepTLS     Step = "tls"
	StepBind    Step = "bind"          // bind_transceiver
	StepSubmit  Step = "submit"        // submit_sm, up to its last byte
	StepAnswer  Step = "accept"        // submit_sm_resp
	StepReceipt Step = "receipt"       // deliver_sm, with what became of it
	StepNone    Step = "receipt_later" // none came meanwhile
)

// Failure says at which step a text failed, and whose trouble that is: errors.Is tells port.ErrUndeliverable, port.ErrIncapable and
// port.ErrUnanswered; any other one is trouble of the message centre, or of how Sparekey is set up there.
type Failure struct {
	Step   Step
	Server string
	Status data.CommandStatusType // the centre's command_status (SMPP 3.4, 5.1.3); 0: it gave none
	// Said is what the centre or the system said.
	Said error
	kind error

	awaited bool // the answer that did not come in time may still come
}

// Error implements error. It has neither number nor content.
func (f *Failure) Error() string {
	text := fmt.Sprintf("message centre %s: %s", f.Server, f.Step)
	switch {
	case f.Status != 0:
		text += ": " + nameOf(f.Status)
	case errors.Is(f.Said, context.DeadlineExceeded) || isTimeout(f.Said):
		text += ": no answer in time"
	case f.Said != nil:
		text += ": " + f.Said.Error()
	}
	return text
}

// Unwrap gives whose trouble it is, and what was said.
func (f *Failure) Unwrap() []error {
	var all []error
	for _, err := range []error{f.kind, f.Said} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}

// Outcome is the failure as a code for the audit trail: "accept 0x0000000B RINVDSTADR".
func (f *Failure) Outcome() string {
	text := string(f.Step)
	if f.Status != 0 {
		text += " " + nameOf(f.Status)
	}
	if errors.Is(f.kind, port.ErrUnanswered) {
		text += " unanswered"
	}
	return text
}

func isTimeout(err error) bool {
	var timed net.Error
	return errors.As(err, &timed) && timed.Timeout()
}

// nameOf is a status as a number and, where the standard has one, a name.
func nameOf(s data.CommandStatusType) string {
	text := fmt.Sprintf("0x%08X", uint32(s))
	if name := s.String(); strings.HasPrefix(name, "ESME_") {
		text += " " + strings.TrimPrefix(name, "ESME_")
	}
	return text
}

// errWindow says that the centre has not answered as much as it takes at once.
var errWindow = errors.New("the window is full")

// errNotSent says that a request has not left, so that another session may carry it.
var errNotSent = errors.New("the connection was over before it")

// errUnanswered says that a request has left, and no answer came.
var errUnanswered = errors.New("no answer came")

// errResting says that the centre asked for less a moment ago.
var errResting = errors.New("it asked for a pause")

// statusError is a status that is no success.
type statusError struct{ status data.CommandStatusType }

func (e statusError) Error() string {
	return strings.TrimSpace(strings.Replace(nameOf(e.status), " ", " ESME_", 1) + " " + e.status.Desc())
}

// fail makes a failure out of what went wrong at a step.
func (c *Centre) fail(step Step, err error) *Failure {
	f := &Failure{Step: step, Server: c.at.String(), Said: err}
	var refused statusError
	if errors.As(err, &refused) {
		f.Status = refused.status
	}
	f.kind = f.judge()
	return f
}

// judge says whose trouble a failure is.
func (f *Failure) judge() error {
	switch {
	case f.Step == StepNumber:
		return port.ErrUndeliverable
	case errors.Is(f.Said, errTooLate):
		return port.ErrUndeliverable
	case errors.Is(f.Said, errTooLong):
		return port.ErrIncapable
	case f.Step == StepAnswer && f.Status == 0 && errors.Is(f.Said, errUnanswered):
		return port.ErrUnanswered
	case f.Step == StepAnswer:
		return judge(f.Status)
	}
	return nil
}

// judge says whose trouble a centre's answer to a text is.
func judge(s data.CommandStatusType) error {
	switch s {
	case data.ESME_RINVDSTADR:
		return port.ErrUndeliverable
	case data.ESME_RINVMSGLEN, data.ESME_RINVESMCLASS, data.ESME_RINVOPTPARSTREAM, data.ESME_ROPTPARNOTALLWD, data.ESME_RPROVNOTALLWD, statusCoding:
		return port.ErrIncapable
	}
	return nil
}

// statusCoding is ESME_RINVDCS: the centre does not take this data_coding (SMPP 5.0, 4.7.6; older centres answer it as well).
const statusCoding data.CommandStatusType = 0x104

// asksForPause reports whether a centre wants less for a while.
func asksForPause(s data.CommandStatusType) bool {
	return s == data.ESME_RTHROTTLED || s == data.ESME_RMSGQFUL
}

package call

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/sparekey/sparekey/backend/delivery/call/media"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/port"
)

// Step is a step on the way of a call.
type Step string

// The steps, in their order.
const (
	StepLine     Step = "line" // a place among the calls that the settings allow
	StepResolve  Step = "resolve"
	StepConnect  Step = "connect"
	StepTLS      Step = "tls"
	StepRegister Step = "register"
	StepNumber   Step = "number"  // the number, as it is dialled
	StepInvite   Step = "invite"  // up to the first word that it rings
	StepRinging  Step = "ringing" // up to the answer
	StepAnswered Step = "answered"
	StepSpoken   Step = "spoken"
	StepKey      Step = "key"
	StepNoKey    Step = "no_key"
	StepEnd      Step = "end"
)

// Failure says at which step a call failed, and whose trouble that is: errors.Is tells port.ErrUndeliverable and port.ErrIncapable;
// any other one is trouble of the server, or of how Sparekey is set up there.
type Failure struct {
	Step   Step
	Server string
	Code   int    // of the server's reply (RFC 3261, 21); 0: there was none
	Reason string // of port.Receipt, where it is known; empty: it is the code
	// Said is what the server or the system said. It may hold the number: it is for who gave that, and for no log.
	Said error
	kind error
}

// What is said of a server that says nothing.
var (
	errSilent = errors.New("the server says nothing")
	errFull   = errors.New("as many calls as the settings allow are going on")
	errClosed = errors.New("the server is being stopped")
	errNoRing = errors.New("nobody picked up")
	// errPointless says that the message is of no use any more; the reason says why.
	errPointless = errors.New("nobody waits for it any more")

	errNoAddress = errors.New("the server's name has no address")
)

// said is a status line.
type said struct {
	code   int
	phrase string
}

func (s said) Error() string { return strconv.Itoa(s.code) + " " + s.phrase }

// Error implements error. It has neither number nor the server's words.
func (f *Failure) Error() string {
	text := fmt.Sprintf("server %s: %s", f.Server, f.Step)
	switch {
	case f.Code != 0:
		text += ": " + strconv.Itoa(f.Code)
	case isTimeout(f.Said):
		text += ": no answer in time"
	case f.Step == StepResolve, f.Step == StepConnect, f.Step == StepTLS, isOurs(f.Said):
		text += ": " + f.Said.Error()
	}
	return text
}

// isOurs reports whether an error's words are this package's.
func isOurs(err error) bool {
	for _, known := range []error{errSilent, errFull, errClosed, errNoRing, errPointless, errChallenge, errNumber, errTemplate, media.ErrCodec, media.ErrDescription, media.ErrInsecure, media.ErrNoPort} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// Unwrap gives whose trouble it is; nil: the server's.
func (f *Failure) Unwrap() error { return f.kind }

// Outcome is the failure as a code for the audit trail: "invite 486".
func (f *Failure) Outcome() string {
	if f.Code != 0 {
		return string(f.Step) + " " + strconv.Itoa(f.Code)
	}
	return string(f.Step)
}

func isTimeout(err error) bool {
	var timed net.Error
	return errors.Is(err, errSilent) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timed) && timed.Timeout()
}

// fail makes a failure out of what went wrong at a step.
func (p *Provider) fail(step Step, err error) *Failure {
	f := &Failure{Step: step, Server: p.Name(), Said: err}
	var reply said
	if errors.As(err, &reply) {
		f.Code = reply.code
	}
	switch step {
	case StepNumber:
		f.kind = port.ErrUndeliverable
	case StepLine:
		f.kind = port.ErrBusy
	case StepInvite, StepRinging, StepAnswered:
		f.Reason, f.kind = judge(f.Code, err)
	}
	return f
}

// Reasons of receipts besides those of spoken.Outcome. A number in place of one is the server's code.
const (
	ReasonBusy     = "busy"
	ReasonDeclined = "declined"
	ReasonNoAnswer = "no_answer"
)

// judge says whose trouble a reply is, and what a receipt calls it.
func judge(code int, err error) (reason string, kind error) {
	switch code {
	case 404, 410, 484, 485, 604: // no such number (RFC 3261, 21.4.5, 21.4.11, 21.4.22, 21.6.3)
		return strconv.Itoa(code), port.ErrUndeliverable
	case 486, 600:
		return ReasonBusy, port.ErrUndeliverable
	case 603, 607, 608: // RFC 8197, RFC 8688
		return ReasonDeclined, port.ErrUndeliverable
	case 480:
		return ReasonNoAnswer, port.ErrUndeliverable
	case 415, 488, 606:
		return strconv.Itoa(code), port.ErrIncapable
	case 0:
		if errors.Is(err, media.ErrCodec) || errors.Is(err, media.ErrInsecure) || errors.Is(err, media.ErrDescription) {
			return "media", port.ErrIncapable
		}
		return "", nil
	case 408, 487:
		return ReasonNoAnswer, nil
	}
	return strconv.Itoa(code), nil
}

// stepOf tells connecting from securing.
func stepOf(err error) Step {
	var dial *net.OpError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	var alert tls.AlertError
	switch {
	case errors.As(err, &record), errors.As(err, &verify), errors.As(err, &alert):
		return StepTLS
	case errors.As(err, &dial) && dial.Op == "dial":
		return StepConnect
	case isTimeout(err):
		return StepConnect
	}
	return StepTLS
}

// plain takes the library's words off that stand before what went wrong.
func plain(err error) error {
	var dial *net.OpError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &verify):
		return verify
	case errors.As(err, &dial):
		return dial.Err
	}
	return err
}

// Remedy is a code for what helps against a failure.
type Remedy = examine.Remedy

// The remedies. Those without "call" in front are those of every channel.
const (
	RemedyName     Remedy = "name"          // the host's name has no address
	RemedyReach    Remedy = "call_reach"    // nobody answers there
	RemedyTLS      Remedy = "call_tls"      // the connection can't be secured
	RemedySilent   Remedy = "call_silent"   // it says nothing
	RemedyPassword Remedy = "call_password" // it does not let the account in
	RemedyRights   Remedy = "call_rights"   // the account may not call, or not this number
	RemedyNumber   Remedy = "call_number"   // there is no such number
	RemedyBusy     Remedy = "call_busy"
	RemedyDeclined Remedy = "call_declined"
	RemedyNoAnswer Remedy = "call_no_answer"
	RemedyMedia    Remedy = "call_media"  // no codec in common
	RemedySecure   Remedy = "call_secure" // it does not encrypt, and has to
	RemedyElse     Remedy = "call_moved"  // it names another place
	RemedyTrouble  Remedy = "call_trouble"
	RemedyHungUp   Remedy = "call_hung_up"
	RemedyPorts    Remedy = "call_ports" // no port is free, or every call is taken
)

// Remedy says what helps.
func (f *Failure) Remedy() Remedy {
	switch f.Step {
	case StepResolve:
		return RemedyName
	case StepTLS:
		return f.remedyTLS()
	case StepNumber:
		return RemedyNumber
	case StepSpoken, StepKey:
		return RemedyHungUp
	case StepLine:
		return RemedyPorts
	case StepConnect:
		if !errors.Is(f.Said, media.ErrNoPort) {
			return RemedyReach
		}
		return RemedyPorts
	}
	switch {
	case errors.Is(f.Said, media.ErrInsecure):
		return RemedySecure
	case errors.Is(f.Said, errChallenge), f.Code == 401, f.Code == 407:
		return RemedyPassword
	case f.Step == StepRegister && (f.Code == 403 || f.Code == 404):
		return RemedyPassword
	case isTimeout(f.Said):
		return RemedySilent
	}
	return f.remedyOfReply()
}

func (f *Failure) remedyOfReply() Remedy {
	switch {
	case f.Reason == ReasonBusy:
		return RemedyBusy
	case f.Reason == ReasonDeclined:
		return RemedyDeclined
	case f.Reason == ReasonNoAnswer:
		return RemedyNoAnswer
	case errors.Is(f, port.ErrUndeliverable):
		return RemedyNumber
	case errors.Is(f, port.ErrIncapable):
		return RemedyMedia
	case f.Code == 403:
		return RemedyRights
	case f.Code >= 300 && f.Code < 400:
		return RemedyElse
	}
	return RemedyTrouble
}

func (f *Failure) remedyTLS() Remedy {
	return cmp.Or(examine.RemedyOfCertificate(f.Said), RemedyTLS)
}

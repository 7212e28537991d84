package voicegate

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strconv"

	"github.com/sparekey/sparekey/backend/port"
)

// Step is a step on the way of a call.
type Step string

// The steps.
const (
	StepNumber  Step = "number"
	StepWords   Step = "words"
	StepResolve Step = "resolve"
	StepConnect Step = "connect"
	StepTLS     Step = "tls"
	StepHand    Step = "call" // the request, and the provider's answer
)

// Failure says at which step a call failed, and whose trouble that is: errors.Is tells port.ErrUndeliverable, port.ErrIncapable and
// port.ErrUnanswered; any other one is trouble of the provider, or of the account there.
type Failure struct {
	Step     Step
	Provider string
	Status   int    // of HTTP; 0: there was no answer
	Code     string // the provider's own
	// Said is what the provider or the system said. It may hold the number: it is for who gave that, and for no log.
	Said error
	kind error
}

func (g *Gateway) fail(step Step, err error) *Failure {
	f := &Failure{Step: step, Provider: g.Name(), Said: err}
	switch step {
	case StepNumber:
		f.kind = port.ErrUndeliverable
	case StepWords:
		f.kind = port.ErrIncapable
	}
	return f
}

// Error implements error. It has neither number nor the provider's words.
func (f *Failure) Error() string {
	text := "calls by " + f.Provider + ": " + f.Outcome()
	switch {
	case isTimeout(f.Said):
		text += ": no answer in time"
	case f.Step == StepResolve, f.Step == StepConnect, f.Step == StepTLS:
		text += ": " + f.Said.Error()
	}
	return text
}

// Unwrap gives whose trouble it is; nil: the provider's.
func (f *Failure) Unwrap() error { return f.kind }

// Outcome is the failure as a code for the audit trail: "call 400 21211".
func (f *Failure) Outcome() string {
	text := string(f.Step)
	if f.Status != 0 {
		text += " " + strconv.Itoa(f.Status)
	}
	if f.Code != "" {
		text += " " + f.Code
	}
	if errors.Is(f, port.ErrUnanswered) {
		text += " unanswered"
	}
	return text
}

func isTimeout(err error) bool {
	var timed net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timed) && timed.Timeout()
}

// Remedy is a code for what helps against a failure.
type Remedy string

// The remedies.
const (
	RemedyName     Remedy = "name"
	RemedyIssuer   Remedy = "issuer"
	RemedyHost     Remedy = "host"
	RemedyReach    Remedy = "call_reach"
	RemedyTLS      Remedy = "call_tls"
	RemedyPassword Remedy = "call_password"
	RemedyNumber   Remedy = "call_number"
	RemedyRights   Remedy = "call_rights"
	RemedySilent   Remedy = "call_silent"
	RemedyTrouble  Remedy = "call_trouble"
)

// Remedy says what helps.
func (f *Failure) Remedy() Remedy {
	var host x509.HostnameError
	var issuer x509.UnknownAuthorityError
	switch {
	case f.Step == StepResolve:
		return RemedyName
	case isTimeout(f.Said):
		return RemedySilent
	case f.Step == StepConnect:
		return RemedyReach
	case errors.As(f.Said, &host):
		return RemedyHost
	case errors.As(f.Said, &issuer):
		return RemedyIssuer
	case f.Step == StepTLS:
		return RemedyTLS
	case f.Status == 401:
		return RemedyPassword
	case errors.Is(f, port.ErrUndeliverable):
		return RemedyNumber
	case errors.Is(f, port.ErrIncapable), f.Status == 403:
		return RemedyRights
	}
	return RemedyTrouble
}

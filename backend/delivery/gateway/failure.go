package gateway

import (
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/sparekey/sparekey/backend/port"
)

// Step is a step on the way of a text or a call.
type Step string

// The steps, in their order. A proxy stands in the provider's place where there is one.
const (
	StepNumber  Step = "number"
	StepWords   Step = "words" // of a call
	StepSecret  Step = "secret"
	StepResolve Step = "resolve"
	StepConnect Step = "connect"
	StepTLS     Step = "tls"
	StepRequest Step = "request" // the request, and the provider's answer
)

// Failure says at which step a text or a call failed, and whose trouble that is: errors.Is tells port.ErrUndeliverable, port.ErrIncapable and
// port.ErrUnanswered; any other one is trouble of the provider, or of the account there.
type Failure struct {
	Step     Step
	Provider string
	Status   int    // of HTTP; 0: there was no answer
	Code     string // the provider's own, such as "21211"; never free words
	// Said is what the provider or the system said. It may hold the receiver's number: it is for who gave that, and for no log.
	Said error
	kind error
}

// Error implements error. It has neither number nor the provider's words.
func (f *Failure) Error() string {
	text := "provider " + f.Provider + ": " + f.about()
	switch {
	case f.Status != 0:
	case errors.Is(f.Said, context.DeadlineExceeded) || isTimeout(f.Said):
		text += ": no answer in time"
	case f.Step == StepRequest && errors.Is(f.Said, errResting):
		text += ": it asked to be left alone for now"
	case f.Step != StepRequest && f.Step != StepNumber:
		text += ": " + f.Said.Error()
	}
	return text
}

// about names the step and what was answered.
func (f *Failure) about() string {
	text := string(f.Step)
	if f.Status != 0 {
		text += " " + strconv.Itoa(f.Status)
	}
	if f.Code != "" {
		text += " " + f.Code
	}
	return text
}

// Unwrap gives whose trouble it is; nil: the provider's.
func (f *Failure) Unwrap() error { return f.kind }

// Outcome is the failure as a code for the audit trail: "request 400 21211".
func (f *Failure) Outcome() string {
	text := f.about()
	if errors.Is(f.Said, errResting) {
		text += " resting"
	}
	if errors.Is(f, port.ErrUnanswered) {
		text += " unanswered"
	}
	return text
}

func isTimeout(err error) bool {
	var timed net.Error
	return errors.As(err, &timed) && timed.Timeout()
}

// What fails without a provider's word.
var (
	errNumber     = errors.New("it is no number in international form, such as +4915123456789")
	errResting    = errors.New("it asked to be left alone for a while")
	errUnreadable = errors.New("the answer can't be read")
)

// fail makes a failure out of what went wrong before there was an answer.
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

// refuse makes a failure out of an answer that is no good one.
func (g *Gateway) refuse(a answer) *Failure {
	r := g.dialect.refusal(a)
	f := &Failure{Step: StepRequest, Provider: g.Name(), Status: a.status, Code: plainCode(r.code), Said: errors.New(r.said)}
	if r.said == "" {
		f.Said = errors.New(strings.TrimSpace(strconv.Itoa(a.status) + " " + http.StatusText(a.status)))
	}
	switch f.kind = r.kind; {
	case f.kind == nil:
		f.kind = judgeStatus(a.status)
	case errors.Is(f.kind, theProviders):
		f.kind = nil
	}
	return f
}

// codeForm is that of a code; longNumber is one that somebody could call.
var (
	codeForm   = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,60}$`)
	longNumber = regexp.MustCompile(`[0-9]{7}`)
)

// plainCode is a provider's code as a log may hold it: no words, and no telephone number; empty where it is none.
func plainCode(code string) string {
	if !codeForm.MatchString(code) || longNumber.MatchString(code) {
		return ""
	}
	return code
}

// judgeStatus says whose trouble a status is where the provider has no code that says more. What an API does not want of a message
// is no judgement of the provider, or whoever has odd numbers written to could have it left out for everybody.
func judgeStatus(status int) error {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return port.ErrIncapable
	case http.StatusGatewayTimeout: // the provider's own door has had no answer
		return port.ErrUnanswered
	}
	return nil
}

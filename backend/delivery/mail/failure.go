package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"

	"github.com/sparekey/sparekey/backend/port"
)

// Step is a step on the way of a mail.
type Step string

// The steps, in their order.
const (
	StepResolve   Step = "resolve"
	StepConnect   Step = "connect" // up to the relay's greeting
	StepTLS       Step = "tls"
	StepToken     Step = "token" // with AuthXOAUTH2
	StepAuth      Step = "auth"
	StepSender    Step = "sender"    // MAIL FROM
	StepRecipient Step = "recipient" // RCPT TO
	StepContent   Step = "content"   // DATA, up to its last byte
	StepAnswer    Step = "answer"    // the relay's word on it
)

// Failure says at which step a mail failed, and whose trouble that is: errors.Is tells port.ErrUndeliverable, port.ErrIncapable
// and port.ErrUnanswered; any other one is trouble of the relay, or of how Sparekey is set up there.
type Failure struct {
	Step     Step
	Server   string
	Code     int    // the relay's reply code (RFC 5321, 4.2); 0: there was no reply
	Enhanced string // its enhanced code, such as "5.1.1" (RFC 3463), or empty
	// Said is what the relay or the system said. It may hold the receiver's address: it is for who gave that, and for no log.
	Said error
	kind error
}

// Error implements error. It has neither address nor the relay's words.
func (f *Failure) Error() string {
	text := fmt.Sprintf("relay %s: %s", f.Server, f.Step)
	switch {
	case f.Code != 0:
		text += ": " + strings.TrimSpace(strconv.Itoa(f.Code)+" "+f.Enhanced)
	case f.Step == StepResolve, f.Step == StepConnect, f.Step == StepTLS, f.Step == StepToken, errors.Is(f.Said, errNotOffered), errors.Is(f.Said, errNoUTF8):
		text += ": " + f.Said.Error()
	case errors.Is(f.Said, context.DeadlineExceeded) || isTimeout(f.Said):
		text += ": no answer in time"
	}
	return text
}

// Unwrap gives whose trouble it is; nil: the relay's.
func (f *Failure) Unwrap() error { return f.kind }

// Outcome is the failure as a code for the audit trail: "recipient 550 5.1.1".
func (f *Failure) Outcome() string {
	text := string(f.Step)
	if f.Code != 0 {
		text += " " + strings.TrimSpace(strconv.Itoa(f.Code)+" "+f.Enhanced)
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

// fail makes a failure out of what went wrong at a step.
func (r *Relay) fail(step Step, err error) *Failure {
	f := &Failure{Step: step, Server: r.at.String(), Said: err}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		f.Code = reply.Code
		f.Enhanced = enhanced.FindString(reply.Msg)
	}
	f.kind = f.judge()
	return f
}

// enhanced is a status code at the start of a reply's text.
var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// judge says whose trouble a failure is.
func (f *Failure) judge() error {
	switch f.Step {
	case StepRecipient:
		if f.Code >= 500 {
			return judgeRecipient(f.Code, f.Enhanced)
		}
	case StepContent, StepAnswer:
		if f.Code >= 500 { // the mail, and not the mailbox: too large, or taken for spam
			return port.ErrIncapable
		}
		if f.Code == 0 && f.Step == StepAnswer {
			return port.ErrUnanswered
		}
	}
	return nil
}

// judgeRecipient tells a mailbox that does not take mail from a relay that does not let Sparekey send. Relays refuse the sender,
// or who connects, at RCPT TO as well: 5.1.7, 5.1.8 and 5.7.x are about those, as are the replies 503, 530, 535 and, alone, 554.
func judgeRecipient(code int, status string) error {
	parts := strings.Split(status, ".")
	if len(parts) < 3 {
		switch code {
		case 550, 551, 552, 553, 556: // RFC 5321, 4.2.3; RFC 7504
			return port.ErrUndeliverable
		}
		return nil
	}
	switch subject, detail := parts[1], parts[2]; {
	case subject == "1" && (detail == "7" || detail == "8"):
		return nil
	case subject == "6" && (detail == "7" || detail == "9"): // no SMTPUTF8 further on (RFC 6531, 3.5)
		return port.ErrIncapable
	case subject == "1", subject == "2", subject == "4":
		return port.ErrUndeliverable
	}
	return nil
}

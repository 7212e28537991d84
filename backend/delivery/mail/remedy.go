package mail

import (
	"cmp"
	"errors"

	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/port"
)

// Remedy says what helps.
func (f *Failure) Remedy() Remedy {
	switch {
	case errors.Is(f.Said, errNoUTF8):
		return RemedyScript
	case errors.Is(f, port.ErrUnanswered):
		return RemedyUnsure
	case f.Code >= 400 && f.Code < 500 && f.Step != StepAuth:
		return RemedyLater
	}
	switch f.Step {
	case StepResolve:
		return RemedyName
	case StepConnect:
		return RemedyReach
	case StepTLS:
		return f.remedyTLS()
	case StepToken:
		return RemedyToken
	case StepAuth:
		return f.remedyAuth()
	case StepSender:
		return f.unlessCut(RemedySender)
	case StepRecipient:
		if errors.Is(f, port.ErrUndeliverable) || errors.Is(f.Said, errAddress) {
			return RemedyMailbox
		}
		return f.unlessCut(RemedyRelay)
	}
	return f.unlessCut(RemedyContent)
}

// unlessCut is a remedy, where the relay said something.
func (f *Failure) unlessCut(r Remedy) Remedy {
	if f.Code == 0 {
		return RemedyCut
	}
	return r
}

func (f *Failure) remedyAuth() Remedy {
	if errors.Is(f.Said, errNotOffered) {
		return RemedyMechanism
	}
	return RemedyPassword
}

func (f *Failure) remedyTLS() Remedy {
	if errors.Is(f.Said, errNoStartTLS) {
		return RemedyStartTLS
	}
	return cmp.Or(examine.RemedyOfCertificate(f.Said), RemedyTLS)
}

package smpp

import (
	"cmp"
	"errors"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/port"
)

// Remedy is a code for what helps against a failure.
type Remedy = examine.Remedy

// The remedies.
const (
	RemedyName        Remedy = "name"         // the host's name has no address
	RemedyReach       Remedy = "smpp_reach"   // nobody answers there
	RemedyTLS         Remedy = "smpp_tls"     // the connection can't be secured
	RemedyBind        Remedy = "smpp_bind"    // the account is not let in
	RemedyBound       Remedy = "smpp_bound"   // it is connected as often as it may be
	RemedyStranger    Remedy = "smpp_silent"  // what answers speaks no SMPP, or says nothing
	RemedyNumber      Remedy = "smpp_number"  // the receiver's number is none, or takes no text
	RemedySender      Remedy = "smpp_from"    // the account may not send as this sender
	RemedyPause       Remedy = "smpp_pause"   // the centre wants less for a while
	RemedyMessage     Remedy = "smpp_text"    // the centre does not carry this text
	RemedyAccount     Remedy = "smpp_refused" // the centre refuses it for another reason
	RemedyUnsure      Remedy = "smpp_unsure"  // whether it took the text is not known
	RemedyUndelivered Remedy = "smpp_lost"    // it says that the text did not arrive
)

// Remedy says what helps.
func (f *Failure) Remedy() Remedy {
	switch {
	case errors.Is(f, port.ErrUnanswered):
		return RemedyUnsure
	case f.Step == StepResolve:
		return RemedyName
	case f.Step == StepConnect:
		return RemedyReach
	case f.Step == StepTLS:
		return f.remedyTLS()
	case f.Step == StepNumber:
		return RemedyNumber
	case f.Step == StepText:
		return RemedyMessage
	case f.Step == StepReceipt:
		return RemedyUndelivered
	case f.Status == 0:
		return RemedyStranger
	}
	return remedyOf(f.Status)
}

// remedyOf says what helps against a centre's answer.
func remedyOf(s data.CommandStatusType) Remedy {
	switch s {
	case data.ESME_RBINDFAIL, data.ESME_RINVPASWD, data.ESME_RINVSYSID, data.ESME_RINVSYSTYP:
		return RemedyBind
	case data.ESME_RALYBND:
		return RemedyBound
	case data.ESME_RINVSRCADR, data.ESME_RINVSRCTON, data.ESME_RINVSRCNPI:
		return RemedySender
	}
	switch {
	case asksForPause(s):
		return RemedyPause
	case errors.Is(judge(s), port.ErrUndeliverable):
		return RemedyNumber
	case errors.Is(judge(s), port.ErrIncapable):
		return RemedyMessage
	}
	return RemedyAccount
}

func (f *Failure) remedyTLS() Remedy {
	return cmp.Or(examine.RemedyOfCertificate(f.Said), RemedyTLS)
}

package smpp

import (
	"errors"
	"regexp"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/sparekey/sparekey/backend/delivery/server"
)

// inClear is the scheme of addresses without TLS, on this computer alone.
const inClear = "smpp-clear"

var schemes = map[string]server.Scheme{"smpps": {Port: "3550"}, inClear: {Port: "2775", Clear: true}}

// ErrServer says that a text names no message centre.
var ErrServer = errors.New("it is neither smpps://HOST:PORT nor, on this computer, smpp-clear://HOST:PORT")

// CheckServer looks at the address of a message centre: "smpps://HOST[:PORT]" is TLS from the first byte, "smpp-clear://HOST[:PORT]" is
// in clear, to this computer alone. The ports are 3550 and 2775. Its error is ErrServer.
func CheckServer(address string) error {
	_, err := parseServer(address)
	return err
}

func parseServer(address string) (server.Server, error) {
	found, err := server.Parse(address, schemes)
	if err != nil {
		return server.Server{}, ErrServer
	}
	return found, nil
}

// How long what signs in may be (SMPP 3.4, 4.1.5).
const (
	MostUser       = 15
	MostPassword   = 8
	MostSystemType = 12
)

// IsField reports whether a text can stand in a field of SMPP that has room for so many characters.
func IsField(text string, most int) bool {
	for _, r := range text {
		if r < ' ' || r > '~' {
			return false
		}
	}
	return len(text) <= most
}

// The forms of numbers and senders.
var (
	international = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)                                     // E.164
	short         = regexp.MustCompile(`^[0-9]{3,8}$`)                                             // of the network's own
	word          = regexp.MustCompile(`^[A-Za-z0-9 .&'_-]{0,10}[A-Za-z][A-Za-z0-9 .&'_-]{0,10}$`) // with a letter in it
)

// mostWord is how long a sender's word may be (3GPP TS 23.040, 9.1.2.5).
const mostWord = 11

// ErrSender says that a text is no sender.
var ErrSender = errors.New("it is neither a number as +4930123456, a short one, nor a word of 11 letters, digits and spaces at most")

// CheckSender looks at who texts are from: a number as E.164 has it, a short one, or a word. Empty is the account's own. Its error is
// ErrSender.
func CheckSender(from string) error {
	_, err := senderAddress(from)
	return err
}

// senderAddress is a sender with the type of its number and the plan that numbers it (SMPP 3.4, 5.2.5 and 5.2.6).
func senderAddress(from string) (pdu.Address, error) {
	switch {
	case from == "":
		return pdu.NewAddressWithTonNpi(data.GSM_TON_UNKNOWN, data.GSM_NPI_UNKNOWN), nil
	case international.MatchString(from):
		return pdu.NewAddressWithTonNpiAddr(data.GSM_TON_INTERNATIONAL, data.GSM_NPI_E164, from[1:])
	case short.MatchString(from):
		return pdu.NewAddressWithTonNpiAddr(data.GSM_TON_NETWORK, data.GSM_NPI_UNKNOWN, from)
	case len(from) <= mostWord && word.MatchString(from):
		return pdu.NewAddressWithTonNpiAddr(data.GSM_TON_ALPHANUMERIC, data.GSM_NPI_UNKNOWN, from)
	}
	return pdu.Address{}, ErrSender
}

var errNumber = errors.New("it is no number as E.164 has it")

// receiverAddress is a receiver's number, which goes without its plus sign.
func receiverAddress(to string) (pdu.Address, error) {
	if !international.MatchString(to) {
		return pdu.Address{}, errNumber
	}
	return pdu.NewAddressWithTonNpiAddr(data.GSM_TON_INTERNATIONAL, data.GSM_NPI_E164, to[1:])
}

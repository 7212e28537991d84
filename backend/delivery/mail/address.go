package mail

import (
	"errors"
	netmail "net/mail"
	"strings"

	"golang.org/x/net/idna"
)

// address is a mailbox as SMTP names it. Its domain is in ASCII: relays take one in Unicode, and bounce it further on.
type address struct {
	ascii string // local@xn--domain; the local part may be Unicode all the same
	utf8  bool   // the local part needs SMTPUTF8 (RFC 6531)
}

var errAddress = errors.New("it is no mail address")

// CheckAddress reports whether a text is a mail address, and nothing besides.
func CheckAddress(text string) error {
	_, err := parseAddress(text)
	return err
}

func parseAddress(text string) (address, error) {
	if strings.ContainsAny(text, "\r\n\x00<>") {
		return address{}, errAddress
	}
	a, err := netmail.ParseAddress(text)
	if err != nil || a.Name != "" {
		return address{}, errAddress
	}
	at := strings.LastIndexByte(a.Address, '@')
	local, domain := a.Address[:at], a.Address[at+1:]
	if !strings.HasPrefix(domain, "[") {
		if domain, err = idna.Lookup.ToASCII(domain); err != nil || domain == "" {
			return address{}, errAddress
		}
	}
	found := address{ascii: local + "@" + domain}
	for _, r := range local {
		if r < ' ' || r == 0x7f {
			return address{}, errAddress
		}
		found.utf8 = found.utf8 || r > 0x7f
	}
	return found, nil
}

// path is the address as MAIL FROM and RCPT TO have it, a local part that is no dot-atom in quotes.
func (a address) path() string { return (&netmail.Address{Address: a.ascii}).String() }

package email

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
)

// RFC 5321, 4.5.3.1; the whole is what fits between angle brackets in a path of 256.
const (
	maxAddress = 254 // bytes
	maxLocal   = 64  // bytes
)

// address is a mail address in the two forms that are needed.
type address struct {
	Mailbox string `json:"mailbox"` // local part as typed, domain in lower case A-labels: where mail goes
	Shown   string `json:"shown"`   // cleaned (typed.Address), for its owner's eyes
}

// domains maps and checks a domain name as a mail client looks it up (UTS #46, non-transitional).
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.StrictDomainName(true),
	idna.VerifyDNSLength(true))

// parse reads a bare address. Quoted local parts, comments, display names and address literals are no private mailbox
// that anyone has, and a local part beyond ASCII can't be relied on to arrive; all are refused with CodeBadAddress.
func parse(given string) (address, error) {
	refused := &app.Error{Code: app.CodeBadAddress, Field: "address"}
	text := typed.Address(given)
	if len(text) > maxAddress || !utf8.ValidString(given) {
		return address{}, refused
	}
	read, err := mail.ParseAddress(text)
	if err != nil || read.Name != "" || read.Address != text {
		return address{}, refused
	}
	local, domain, found := strings.Cut(text, "@")
	if !found || !localPart(local) {
		return address{}, refused
	}
	ascii, err := domains.ToASCII(domain)
	if err != nil || !mailDomain(ascii) || len(local)+1+len(ascii) > maxAddress {
		return address{}, refused
	}
	return address{Mailbox: local + "@" + ascii, Shown: text}, nil
}

// localPart reports whether s is a dot-atom (RFC 5322, 3.2.3).
func localPart(s string) bool {
	if s == "" || len(s) > maxLocal {
		return false
	}
	for _, atom := range strings.Split(s, ".") {
		if atom == "" || strings.Trim(atom, asciiLetters+asciiDigits+"!#$%&'*+-/=?^_`{|}~") != "" {
			return false
		}
	}
	return true
}

const (
	asciiLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	asciiDigits  = "0123456789"
)

// mailDomain reports whether an ASCII domain can be a mailbox's on the Internet: two labels at least, and a name at the
// end, not a number.
func mailDomain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '-' && c != '.' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	dot := strings.LastIndexByte(s, '.')
	return dot > 0 && strings.Trim(s[dot+1:], asciiDigits) != ""
}

// valid reports whether the address has a form that parse gives, or once gave: it used to leave Shown as it was typed.
func (a address) valid() bool {
	again, err := parse(a.Shown)
	return err == nil && again.Mailbox == a.Mailbox
}

// within gives the one of the organisation's domains (lower case A-labels) that the address belongs to, itself or by a
// subdomain; empty when there is none.
func (a address) within(own []string) string {
	_, domain, _ := strings.Cut(a.Mailbox, "@")
	for _, o := range own {
		if domain == o || strings.HasSuffix(domain, "."+o) {
			return o
		}
	}
	return ""
}

// masked shows the first character and the domain; the dots are three whatever they stand for.
func (a address) masked() string {
	local, domain, _ := strings.Cut(a.Shown, "@")
	return local[:1] + "•••@" + domain
}

package mail

import (
	"bytes"
	netmail "net/mail"

	gomail "github.com/wneessen/go-mail"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/letter"
)

// compose writes a mail (RFC 5322): plain text and HTML, with headers that keep automatic replies away (RFC 3834). Its Message-ID
// is the message's, so that a mail which goes out twice can be known as one.
func compose(m app.Message, from string, to address, l letter.Letter) ([]byte, error) {
	mail := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	mail.FromMailAddress(&netmail.Address{Name: l.From, Address: from})
	mail.ToMailAddress(&netmail.Address{Address: to.ascii})
	if l.ReplyTo != "" {
		if err := mail.ReplyTo(l.ReplyTo); err != nil {
			return nil, err
		}
	}
	mail.Subject(l.Subject)
	mail.SetDateWithValue(m.At)
	mail.SetMessageIDWithValue(m.ID + "@" + domainOf(from))
	mail.SetGenHeader("Auto-Submitted", "auto-generated")
	mail.SetGenHeader("X-Auto-Response-Suppress", "All")
	mail.SetGenHeader("Content-Language", l.Language)
	mail.SetBodyString(gomail.TypeTextPlain, l.Text)
	mail.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	var out bytes.Buffer
	if _, err := mail.WriteTo(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

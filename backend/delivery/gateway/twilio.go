package gateway

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sparekey/sparekey/backend/delivery/receipt"
)

// twilio is the Messages resource of Twilio's API of 2010-04-01 (https://www.twilio.com/docs/messaging/api/message-resource).
var twilio = dialect{
	named: true,
	home:  func(Config) string { return "https://api.twilio.com" },
	needs: []string{"user"},
	request: func(g *Gateway, t text, secret string) (*http.Request, error) {
		form := url.Values{"To": {t.to}, "Body": {t.words}}
		if g.config.Service != "" {
			form.Set("MessagingServiceSid", g.config.Service)
		}
		if g.config.From != "" {
			form.Set("From", g.config.From)
		}
		if g.config.Receipts != "" {
			form.Set("StatusCallback", twilioReceipts(g, t.id))
		}
		if lasts := g.lasts(t, 5*time.Second, 36000*time.Second); lasts > 0 {
			form.Set("ValidityPeriod", strconv.Itoa(lasts))
		}
		return twilioPost(g, "Messages.json", form, secret)
	},
	receipt: idIn("sid"),
	refusal: codeAnd("message", twilioCodes),
	verify: func(g *Gateway, in incoming, secret string) error {
		form, err := url.ParseQuery(string(in.Body))
		if err != nil {
			return errSignature
		}
		return sameMAC(in.Header.Get("X-Twilio-Signature"), twilioSignature(secret, twilioReceipts(g, in.About), form))
	},
	receipts: func(in incoming) ([]found, error) {
		form, err := url.ParseQuery(string(in.Body))
		if err != nil || form.Get("MessageSid") == "" {
			return nil, errUnreadable
		}
		f := found{id: form.Get("MessageSid"), message: in.About, reason: form.Get("ErrorCode")}
		switch form.Get("MessageStatus") {
		case "delivered", "read":
			f.arrived = true
		case "undelivered", "failed", "canceled":
		default: // queued, sending, sent
			f.taken = true
		}
		return []found{f}, nil
	},
}

// twilioReceipts is where receipts of a message are taken in: the API has no other field for its ID. Empty: of one before an update.
func twilioReceipts(g *Gateway, message string) string {
	if message == "" {
		return g.config.Receipts
	}
	return g.config.Receipts + receipt.About + url.PathEscape(message)
}

// twilioPost makes a request at a resource of the account, in its own name or in that of an API key.
func twilioPost(g *Gateway, resource string, form url.Values, secret string) (*http.Request, error) {
	r, err := postForm(g.address("2010-04-01", "Accounts", g.config.User, resource), form)
	if err == nil {
		r.SetBasicAuth(cmp.Or(g.config.Key, g.config.User), secret)
	}
	return r, err
}

// twilioCodes are those of Twilio's dictionary (https://www.twilio.com/docs/api/errors) that say more than a status of 400.
var twilioCodes = judged{
	"13223": theNumbers, // no number to call
	"13224": theNumbers, // the same
	"21211": theNumbers, // no number
	"21214": theNumbers, // it can't be reached
	"21217": theNumbers, // the same
	"21421": theNumbers, // no number
	"21265": theNumbers, // a short code
	"21610": theNumbers, // its owner answered STOP
	"21614": theNumbers, // no mobile number
	"21635": theNumbers, // a landline

	"21215": theMessages, // the account is not allowed to call that country
	"21216": theMessages, // or that number
	"21408": theMessages, // the account is not allowed to write to that country
	"21612": theMessages, // there is no way from this sender to that number
	"21617": theMessages, // too long
	"21266": theMessages, // sender and receiver are one number

	"21212": theProviders, // the sender is no number
	"21603": theProviders, // there is no sender
	"21606": theProviders, // the sender is not the account's
	"21608": theProviders, // a trial account writes to numbers that it confirmed
	"21609": theProviders, // the address for receipts is none
	"21611": theProviders, // the sender's queue is full
	"21659": theProviders, // the sender is not the account's
	"21660": theProviders, // the same
	"21701": theProviders, // no such messaging service
	"21703": theProviders, // it has no sender
	"21704": theProviders, // it has no sender for that country
	"30034": theProviders, // the sender is not registered (A2P 10DLC)
}

// twilioSignature signs a receipt as Twilio does: the address, and each field with its values after it, by their names
// (https://www.twilio.com/docs/usage/webhooks/webhooks-security).
func twilioSignature(secret, address string, form url.Values) []byte {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(address))
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		values := slices.Clone(form[name])
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			mac.Write([]byte(name + value))
		}
	}
	return mac.Sum(nil)
}

// errSignature says that a receipt is not signed as it has to be.
var errSignature = errors.New("the signature is not the provider's")

// sameMAC compares a signature in base64 with what it has to be, in constant time.
func sameMAC(said string, want []byte) error {
	is, err := base64.StdEncoding.DecodeString(strings.TrimSpace(said))
	if err != nil || !hmac.Equal(is, want) {
		return errSignature
	}
	return nil
}

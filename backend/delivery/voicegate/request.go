package voicegate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sparekey/sparekey/app"
)

// locales are the languages as Twilio names them.
var locales = map[string]string{"en": "en-GB", "de": "de-DE", "fr": "fr-FR", "es": "es-ES"}

// twilio asks for a call that speaks TwiML which the request brings along (https://www.twilio.com/docs/voice/api/call-resource).
func (g *Gateway) twilio(c spokenCall, secret app.Secret) (*http.Request, error) {
	var says strings.Builder
	says.WriteString(`<Response><Pause length="1"/>`)
	for _, sentence := range c.words {
		says.WriteString(`<Say language="` + locales[g.config.Language] + `">`)
		if err := xml.EscapeText(&says, []byte(sentence)); err != nil {
			return nil, err
		}
		says.WriteString(`</Say><Pause length="1"/>`)
	}
	says.WriteString(`</Response>`)
	form := url.Values{"To": {c.to}, "From": {g.config.From}, "Twiml": {says.String()}}
	if c.extension != "" {
		form.Set("SendDigits", "ww"+c.extension) // each w is half a second
	}
	address := strings.TrimRight(g.at.String(), "/") + "/2010-04-01/Accounts/" + url.PathEscape(g.config.User) + "/Calls.json"
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(g.config.User, secret.Reveal())
	return req, nil
}

// webhook asks a server of the organisation's own, with a signature as Standard Webhooks has it (https://www.standardwebhooks.com), like
// that of texts.
func (g *Gateway) webhook(c spokenCall, secret app.Secret) (*http.Request, error) {
	key, err := webhookKey(secret.Reveal())
	if err != nil {
		return nil, err
	}
	document := map[string]any{"type": "call.speak", "id": c.id, "to": c.to, "language": g.config.Language, "words": c.words}
	for name, value := range map[string]string{"from": g.config.From, "extension": c.extension} {
		if value != "" {
			document[name] = value
		}
	}
	req, body, err := postJSON(g.at.String(), document)
	if err != nil {
		return nil, err
	}
	at := unix(g.config.Clock.Now())
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(c.id + "." + at + "."))
	mac.Write(body)
	req.Header.Set("webhook-id", c.id) // by which the same call is known if it comes again
	req.Header.Set("webhook-timestamp", at)
	req.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return req, nil
}

// ErrWebhookKey says that a secret is none of Standard Webhooks.
var ErrWebhookKey = errors.New(`it has to be "whsec_", and 24 to 64 random bytes in base64 behind that`)

func webhookKey(secret string) ([]byte, error) {
	encoded, is := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !is || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, ErrWebhookKey
	}
	return key, nil
}

// CheckWebhookKey looks at the secret of a webhook. Its error is ErrWebhookKey.
func CheckWebhookKey(secret string) error {
	_, err := webhookKey(secret)
	return err
}

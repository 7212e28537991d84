package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// webhook is a server of the organisation's own. Requests and receipts are signed as Standard Webhooks has it
// (https://www.standardwebhooks.com); docs/delivery/texts.md has the documents.
var webhook = dialect{
	knows: true,
	home:  func(Config) string { return "" },
	needs: []string{"endpoint"},
	request: func(g *Gateway, t text, secret string) (*http.Request, error) {
		document := map[string]any{"type": "text.send", "id": t.id, "to": t.to, "text": t.words}
		for name, value := range map[string]string{"from": g.config.From, "country": t.country, "receipts": g.config.Receipts} {
			if value != "" {
				document[name] = value
			}
		}
		if !t.expires.IsZero() {
			document["expires"] = t.expires.UTC().Format(time.RFC3339)
		}
		return g.signedPost(t.id, document, secret)
	},
	receipt: func(_ *Gateway, t text, a answer) (string, error) {
		var said struct {
			ID string `json:"id"`
		}
		if len(a.body) > 0 && a.json(&said) != nil {
			return "", errUnreadable
		}
		if said.ID == "" {
			return t.id, nil
		}
		return said.ID, nil
	},
	refusal: codeAnd("message", webhookCodes),
	verify: func(g *Gateway, in incoming, secret string) error {
		key, err := webhookKey(secret)
		id, at := in.Header.Get("webhook-id"), in.Header.Get("webhook-timestamp")
		if err != nil || id == "" || !g.recentUnix(at, farClock) {
			return errSignature
		}
		want := webhookSignature(key, id, at, in.Body)
		for signature := range strings.FieldsSeq(in.Header.Get("webhook-signature")) { // several while a key is changed
			if version, is, _ := strings.Cut(signature, ","); version == "v1" && sameMAC(is, want) == nil {
				return nil
			}
		}
		return errSignature
	},
	receipts: func(in incoming) ([]found, error) {
		var said struct {
			Type    string `json:"type"`
			ID      string `json:"id"`
			Arrived *bool  `json:"arrived"`
			Reason  string `json:"reason"`
		}
		if in.json(&said) != nil || said.Type != "text.receipt" || said.ID == "" || said.Arrived == nil {
			return nil, errUnreadable
		}
		return []found{{id: said.ID, message: said.ID, arrived: *said.Arrived, reason: said.Reason}}, nil
	},
}

// signedPost makes a request with a document, signed under the ID of its message.
func (g *Gateway) signedPost(id string, document any, secret string) (*http.Request, error) {
	key, err := webhookKey(secret)
	if err != nil {
		return nil, err
	}
	r, err := postJSON(g.at.String(), document)
	if err != nil {
		return nil, err
	}
	body, err := bodyOf(r)
	if err != nil {
		return nil, err
	}
	at := strconv.FormatInt(g.config.Clock.Now().Unix(), 10)
	r.Header.Set("webhook-id", id) // by which the same message is known if it comes again
	r.Header.Set("webhook-timestamp", at)
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(webhookSignature(key, id, at, body)))
	return r, nil
}

// webhookCodes are those by which a server of the organisation's own says whose trouble a refusal is.
var webhookCodes = judged{"number_refused": theNumbers, "not_carried": theMessages, "trouble": theProviders}

// keyPrefix stands before a key in base64.
const keyPrefix = "whsec_"

// ErrWebhookKey says that a secret is none of Standard Webhooks.
var ErrWebhookKey = errors.New(`it has to be "whsec_", and 24 to 64 random bytes in base64 behind that`)

// CheckWebhookKey looks at the secret of a webhook. Its error is ErrWebhookKey.
func CheckWebhookKey(secret string) error {
	_, err := webhookKey(secret)
	return err
}

func webhookKey(secret string) ([]byte, error) {
	encoded, is := strings.CutPrefix(secret, keyPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !is || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, ErrWebhookKey
	}
	return key, nil
}

// webhookSignature signs a request or a receipt: its ID, the time, and the body.
func webhookSignature(key []byte, id, at string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

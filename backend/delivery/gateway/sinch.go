package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"time"
)

// sinch is the SMS API of Sinch, XMS (https://developers.sinch.com/docs/sms/api-reference). A text is a batch of one.
var sinch = dialect{
	named: true,
	home: func(c Config) string {
		region := c.Region
		if region == "" {
			region = "us"
		}
		return "https://" + region + ".sms.api.sinch.com"
	},
	needs: []string{"user", "from"},
	request: func(g *Gateway, t text, secret string) (*http.Request, error) {
		document := map[string]any{"from": g.config.From, "to": []string{t.to}, "body": t.words, "client_reference": t.id}
		if g.config.Receipts != "" {
			document["delivery_report"], document["callback_url"] = "per_recipient_final", g.config.Receipts
		}
		if lasts := g.lasts(t, time.Second, 72*time.Hour); lasts > 0 {
			document["expire_at"] = g.config.Clock.Now().Add(time.Duration(lasts) * time.Second).UTC().Format(time.RFC3339)
		}
		return postJSONAs("Bearer "+secret, g.address("xms", "v1", g.config.User, "batches"), document)
	},
	receipt: idIn("id"),
	refusal: codeAnd("text", nil),
	verify: func(g *Gateway, in incoming, secret string) error {
		at, nonce := in.Header.Get("X-Sinch-Webhook-Signature-Timestamp"), in.Header.Get("X-Sinch-Webhook-Signature-Nonce")
		if in.Header.Get("X-Sinch-Webhook-Signature-Algorithm") != "HmacSHA256" || nonce == "" || !g.recentUnix(at, sinchAge) {
			return errSignature
		}
		return sameMAC(in.Header.Get("X-Sinch-Webhook-Signature"), sinchSignature(secret, nonce, at, in.Body))
	},
	receipts: func(in incoming) ([]found, error) {
		var said struct {
			Batch  string `json:"batch_id"`
			Ref    string `json:"client_reference"`
			Status string `json:"status"`
			Code   any    `json:"code"`
		}
		if in.json(&said) != nil || said.Batch == "" {
			return nil, errUnreadable
		}
		f := found{id: said.Batch, message: said.Ref, reason: codeOf(said.Code)}
		switch said.Status {
		case "Delivered":
			f.arrived = true
		case "Failed", "Rejected", "Aborted", "Expired", "Cancelled", "Deleted":
		default: // Queued, Dispatched, Unknown
			f.taken = true
		}
		return []found{f}, nil
	},
}

// sinchAge bounds how old a receipt is that is taken in: one that nobody answered comes again for almost a day.
const sinchAge = 25 * time.Hour

// sinchSignature signs a receipt as Sinch does: the body, the nonce and the time
// (https://developers.sinch.com/docs/sms/api-reference/sms/webhooks).
func sinchSignature(secret, nonce, at string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	mac.Write([]byte("." + nonce + "." + at))
	return mac.Sum(nil)
}

package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"time"
)

// bird is the Channels API of Bird, formerly MessageBird (https://docs.bird.com/api/channels-api). The sender is the channel's.
var bird = dialect{
	named: true,
	home:  func(Config) string { return "https://api.bird.com" },
	needs: []string{"user", "service"},
	request: func(g *Gateway, t text, secret string) (*http.Request, error) {
		receiver := map[string]any{"identifierKey": "phonenumber", "identifierValue": t.to}
		return postJSONAs("AccessKey "+secret, g.address("workspaces", g.config.User, "channels", g.config.Service, "messages"), map[string]any{
			"receiver": map[string]any{"contacts": []any{receiver}},
			"body":     map[string]any{"type": "text", "text": map[string]any{"text": t.words}}, "reference": t.id,
		})
	},
	receipt: idIn("id"),
	refusal: codeAnd("message", nil),
	verify: func(g *Gateway, in incoming, secret string) error {
		at := in.Header.Get("MessageBird-Request-Timestamp")
		if !g.recentUnix(at, birdAge) {
			return errSignature
		}
		return sameMAC(in.Header.Get("MessageBird-Signature"), birdSignature(secret, at, g.config.Receipts, in.Body))
	},
	receipts: func(in incoming) ([]found, error) {
		var said struct {
			Event   string `json:"event"`
			Payload struct {
				ID        string `json:"id"`
				Reference string `json:"reference"` // as in the request
				Status    string `json:"status"`
				Failure   struct {
					Code any `json:"code"`
				} `json:"failure"`
				Reason string `json:"reason"`
			} `json:"payload"`
		}
		if in.json(&said) != nil || said.Payload.ID == "" {
			return nil, errUnreadable
		}
		f := found{id: said.Payload.ID, message: said.Payload.Reference, reason: codeOf(said.Payload.Failure.Code)}
		if f.reason == "" {
			f.reason = said.Payload.Status
		}
		switch said.Payload.Status {
		case "delivered":
			f.arrived = true
		case "sending_failed", "delivery_failed", "rejected", "skipped", "deleted":
		default: // accepted, processing, scheduled, sent
			f.taken = true
		}
		return []found{f}, nil
	},
}

// birdAge bounds how old a receipt is that is taken in: one that nobody answered comes again for a day, with the time of the first.
const birdAge = 25 * time.Hour

// birdSignature signs a receipt as Bird does (https://docs.bird.com/api/notifications-api/api-reference/webhooks/verifying-a-webhook):
// time, address, and the body's sum.
func birdSignature(secret, at, address string, body []byte) []byte {
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(at + "\n" + address + "\n"))
	mac.Write(sum[:])
	return mac.Sum(nil)
}

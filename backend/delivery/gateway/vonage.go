package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// vonage is the Messages API of Vonage, version 1 (https://developer.vonage.com/en/api/messages).
var vonage = dialect{
	named: true,
	home:  func(Config) string { return "https://api.nexmo.com" },
	needs: []string{"user", "from"},
	request: func(g *Gateway, t text, secret string) (*http.Request, error) {
		document := map[string]any{
			"channel": "sms", "message_type": "text", "to": strings.TrimPrefix(t.to, "+"), "from": strings.TrimPrefix(g.config.From, "+"),
			"text": t.words, "client_ref": t.id,
		}
		if g.config.Receipts != "" {
			document["webhook_url"], document["webhook_version"] = g.config.Receipts, "v1"
		}
		if lasts := g.lasts(t, 20*time.Second, 259200*time.Second); lasts > 0 {
			document["ttl"] = lasts
		}
		r, err := postJSON(g.address("v1", "messages"), document)
		if err == nil {
			r.SetBasicAuth(g.config.User, secret)
		}
		return r, err
	},
	receipt: idIn("message_uuid"),
	refusal: func(a answer) refusal {
		var said vonageProblem
		if a.json(&said) != nil || said.Type == "" {
			return refusal{}
		}
		r := refusal{code: said.code(), said: strings.TrimSpace(fmt.Sprint(said.Title, ": ", said.Detail)), kind: vonageCodes.of(said.code())}
		if slices.ContainsFunc(said.Invalid, func(i struct{ Name string }) bool { return i.Name == "to" }) {
			r.kind = theNumbers
		}
		return r
	},
	verify: verifyVonage,
	receipts: func(in incoming) ([]found, error) {
		var said struct {
			ID     string        `json:"message_uuid"`
			Ref    string        `json:"client_ref"`
			Status string        `json:"status"`
			Error  vonageProblem `json:"error"`
		}
		if in.json(&said) != nil || said.ID == "" {
			return nil, errUnreadable
		}
		f := found{id: said.ID, message: said.Ref, reason: said.Error.title()}
		switch said.Status {
		case "delivered", "read":
			f.arrived = true
		case "rejected", "undeliverable":
		default: // submitted
			f.taken = true
		}
		return []found{f}, nil
	},
}

// vonageProblem is an error of theirs (RFC 7807). In receipts it may stand within another one.
type vonageProblem struct {
	Type    string                  `json:"type"`
	Title   any                     `json:"title"` // words, or the code
	Detail  string                  `json:"detail"`
	Invalid []struct{ Name string } `json:"invalid_parameters"`
	Error   *struct{ Title any }    `json:"error"`
}

// code is what stands behind the type's address: "1120", or "low-balance".
func (p vonageProblem) code() string { return p.Type[strings.LastIndexByte(p.Type, '#')+1:] }

// title is the code of a receipt.
func (p vonageProblem) title() string {
	is := p.Title
	if p.Error != nil {
		is = p.Error.Title
	}
	if is == nil {
		return ""
	}
	return fmt.Sprint(is)
}

// vonageCodes are those of https://developer.vonage.com/api-errors/messages that say more than their status.
var vonageCodes = judged{
	"1040": theMessages,  // it can't be sent on, such as to a prefix that nobody has
	"1050": theMessages,  // the number is barred there
	"1430": theNumbers,   // the receiver is none
	"1000": theProviders, // too many
	"1010": theProviders, // something is missing
	"1030": theProviders, // their own
	"1060": theProviders, // the account is barred
	"1070": theProviders, // it has no credit
	"1080": theProviders, // it is for SMPP alone
	"1100": theProviders, // their own
	"1120": theProviders, // the sender is not allowed
}

// vonageAge bounds how old a receipt is that is taken in: one that nobody answered comes again for a day.
const vonageAge = 25 * time.Hour

// verifyVonage verifies the token of a receipt, and that it is about this body
// (https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks).
func verifyVonage(g *Gateway, in incoming, secret string) error {
	scheme, token, _ := strings.Cut(in.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return errSignature
	}
	var claims struct {
		jwt.RegisteredClaims
		Hash string `json:"payload_hash"`
	}
	clock := jwt.WithTimeFunc(g.config.Clock.Now)
	_, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return []byte(secret), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithLeeway(farClock), clock)
	if err != nil || claims.IssuedAt == nil || !g.recent(claims.IssuedAt.Time, vonageAge) {
		return errSignature
	}
	sum := sha256.Sum256(in.Body)
	if is, err := hex.DecodeString(claims.Hash); err != nil || !hmac.Equal(is, sum[:]) {
		return errSignature
	}
	return nil
}

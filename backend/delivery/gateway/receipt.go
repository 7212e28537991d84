package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// Incoming is a request by which a provider says what became of texts.
type Incoming struct {
	Header http.Header
	Body   []byte
}

func (in Incoming) json(out any) error { return json.Unmarshal(in.Body, out) }

// found is what a receipt says.
type found struct {
	id      string
	arrived bool
	reason  string
}

// ErrNotSigned says that a receipt is not the provider's, or too old. ErrNoReceipt says that it is signed, and none.
var (
	ErrNotSigned = errors.New("it is not signed by the provider")
	ErrNoReceipt = errors.New("it is no receipt")
)

// Receipts verifies what a provider says, and reads it. What is not final yet is left out. Its errors are ErrNotSigned, ErrNoReceipt, or
// that of the secret.
func (g *Gateway) Receipts(in Incoming) ([]port.Receipt, error) {
	if g.dialect.verify == nil || g.config.ReceiptSecret == nil {
		return nil, ErrNotSigned
	}
	secret, err := g.config.ReceiptSecret()
	if err != nil {
		return nil, err
	}
	if g.dialect.verify(g, in, secret.Reveal()) != nil {
		return nil, ErrNotSigned
	}
	all, err := g.dialect.receipts(in)
	if err != nil {
		return nil, ErrNoReceipt
	}
	var out []port.Receipt
	for _, f := range all {
		if !plainReceipt.MatchString(f.id) {
			return nil, ErrNoReceipt
		}
		r := port.Receipt{Provider: g.Name(), ID: f.id, Arrived: f.arrived}
		if !f.arrived {
			r.Reason = plainCode.FindString(f.reason)
		}
		out = append(out, r)
	}
	return out, nil
}

// ReceiptName is the name by which the provider's receipts are told from those of others; empty: it sends none.
func (g *Gateway) ReceiptName() string {
	if g.dialect.verify == nil || g.config.ReceiptSecret == nil {
		return ""
	}
	return g.config.Name
}

// farClock is how far a provider's clock may be off, and how long a receipt may be under way.
const farClock = 5 * time.Minute

// recent reports whether a time is now, or not longer ago than an age.
func (g *Gateway) recent(at time.Time, age time.Duration) bool {
	ago := g.config.Clock.Now().Sub(at)
	return ago >= -farClock && ago <= age
}

// recentUnix is recent, of seconds since 1970 in a header.
func (g *Gateway) recentUnix(at string, age time.Duration) bool {
	seconds, err := strconv.ParseInt(at, 10, 64)
	return err == nil && g.recent(time.Unix(seconds, 0), age)
}

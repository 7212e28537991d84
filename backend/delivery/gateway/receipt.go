package gateway

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/sparekey/sparekey/backend/delivery/receipt"
	"github.com/sparekey/sparekey/backend/port"
)

// incoming is a request by which a provider says what became of texts.
type incoming struct {
	About  string // the message's ID, where its address has it
	Header http.Header
	Body   []byte
}

func (in incoming) json(out any) error { return json.Unmarshal(in.Body, out) }

// found is what a receipt says.
type found struct {
	id      string
	message string // its own ID, where the receipt has that
	taken   bool   // and nothing more is known
	arrived bool
	reason  string
}

var _ receipt.Source = (*Gateway)(nil)

// ReadReceipts implements receipt.Source.
func (g *Gateway) ReadReceipts(about string, header http.Header, body []byte) ([]port.Receipt, error) {
	if g.ReceiptName() == "" {
		return nil, receipt.ErrNotSigned
	}
	secret, err := g.config.ReceiptSecret()
	if err != nil {
		return nil, err
	}
	in := incoming{about, header, body}
	if g.dialect.verify(g, in, secret.Reveal()) != nil {
		return nil, receipt.ErrNotSigned
	}
	all, err := g.dialect.receipts(in)
	if err != nil {
		return nil, receipt.ErrNone
	}
	var out []port.Receipt
	for _, f := range all {
		if !plainReceipt.MatchString(f.id) {
			return nil, receipt.ErrNone
		}
		if f.taken && f.message == "" { // its answer said that
			continue
		}
		r := port.Receipt{Provider: g.Name(), ID: f.id, Message: f.message, Taken: f.taken, Arrived: f.arrived}
		if !f.arrived && !f.taken {
			r.Reason = plainCode(f.reason)
		}
		out = append(out, r)
	}
	return out, nil
}

// ReceiptName implements receipt.Source.
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

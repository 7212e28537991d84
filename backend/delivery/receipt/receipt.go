// Package receipt is the door for what providers of messages say later: by name, and believed where they signed it.
package receipt

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Path is where receipts are taken in: the name of a source stands behind it, and after About a message's ID, where a provider tells that
// in no other way.
const (
	Path  = "/delivery/receipts/"
	About = "."
)

// Why a request is not taken for a receipt.
var (
	ErrNotSigned = errors.New("it is not signed by the provider, or too old")
	ErrNone      = errors.New("it is no receipt")
)

// Source is a provider that sends receipts.
type Source interface {
	// ReceiptName is the name by which its receipts are told from those of others; empty: it sends none.
	ReceiptName() string
	// ReadReceipts verifies what it says, and reads it; about is the message's ID, where the address has it. Its errors are ErrNotSigned,
	// ErrNone, or that of reading a secret.
	ReadReceipts(about string, header http.Header, body []byte) ([]port.Receipt, error)
}

// Door takes receipts in. It is safe for concurrent use.
type Door struct {
	sources  map[string]Source
	receipts port.Receipts
	log      *slog.Logger
	refused  atomic.Int64
}

// New makes a door for those of the sources that send receipts.
func New(receipts port.Receipts, log *slog.Logger, sources ...Source) *Door {
	d := &Door{sources: map[string]Source{}, receipts: receipts, log: log}
	for _, s := range sources {
		if name := s.ReceiptName(); name != "" {
			d.sources[name] = s
		}
	}
	return d
}

// Take takes a request that came for a name. A receipt for a message that nobody knows is well, or it would come again and again. Its
// errors are *app.Error, or those of taking the receipt.
func (d *Door) Take(ctx context.Context, name string, header http.Header, body []byte) error {
	name, about, _ := strings.Cut(name, About)
	s, known := d.sources[name]
	if !known {
		return app.Errorf(app.CodeBadRequest, "nobody of that name sends receipts")
	}
	all, err := s.ReadReceipts(about, header, body)
	switch {
	case errors.Is(err, ErrNotSigned):
		d.logRefused(ctx, name, "signature")
		return app.Errorf(app.CodeForbidden, "%w", err)
	case errors.Is(err, ErrNone):
		d.logRefused(ctx, name, "form")
		return app.Errorf(app.CodeBadRequest, "%w", err)
	case err != nil:
		return err
	}
	for _, r := range all {
		if err := d.receipts.TakeReceipt(ctx, r); err != nil && !errors.Is(err, port.ErrNotFound) {
			return err
		}
	}
	return nil
}

// logRefused tells the first ones each, and then every thousandth: anybody can send what is no receipt.
func (d *Door) logRefused(ctx context.Context, name, why string) {
	if n := d.refused.Add(1); n <= 10 || n%1000 == 0 {
		d.log.WarnContext(ctx, "a receipt was refused", "provider", name, "reason", why, "refused", n)
	}
}

// Refused is how many requests were not taken for receipts since the start.
func (d *Door) Refused() int { return int(d.refused.Load()) }

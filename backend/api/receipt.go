package api

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
)

// receiptsPath is where providers of messages say what became of them. It is no operation: no client of ours asks for it, and who may is
// told by the provider's signature.
const receiptsPath = "/delivery/receipts/"

// maxReceipt bounds what a provider says at once, in bytes; theirs have less than 2 KiB.
const maxReceipt = 16 << 10

// ReceiptDoor takes in what providers say later of messages that they carried.
type ReceiptDoor interface {
	// Take takes a request that came for a provider's name. Its errors are as those of an operation.
	Take(ctx context.Context, name string, header http.Header, body []byte) error
}

// serveReceipts takes receipts in, where somebody wants them.
func (s *server) serveReceipts(mux *http.ServeMux) {
	if s.Receipts == nil {
		return
	}
	mux.HandleFunc("POST "+receiptsPath+"{name}", func(w http.ResponseWriter, r *http.Request) {
		noteRoute(r.Context(), "POST "+receiptsPath+"{name}")
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxReceipt))
		if err != nil {
			err = app.Errorf(app.CodeBadRequest, "read the body: %w", err)
		} else {
			err = s.Receipts.Take(r.Context(), r.PathValue("name"), r.Header, body)
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// isReceipt reports whether a request is for receipts.
func (s *server) isReceipt(r *http.Request) bool {
	return s.Receipts != nil && strings.HasPrefix(r.URL.Path, receiptsPath)
}

// requestsOf gives what counts a request: a provider sends one or two for each message, from few addresses.
func (s *server) requestsOf(r *http.Request) func(network string) (retry time.Time) {
	if s.isReceipt(r) && s.ReceiptRequests != nil {
		return s.ReceiptRequests
	}
	return s.Requests
}

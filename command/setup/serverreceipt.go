package setup

import (
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/backend/delivery/receipt"
	"github.com/sparekey/sparekey/backend/listen"
	"github.com/sparekey/sparekey/backend/port"
)

// receiptsPerRequest is how many requests with receipts a client may send for each that others may: a provider sends those of many
// people from few addresses. What is not signed by it costs no more than its verification.
const receiptsPerRequest = 10

// takeReceipts has the API take receipts in, if a provider sends some and somebody takes them.
func (s *Server) takeReceipts(c *api.Config) {
	var taker port.Receipts = s.service
	if s.parts.Receipts != nil {
		taker = s.parts.Receipts
	}
	for _, source := range s.sources {
		if source.ReceiptName() != "" {
			c.Receipts = receipt.New(taker, s.log, s.sources...)
			c.ReceiptRequests = listen.NewRequests(receiptsPerRequest*s.plan.settings.Limits.RequestsPerMinute, s.plan.shared, s.parts.Clock).Take
			return
		}
	}
}

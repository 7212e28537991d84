package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// TestACallWhoseAnswerIsLostIsNoRefusal: the provider may be calling, so that no other one is asked at once.
func TestACallWhoseAnswerIsLostIsNoRefusal(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	for name, answer := range map[string]http.HandlerFunc{
		"silence": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-hang
		},
		"its connection ends": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if near, _, err := w.(http.Hijacker).Hijack(); err == nil {
				_ = near.Close()
			}
		},
		"its door had no answer": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGatewayTimeout) },
		"a page of somebody else": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<html>Welcome to this network")
		},
	} {
		g := calling(t, KindTwilio, "token", answer)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		var got port.Attempt
		err := g.Deliver(port.WithAttempts(ctx, func(a port.Attempt) { got = a }), callMessage(app.MessageCode))
		cancel()
		if !errors.Is(err, port.ErrUnanswered) || got.Outcome == port.Taken {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	g := calling(t, KindTwilio, "token", nil)
	g.at.Host = "127.0.0.1:1"
	if err := g.Deliver(t.Context(), callMessage(app.MessageCode)); err == nil || errors.Is(err, port.ErrUnanswered) {
		t.Errorf("nobody there: %v", err)
	}
}

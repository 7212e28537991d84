package listen_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/listen"
)

// TestAStopLetsFinishWhatHasBegun: every request that a handler took up is answered whole, by HTTP/1 and by HTTP/2, and none
// is taken up afterwards.
func TestAStopLetsFinishWhatHasBegun(t *testing.T) {
	a := newAuthority(t)
	const clients = 50
	release := make(chan struct{})
	var begun, done atomic.Int64
	var all sync.WaitGroup
	all.Add(clients)
	s := serve(t, listen.Config{Certificate: open(t, a.folder(1)), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun.Add(1)
		all.Done()
		<-release
		done.Add(1)
		_, _ = io.WriteString(w, "done")
	})})
	var replies sync.WaitGroup
	var answered atomic.Int64
	client := a.client(s.address)
	for i := range clients {
		ask := client
		if i%2 == 0 { // a connection of its own
			ask = a.client(s.address)
			ask.Transport.(*http.Transport).ForceAttemptHTTP2 = i%4 == 0
		}
		replies.Go(func() {
			reply, err := ask.Get("https://reset.example.org/")
			if err != nil {
				t.Errorf("a request that was taken up has no answer: %v", err)
				return
			}
			body, err := io.ReadAll(reply.Body)
			if err == nil && string(body) == "done" {
				answered.Add(1)
			}
		})
	}
	all.Wait()
	stopped := make(chan error, 1)
	go func() { stopped <- s.Stop(t.Context()) }()
	if err := <-s.ended; err != nil { // the listener is closed
		t.Fatal(err)
	}
	if _, err := a.client(s.address).Get("https://reset.example.org/"); err == nil {
		t.Error("a connection was taken after the stop had begun")
	}
	select {
	case err := <-stopped:
		t.Fatalf("the stop is over (%v) while %d requests run", err, s.Running())
	default:
	}
	close(release)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	replies.Wait()
	if answered.Load() != clients || begun.Load() != done.Load() || s.Running() != 0 {
		t.Errorf("%d begun, %d done, %d answered, %d run on", begun.Load(), done.Load(), answered.Load(), s.Running())
	}
}

func TestAStopWaitsNoLongerThanItMay(t *testing.T) {
	begun, cut := make(chan struct{}), make(chan struct{})
	s := serve(t, listen.Config{Proxies: loopback, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		close(cut)
	})})
	go func() { _, _ = http.Get("http://" + s.address + "/") }()
	<-begun
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	if err := s.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	<-cut
}

// TestConnectionsThatBeginJustThenHoldUpNoStop: a client that asks for many things at once opens more connections than it needs,
// and those of HTTP/2 whose handshake ends while the stop begins are told of it, too.
func TestConnectionsThatBeginJustThenHoldUpNoStop(t *testing.T) {
	a := newAuthority(t)
	certificate := open(t, a.folder(1))
	for range 6 {
		const requests = 25
		var begun, all sync.WaitGroup
		begun.Add(requests)
		release := make(chan struct{})
		s := serve(t, listen.Config{Certificate: certificate, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			begun.Done()
			<-release
		})}) // no time ends an idle connection
		client := a.client(s.address)
		for range requests {
			all.Go(func() {
				if reply, err := client.Get("https://reset.example.org/"); err == nil {
					_ = reply.Body.Close()
				}
			})
		}
		begun.Wait()
		close(release)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if err := s.Stop(ctx); err != nil {
			t.Errorf("the stop: %v", err)
		}
		cancel()
		all.Wait()
	}
}

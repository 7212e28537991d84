// Package route brings messages to the providers that carry them: several for a channel, in an order. One that fails is asked last for
// a while, and has its place back then; none holds up another for longer than its time.
package route

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Provider carries messages of one channel.
type Provider struct {
	Name    string
	Channel app.Kind
	port.Deliverer
	Time time.Duration // bounds one attempt
}

// Rest is how long a provider that failed is asked last.
const Rest = 30 * time.Second

// Route is a port.Deliverer over providers. It is safe for concurrent use.
type Route struct {
	clock     port.Clock
	providers map[app.Kind][]*standing
}

var _ port.Deliverer = (*Route)(nil)

// standing is a provider, and how it did.
type standing struct {
	Provider

	mu    sync.Mutex
	rests time.Time // asked last until then
	why   error     // it failed when it was asked last; nil: it did not
}

// New makes a route; the providers of a channel are asked in their order.
func New(clock port.Clock, providers ...Provider) *Route {
	r := &Route{clock: clock, providers: map[app.Kind][]*standing{}}
	for _, p := range providers {
		r.providers[p.Channel] = append(r.providers[p.Channel], &standing{Provider: p})
	}
	return r
}

// ErrNoProvider says that nobody carries messages of a channel.
var ErrNoProvider = errors.New("there is no provider for this channel")

// Deliver implements port.Deliverer. A provider that failed is followed by the next, unless its failure is the address's, or it may
// have taken the message.
func (r *Route) Deliver(ctx context.Context, m app.Message) error {
	all := r.inOrder(m.Channel)
	if len(all) == 0 {
		return fmt.Errorf("%s: %w", m.Channel, ErrNoProvider)
	}
	var failures []error
	incapable := 0
	for _, s := range all {
		err := s.ask(ctx, r.clock, m)
		switch {
		case err == nil, errors.Is(err, port.ErrUndeliverable), errors.Is(err, port.ErrUnanswered), ctx.Err() != nil:
			return err
		case errors.Is(err, port.ErrIncapable):
			incapable++
		}
		failures = append(failures, err)
	}
	if incapable == len(all) {
		failures = append(failures, port.ErrUndeliverable)
	}
	return errors.Join(failures...)
}

// inOrder gives a channel's providers: those that are well, in their order, then those that failed lately. Of one whose rest is over
// a single message learns how it is, and the others do without it meanwhile.
func (r *Route) inOrder(channel app.Kind) []*standing {
	var well, resting []*standing
	now := r.clock.Now()
	for _, s := range r.providers[channel] {
		if s.restsAt(now) {
			resting = append(resting, s)
		} else {
			well = append(well, s)
		}
	}
	return append(well, resting...)
}

func (s *standing) restsAt(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why == nil {
		return false
	}
	if left := s.rests.Sub(now); left > 0 && left <= Rest { // a clock that was put back lets nobody rest for longer
		return true
	}
	s.rests = now.Add(s.Time)
	return false
}

// ask has a provider carry a message, within its time.
func (s *standing) ask(ctx context.Context, clock port.Clock, m app.Message) error {
	timed, cancel := context.WithTimeout(ctx, s.Time)
	defer cancel()
	err := s.Deliver(timed, m)
	if ctx.Err() != nil && err != nil { // it was not given its time
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why = trouble(err); s.why != nil {
		s.rests = clock.Now().Add(Rest)
	}
	return err
}

// trouble is a failure of the provider, and no judgement of a message or an address.
func trouble(err error) error {
	if errors.Is(err, port.ErrUndeliverable) || errors.Is(err, port.ErrIncapable) {
		return nil
	}
	return err
}

// Carries reports whether a channel has a provider.
func (r *Route) Carries(channel app.Kind) bool { return len(r.providers[channel]) > 0 }

// Check says what is wrong with a channel: why each of its providers failed when it was asked last. nil: one did not.
func (r *Route) Check(channel app.Kind) error {
	var all []error
	for _, s := range r.providers[channel] {
		s.mu.Lock()
		why := s.why
		s.mu.Unlock()
		if why == nil {
			return nil
		}
		all = append(all, fmt.Errorf("%s: %w", s.Name, why))
	}
	return errors.Join(all...)
}

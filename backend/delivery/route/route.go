// Package route brings messages to the providers that carry them: several for a channel, in an order. One that fails is asked last for
// a while, and has its place back then; none holds up another for longer than its time.
package route

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

	mu     sync.Mutex
	unsure map[string]*standing // by message: who may have taken it, and knows it if it comes again
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
	r := &Route{clock: clock, providers: map[app.Kind][]*standing{}, unsure: map[string]*standing{}}
	for _, p := range providers {
		r.providers[p.Channel] = append(r.providers[p.Channel], &standing{Provider: p})
	}
	return r
}

// ErrNoProvider says that nobody carries messages of a channel.
var ErrNoProvider = errors.New("there is no provider for this channel")

// Deliver implements port.Deliverer. A provider that failed is followed by the next, unless its failure is the address's, or it may
// have taken the message. One that may have taken it, and knows what comes again, is asked first the next time, and briefly.
func (r *Route) Deliver(ctx context.Context, m app.Message) error {
	all := r.inOrder(m.Channel)
	if len(all) == 0 {
		return fmt.Errorf("%s: %w", m.Channel, ErrNoProvider)
	}
	knows := r.whoKnows(m)
	if knows != nil {
		all = append([]*standing{knows}, slices.DeleteFunc(all, func(s *standing) bool { return s == knows })...)
	}
	var failures []error
	incapable := 0
	for _, s := range all {
		length := s.Time
		if s == knows {
			length /= brief
		}
		err := s.ask(ctx, length, r.clock, m)
		switch {
		case err == nil, errors.Is(err, port.ErrUndeliverable), ctx.Err() != nil:
			return err
		case errors.Is(err, port.ErrUnanswered) && s != knows:
			r.remember(m, s)
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

// brief is by how much less time a provider has that is asked again: it has the message at hand.
const brief = 3

// mostUnsure bounds what is remembered.
const mostUnsure = 1000

// remember notes that a provider may have taken a message, if it knows that when it comes again.
func (r *Route) remember(m app.Message, s *standing) {
	if k, may := s.Deliverer.(port.Knower); !may || !k.Knows() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.unsure) >= mostUnsure {
		clear(r.unsure)
	}
	r.unsure[m.ID] = s
}

// whoKnows is who may have taken a message, and knows it; once.
func (r *Route) whoKnows(m app.Message) *standing {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.unsure[m.ID]
	delete(r.unsure, m.ID)
	return s
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

// ask has a provider carry a message, within a time.
func (s *standing) ask(ctx context.Context, length time.Duration, clock port.Clock, m app.Message) error {
	timed, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	err := s.Deliver(timed, m)
	if ctx.Err() != nil && err != nil || errors.Is(err, port.ErrBusy) { // it was not given its time, or not asked
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

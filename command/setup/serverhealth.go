package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sparekey/sparekey/backend/listen"
	"github.com/sparekey/sparekey/backend/store"
)

// newHealth looks at what the server stands on.
func (s *Server) newHealth(kept *store.Store, directory openedDirectory) *listen.Health {
	h := &listen.Health{Clock: s.parts.Clock, Parts: []listen.Part{{Name: "store", Check: s.checkStore(kept)}}}
	h.Parts = append(h.Parts, directory.parts()...)
	h.Parts = append(h.Parts, []listen.Part{
		{Name: "policy", Check: func(context.Context) error {
			if s.service == nil || s.service.PolicyVersion() == 0 {
				return errors.New("no version of the policy is in force")
			}
			return nil
		}},
		{Name: "clock", Check: s.checkClock},
	}...)
	h.Parts = append(h.Parts, s.deliveryParts()...)
	if s.plan.certificate != nil {
		h.Parts = append(h.Parts, listen.Part{Name: "certificate", Check: func(context.Context) error {
			return s.plan.certificate.Check(s.plan.name, s.parts.Clock.Now())
		}})
	}
	return h
}

// leastRoom is what the disk of the data has to have left, in bytes: some tens of resets. With less, each reset fails while it is written, and
// a store that is only read looks well.
const leastRoom = 1 << 20

// roomOn tells how much may be written yet; tests replace it.
var roomOn = freeBytes

// checkStore says that the store can't be read, or its disk is full.
func (s *Server) checkStore(kept *store.Store) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := kept.Check(ctx); err != nil {
			return err
		}
		left, err := roomOn(s.plan.keys.data)
		if err == nil && left < leastRoom {
			err = fmt.Errorf("the disk of %s is full: it has %d KiB left", s.plan.keys.data, left>>10)
		}
		return err
	}
}

// parts are the directories, one of which is enough to serve its people.
func (d openedDirectory) parts() (all []listen.Part) {
	for _, one := range d.opened {
		name := "directory"
		if one.name != "" {
			name += " " + one.name
		}
		all = append(all, listen.Part{
			Name: name, Check: func(ctx context.Context) error { return checkDirectory(ctx, one.Directory) }, OneOf: "directory",
		})
	}
	return all
}

// deliveryParts are the channels. One that is down keeps no server from being sent to: the others would reach nobody either.
func (s *Server) deliveryParts() (all []listen.Part) {
	if s.parts.Deliverer != nil {
		return []listen.Part{{Name: "delivery", Check: func(context.Context) error { return nil }}}
	}
	if !slices.ContainsFunc(sendingKinds, s.route.Carries) {
		return []listen.Part{{Name: "delivery"}}
	}
	for _, channel := range sendingKinds {
		part := listen.Part{Name: "delivery " + string(channel), Told: true}
		if s.route.Carries(channel) {
			part.Check = func(context.Context) error { return s.route.Check(channel) }
		}
		all = append(all, part)
	}
	return all
}

// checkClock says that the clock stands behind what was written.
func (s *Server) checkClock(ctx context.Context) error {
	found, err := s.service.Health(ctx)
	if err == nil && found.Behind > 0 {
		err = errors.New("the clock stands behind the newest entry of the audit trail by " + found.Behind.String())
	}
	return err
}

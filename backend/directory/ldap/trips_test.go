package ldap_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// fewTrips fails unless a person is found with state, groups and rules in three round trips, once what is the same for everybody
// is known. It gives how many there were.
func fewTrips(t *testing.T, config ldap.Config, good func(port.DirectoryAccount) bool) int {
	t.Helper()
	counter := &counting{}
	config.Network.Dial = countedDial(config.Network.Dial, counter)
	dir := open(t, config)
	before := 0
	for range 2 {
		before = counter.get()
		if a, err := dir.Find(t.Context(), "ana"); err != nil || !good(a) {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	took := counter.get() - before
	if took < 1 || took > 3 {
		t.Errorf("it took %d round trips", took)
	}
	return took
}

// trips: and what no group has is not asked for, until one has it.
func (s *tree) trips(t *testing.T, config ldap.Config, dir *ldap.Directory) {
	dn := s.person(port.DirectoryAccount{UserID: "ana@harbour.example"}, firstPassword)
	without := fewTrips(t, config, func(a port.DirectoryAccount) bool { return len(a.Groups) == 0 })
	if _, err := dir.Find(t.Context(), "ana"); err != nil {
		t.Fatal(err)
	}
	s.join("crew", dn)
	inCrew := func(a port.DirectoryAccount) bool { return slices.Contains(a.Groups, "crew") }
	if with := fewTrips(t, config, inCrew); with != without+1 {
		t.Errorf("without groups %d round trips, with one %d", without, with)
	}
	config.Clock.(*clock).ahead.Add(int64(2 * time.Minute))
	if a, err := dir.Find(t.Context(), "ana"); err != nil || !inCrew(a) {
		t.Errorf("a group that came later: %+v, %v", a, err)
	}
}

//go:build linux && cgo && !nofido

package usb_test

import (
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// mannered plugs in a key of these manners that has the PIN 0815, where it takes one, and gives its driver.
func mannered(t *testing.T, o ctaptest.Options) (*stage, app.KeyInfo) {
	t.Helper()
	s := &stage{d: usb.New(), k: ctaptest.New(o)}
	plug(t, s.k, 0)
	s.access = app.KeyAccess{ID: known(t, s.d, 1)[0].ID, PIN: app.NewSecret("0815")}
	if !o.Pinless {
		if err := s.d.SetPIN(t.Context(), s.access.ID, s.access.PIN); err != nil {
			t.Fatal(err)
		}
	}
	return s, known(t, s.d, 1)[0]
}

// stored puts sign-ins onto the key, each by its relying party and user.
func (s *stage) stored(t *testing.T, signIns ...[2]string) {
	t.Helper()
	for _, one := range signIns {
		if err := s.k.Store(one[0], one[1], ""); err != nil {
			t.Fatal(err)
		}
	}
}

// listed is what the driver lists, a line for each: the relying party, the user, and a mark for what can't be read.
func (s *stage) listed(t *testing.T) string {
	t.Helper()
	var lines []string
	for _, one := range must[[]app.KeyCredential](t)(s.d.Credentials(t.Context(), s.access)) {
		line := one.RPID + " " + one.UserName
		if one.ID == nil {
			line += "unread"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

const longSite = "accounts.customers.of.the.old.harbour.example"

// TestANameThatTheKeyCutShortHidesNoOther since libfido2 finds nothing by it.
func TestANameThatTheKeyCutShortHidesNoOther(t *testing.T) {
	for name, silent := range map[string]bool{"and refuses": false, "and says nothing to": true} {
		t.Run(name, func(t *testing.T) {
			s, _ := mannered(t, ctaptest.Options{Manners: ctaptest.Manners{ShortNames: true, EmptySuccess: silent}})
			s.stored(t, [2]string{"harbour.example", "ana"}, [2]string{longSite, "ana"}, [2]string{"mail.example", "ana"})
			want(t, s.listed(t), "harbour.example ana\naccounts.customers.of.the.old.ha unread\nmail.example ana")
		})
	}
}

// TestASignInThatLibfido2CantReadHidesNoOther such as one with a public key of a newer algorithm, or with a name that the
// key cut within a character.
func TestASignInThatLibfido2CantReadHidesNoOther(t *testing.T) {
	const es256, es512 = -7, -36
	for name, odd := range map[string]struct {
		algorithm int
		user      string
	}{"a newer algorithm": {es512, "ben"}, "half a character": {es256, "ben\xd0"}} {
		t.Run(name, func(t *testing.T) {
			s, _ := mannered(t, ctaptest.Options{})
			s.stored(t, [2]string{"harbour.example", "ana"})
			if err := s.k.StoreAs(odd.algorithm, "harbour.example", odd.user, ""); err != nil {
				t.Fatal(err)
			}
			s.stored(t, [2]string{"mail.example", "ana"})
			want(t, s.listed(t), "harbour.example ana\nharbour.example unread\nmail.example ana")
		})
	}
}

// TestANameThatLibfido2CantReadHidesNoneBeforeIt and that there is more is told.
func TestANameThatLibfido2CantReadHidesNoneBeforeIt(t *testing.T) {
	s, _ := mannered(t, ctaptest.Options{})
	s.stored(t, [2]string{"harbour.example", "ana"}, [2]string{"mail\xd0", "ana"})
	want(t, s.listed(t), "harbour.example ana\n unread")
}

// TestAListWithoutATotalIsNotTakenForAnEmptyOne, since libfido2 reads nothing of it and calls that a success.
func TestAListWithoutATotalIsNotTakenForAnEmptyOne(t *testing.T) {
	for all, manners := range map[string]ctaptest.Manners{
		" unread": {NoTotalRPs: true}, "harbour.example unread": {NoTotalOfRP: true},
	} {
		s, _ := mannered(t, ctaptest.Options{Manners: manners})
		want(t, s.listed(t), "")
		s.stored(t, [2]string{"harbour.example", "ana"})
		want(t, s.listed(t), all)
		unplugAll(t)
	}
}

// TestAnEmptyListIsNoFault however the key says that it is empty.
func TestAnEmptyListIsNoFault(t *testing.T) {
	for name, manners := range map[string]ctaptest.Manners{
		"no credentials": {}, "a success without a body": {EmptySuccess: true}, "and no count": {EmptySuccess: true, NoMetadata: true},
		"a refusal and no count": {NoMetadata: true}, "in few words": ctaptest.TerseManners(),
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := mannered(t, ctaptest.Options{Sensor: true, Manners: manners})
			want(t, s.listed(t), "")
			if all := must[[]app.Fingerprint](t)(s.d.Fingerprints(t.Context(), s.access)); len(all) != 0 {
				t.Errorf("it knows the fingers %+v", all)
			}
			s.stored(t, [2]string{"harbour.example", "ana"})
			want(t, s.listed(t), "harbour.example ana")
			one := must[[]app.KeyCredential](t)(s.d.Credentials(t.Context(), s.access))[0]
			if err := s.d.DeleteCredential(t.Context(), s.access, one.ID); err != nil {
				t.Fatal(err)
			}
			want(t, s.listed(t), "")
		})
	}
}

// TestAListIsWholeUpToFifty sign-ins, at as many places or at one.
func TestAListIsWholeUpToFifty(t *testing.T) {
	for name, manners := range map[string]ctaptest.Manners{"in many words": {}, "in few words": ctaptest.TerseManners()} {
		t.Run(name, func(t *testing.T) {
			s, _ := mannered(t, ctaptest.Options{Room: 50, Manners: manners})
			var lines []string
			for i := range 25 {
				user := string(rune('a' + i))
				s.stored(t, [2]string{"harbour.example", user})
				lines = append(lines, "harbour.example "+user)
			}
			for i := range 25 {
				site := string(rune('a'+i)) + ".example"
				s.stored(t, [2]string{site, "ana"})
				lines = append(lines, site+" ana")
			}
			want(t, s.listed(t), strings.Join(lines, "\n"))
		})
	}
}

// TestAFingerWhoseNameIsRefusedIsKnownAllTheSame: enrolling it and naming it are two acts.
func TestAFingerWhoseNameIsRefusedIsKnownAllTheSame(t *testing.T) {
	s, _ := mannered(t, ctaptest.Options{Sensor: true})
	made, err := s.d.EnrolFingerprint(t.Context(), s.access, strings.Repeat("thumb", 20), func(app.FingerSample) {})
	if err != nil || len(made.ID) == 0 || made.Name != "" {
		t.Errorf("got %+v, %v", made, err)
	}
	if i := known(t, s.d, 1)[0]; !i.Fingers {
		t.Error("it knows no finger")
	}
	err = s.d.NameFingerprint(t.Context(), s.access, app.Fingerprint{ID: made.ID, Name: strings.Repeat("thumb", 20)})
	wants(t, err, app.CodeKeyUnsupported)
}

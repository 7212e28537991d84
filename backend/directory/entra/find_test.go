package entra_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/entra"
	"github.com/sparekey/sparekey/backend/directory/entra/entratest"
	"github.com/sparekey/sparekey/backend/port"
)

// TestOddNamesAreOneLiteral: what somebody types stays one text of the filter, and finds who has that name alone.
func TestOddNamesAreOneLiteral(t *testing.T) {
	for _, name := range []string{
		"o'brien@harbour.example", "o''brien@harbour.example", "a+b@harbour.example", "a&b=c@harbour.example", "100%@harbour.example",
		"#ana@harbour.example", "ana_1#ext#@harbour.example", "a?b@harbour.example", "a;b,c@harbour.example", "a/../b@harbour.example",
		"ana' or mail ne '@harbour.example", "' or mail eq '@harbour.example", "日本@harbour.example", strings.Repeat("n", 64) + "@harbour.example",
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			s.Person("eve@harbour.example", object{"mail": "eve@harbour.example"})
			d := s.directory()
			if a, err := d.Find(t.Context(), name); !errors.Is(err, port.ErrNotFound) || a.UserID != name {
				t.Errorf("before there is one: %+v, %v", a, err)
			}
			id := s.Person(name, nil)
			if a, err := d.Find(t.Context(), name); err != nil || string(a.ID) != id {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

// TestNobodyIsAskedAboutWhatIsNoName: Graph answers some of these by 400, which would say "away" instead of "nobody".
func TestNobodyIsAskedAboutWhatIsNoName(t *testing.T) {
	s := newService(t)
	d := s.directory(func(c *entra.Config) { c.Domain = "" })
	for _, name := range []string{"", "ana", `HARBOUR\ana`, "ana\x00@harbour.example", "ana\n@harbour.example", strings.Repeat("n", 321) + "@harbour.example"} {
		if a, err := d.Find(t.Context(), name); !errors.Is(err, port.ErrNotFound) {
			t.Errorf("%q finds %+v, %v", name, a, err)
		}
	}
	if len(s.Asked) != 0 {
		t.Errorf("it asked: %q", s.Asked)
	}
}

// TestASignInNameGoesBeforeAMailbox: a mailbox that is named like somebody's sign-in name doesn't stand in the way.
func TestASignInNameGoesBeforeAMailbox(t *testing.T) {
	s := newService(t)
	ana := s.Person("ana@harbour.example", nil)
	for i := range 5 { // more than a page, around Ana's
		s.Person(fmt.Sprintf("thief%d@harbour.example", i), object{"mail": "ANA@harbour.example"})
	}
	if a, err := s.directory().Find(t.Context(), "Ana@harbour.example"); err != nil || string(a.ID) != ana {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestOnlyWhatIsWrittenCounts: a directory that takes other letters for the same would lead into another's account.
func TestOnlyWhatIsWrittenCounts(t *testing.T) {
	s := newService(t)
	other := entratest.GUID("añna@harbour.example")
	s.Fault = at("GET", "/users", 0, says(200, `{"value":[{"id":"`+other+`","userPrincipalName":"aña@harbour.example","mail":"añb@harbour.example","accountEnabled":true}]}`))
	if a, err := s.directory().Find(t.Context(), "ana@harbour.example"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestThreeRoundTrips: finding somebody takes three requests at most beside the token, and two while the domains are known.
func TestThreeRoundTrips(t *testing.T) {
	s := newService(t)
	s.Page = 100
	s.Person("ana@harbour.example", nil)
	d := s.directory()
	graph := func() int { return s.count("GET", "") - s.count("GET", "openid-configuration") }
	for i, want := range []int{3, 2} {
		before := graph()
		if _, err := d.Find(t.Context(), "ana"); err != nil {
			t.Fatal(err)
		}
		if got := graph() - before; got != want {
			t.Errorf("search %d took %d requests, want %d: %q", i+1, got, want, s.Asked)
		}
	}
}

// TestWhosePasswordIsElsewhere: a federated domain, a synchronised account, a guest; and where the settings say otherwise.
func TestWhosePasswordIsElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		userID string
		more   object
		change func(*entra.Config)
		want   bool
	}{
		"made in the cloud":                {"ana@harbour.example", nil, nil, false},
		"synchronisation that has ended":   {"ana@harbour.example", object{"onPremisesSyncEnabled": false}, nil, false},
		"synchronised":                     {"ana@harbour.example", object{"onPremisesSyncEnabled": true}, nil, true},
		"synchronised, and set here":       {"ana@harbour.example", object{"onPremisesSyncEnabled": true}, func(c *entra.Config) { c.SyncedHere = true }, false},
		"federated":                        {"ana@Lighthouse.example", nil, nil, true},
		"federated, whatever the settings": {"ana@lighthouse.example", object{"onPremisesSyncEnabled": true}, func(c *entra.Config) { c.SyncedHere = true }, true},
		"a guest by name":                  {"ana_elsewhere.example#EXT#@harbour.onmicrosoft.com", nil, nil, true},
		"a guest by invitation":            {"ana@harbour.example", object{"creationType": "Invitation"}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			id := app.AccountID(s.Person(c.userID, c.more))
			change := c.change
			if change == nil {
				change = func(*entra.Config) {}
			}
			d := s.directory(change)
			a, err := d.Account(t.Context(), id)
			if err != nil || a.Elsewhere != c.want {
				t.Errorf("%+v, %v", a, err)
			}
			err = d.SetPassword(t.Context(), id, app.NewSecret(newPassword))
			refusedHere := s.count("PATCH", "") == 0
			if refusedHere != c.want {
				t.Errorf("it came to %v, and was written %d times", err, s.count("PATCH", ""))
			}
			if c.more["onPremisesSyncEnabled"] == true && outcomeOf(err) != refused { // the service refuses it too
				t.Errorf("%v", err)
			}
		})
	}
}

// TestWhoIsProtected: who holds a role, by a group too, and who is in a group to which roles can be assigned.
func TestWhoIsProtected(t *testing.T) {
	for name, c := range map[string]struct {
		put  func(s *service, id string)
		want bool
	}{
		"nobody in particular": {func(s *service, id string) { s.Join(s.Group("crew"), id) }, false},
		"a role":               {func(s *service, id string) { s.Join(entratest.Role, id) }, true},
		"a role by a group": {func(s *service, id string) {
			s.Join(s.Group("help"), id)
			s.Join(entratest.Role, s.Group("help"))
		}, true},
		"a group to which roles can be assigned": {func(s *service, id string) {
			s.Join(s.Group("help"), id)
			s.Groups[s.Group("help")]["isAssignableToRole"] = true
		}, true},
		"an administrative unit": {func(s *service, id string) {
			unit := entratest.GUID("unit")
			s.Groups[unit] = object{"@odata.type": "#microsoft.graph.administrativeUnit", "id": unit, "displayName": "Harbour"}
			s.Join(unit, id)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			id := s.Person("ana@harbour.example", nil)
			c.put(s, id)
			if a, err := s.directory().Account(t.Context(), app.AccountID(id)); err != nil || a.Protected != c.want || slices.Contains(a.Groups, "Harbour") {
				t.Errorf("%+v, %v", a, err)
			}
			if a, err := s.directory(func(c *entra.Config) { c.RoleHolders = true }).Account(t.Context(), app.AccountID(id)); err != nil || a.Protected {
				t.Errorf("with a role that may: %+v, %v", a, err)
			}
		})
	}
}

// TestAGroupsNameProvesNothing: display names aren't unique, and by default anybody may make a group of any name.
func TestAGroupsNameProvesNothing(t *testing.T) {
	s := newService(t)
	ana, eve := s.Person("ana@harbour.example", nil), s.Person("eve@harbour.example", nil)
	s.Join(s.Group(administrators), ana)
	s.Page = 100
	fake := entratest.GUID("made by eve")
	s.Groups[fake] = object{"@odata.type": "#microsoft.graph.group", "id": fake, "displayName": administrators}
	s.Join(fake, eve)
	d := s.directory(func(c *entra.Config) {
		c.GroupNames, c.Administrators = false, []string{strings.ToUpper(s.Group(administrators))}
	})
	all, err := d.Administrators(t.Context())
	if err != nil || len(all) != 1 || string(all[0].ID) != ana {
		t.Errorf("%+v, %v", all, err)
	}
	if a, err := d.Account(t.Context(), app.AccountID(eve)); err != nil || a.Admin || !slices.Equal(a.Groups, []string{fake}) {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestAdministratorsOfManyPages: nested, in a circle, more than a page, with what is no person, and one who is gone since.
func TestAdministratorsOfManyPages(t *testing.T) {
	s := newService(t)
	admins, inner := s.Group(administrators), s.Group("inner")
	s.Join(admins, inner)
	s.Join(inner, admins)
	device := entratest.GUID("device")
	s.Groups[device] = object{"@odata.type": "#microsoft.graph.device", "id": device}
	s.Join(inner, device)
	var want []string
	for i := range 25 {
		id := s.Person(fmt.Sprintf("a%d@harbour.example", i), nil)
		s.Join(inner, id)
		want = append(want, id)
	}
	gone := want[3]
	want = slices.Delete(want, 3, 4)
	s.Fault = func(w http.ResponseWriter, r *http.Request, answer http.Handler) {
		if strings.HasSuffix(r.URL.Path, "/users/"+gone) {
			entratest.Fail(w, http.StatusNotFound, "Request_ResourceNotFound", "gone")
			return
		}
		answer.ServeHTTP(w, r)
	}
	all, err := s.directory().Administrators(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range all {
		got = append(got, string(a.ID))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d administrators, want %d", len(got), len(want))
	}
	if s.count("GET", "/users/"+device)+s.count("GET", "/users/"+inner) > 0 {
		t.Error("what is no person was asked about as one")
	}
	s.Fault = at("GET", "/users/"+want[0], 0, status(403))
	if all, err := s.directory().Administrators(t.Context()); err == nil || all != nil {
		t.Errorf("%d administrators, where one can't be read: %v", len(all), err)
	}
}

// TestAnIDIsNoPath: nothing but an object ID becomes part of a URL.
func TestAnIDIsNoPath(t *testing.T) {
	s := newService(t)
	d := s.directory()
	for _, id := range []app.AccountID{"", "ana@harbour.example", "..", "../domains", "me", app.AccountID(strings.ToUpper(entratest.GUID("ana")))} {
		if _, err := d.Account(t.Context(), id); !errors.Is(err, port.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
		if err := d.SetPassword(t.Context(), id, app.NewSecret(newPassword)); outcomeOf(err) != open {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, asked := range s.Asked {
		if strings.Contains(asked, "/v1.0/") && asked != "GET /v1.0/users/00000000-0000-4000-8000-000000000000" { // nobody's
			t.Errorf("it asked: %q", asked)
		}
	}
}

// TestANameOfNobodyAsksAsMuch: else the time of an answer tells a stranger who there is.
func TestANameOfNobodyAsksAsMuch(t *testing.T) {
	s := newService(t)
	s.Person("ana@harbour.example", nil)
	d := s.directory()
	asked := map[string]int{}
	for _, name := range []string{"ana", "nobody", "ana", "nobody"} { // the first fetches a token and the domains
		s.Mu.Lock()
		before := len(s.Asked)
		s.Mu.Unlock()
		if _, err := d.Find(t.Context(), name); err != nil && !errors.Is(err, port.ErrNotFound) {
			t.Fatal(err)
		}
		s.Mu.Lock()
		asked[name] = len(s.Asked) - before
		s.Mu.Unlock()
	}
	if asked["ana"] != asked["nobody"] || asked["ana"] < 2 {
		t.Errorf("requests: %v", asked)
	}
	for _, id := range []app.AccountID{app.AccountID(entratest.GUID("ana@harbour.example")), "of-nobody"} { // the backend's, for a name of nobody
		before := s.count("GET", "")
		if _, err := d.Rules(t.Context(), id); err != nil && !errors.Is(err, port.ErrNotFound) {
			t.Fatal(err)
		}
		if n := s.count("GET", "") - before; n != 1 {
			t.Errorf("the rules for %s took %d requests", id, n)
		}
	}
}

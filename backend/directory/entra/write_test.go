package entra_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/entra"
	"github.com/sparekey/sparekey/backend/directory/entra/entratest"
	"github.com/sparekey/sparekey/backend/port"
)

// TestPasswordsArriveAsTheyWere: what JSON writes in another way, and the longest.
func TestPasswordsArriveAsTheyWere(t *testing.T) {
	s := newService(t)
	id := app.AccountID(s.Person("ana@harbour.example", nil))
	d := s.directory()
	for _, password := range []string{
		`Quote " back \ slash 7`, "<Angle> & ampersand 7", " Spaces at the ends 7 ", "Übermorgen 7 Grüße", "Aa7 漢字漢字漢字", "Line\u2028separator 7 x", "Aa7" + strings.Repeat("x", 253),
	} {
		if err := d.SetPassword(t.Context(), id, app.NewSecret(password)); err != nil || !s.holds(id, app.NewSecret(password)) {
			t.Errorf("%q: %v", password, err)
		}
	}
	writes := s.count("PATCH", "")
	for _, password := range []string{"", "Not \xff UTF-8 at all 7", "Control \x01 character 7", "New\nline is none 7"} {
		if err := d.SetPassword(t.Context(), id, app.NewSecret(password)); outcomeOf(err) != refused {
			t.Errorf("%q: %v", password, err)
		}
	}
	if s.count("PATCH", "") != writes {
		t.Error("the service was told of a password that is none")
	}
}

// TestARefusalNamesTheRule: Graph says one thing for all; what is published tells which.
func TestARefusalNamesTheRule(t *testing.T) {
	s := newService(t)
	id := app.AccountID(s.Person("ana@harbour.example", nil))
	d := s.directory()
	for password, want := range map[string]string{
		"Sh0rt-x": "length", "Aa7" + strings.Repeat("x", 254): "length", "onlylowercaseletters": "complexity", "lower and 7": "",
		"lower7777": "complexity", "Contoso-harbour 7": "simple",
	} {
		err := d.SetPassword(t.Context(), id, app.NewSecret(password))
		if want == "" {
			if err != nil {
				t.Errorf("%q: %v", password, err)
			}
			continue
		}
		if r, is := err.(*port.Refusal); !is || r.Rule != want {
			t.Errorf("%q: %v, want the rule %q", password, err, want)
		}
	}
	if len(s.Revoked) != 1 {
		t.Errorf("sessions were revoked %d times, after one new password", len(s.Revoked))
	}
}

// TestConfirmedByALaterTime: it is asked until the directory tells of the new password, and an older copy's word is none.
func TestConfirmedByALaterTime(t *testing.T) {
	older := entratest.Start.Add(-time.Hour).Format(time.RFC3339)
	for name, c := range map[string]struct {
		lag    int
		before any // what a copy tells that lags; nil: the time before
		want   outcome
		looks  int
	}{
		"at once":                {0, nil, done, 1},
		"after a while":          {3, nil, done, 4},
		"never":                  {99, nil, open, 5},
		"an older copy":          {99, older, open, 5},
		"a copy that knows none": {99, "", open, 5},
		"a time that is none":    {99, "yesterday", open, 5},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			id := s.Person("ana@harbour.example", nil)
			s.Lag = c.lag
			if c.before != nil {
				s.Fault = func(w http.ResponseWriter, r *http.Request, answer http.Handler) {
					answer.ServeHTTP(w, r)
					s.Mu.Lock()
					defer s.Mu.Unlock()
					if r.Method == "PATCH" {
						s.Stale[id] = entratest.Staleness{Reads: c.lag, Before: c.before}
					}
				}
			}
			var waits []time.Duration
			d := s.directory(func(config *entra.Config) {
				config.Wait = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
			})
			err := d.SetPassword(t.Context(), app.AccountID(id), app.NewSecret(newPassword))
			if got := outcomeOf(err); got != c.want {
				t.Errorf("it came to %q: %v", got, err)
			}
			if len(waits) != c.looks || waits[0] != 0 || !slices.IsSorted(waits) {
				t.Errorf("it waited %v", waits)
			}
			if !slices.Equal(s.Revoked, []string{id}) {
				t.Errorf("revoked: %q", s.Revoked)
			}
		})
	}
}

// TestWhoStopsWaiting: a caller whose time ends while the service is silent hears of nothing that was done.
func TestWhoStopsWaiting(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		after  bool // the service does it all the same
	}{"while the account is read": {"GET", false}, "before the write": {"PATCH", false}, "after the write": {"PATCH", true}} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			id := s.Person("ana@harbour.example", nil)
			ctx, cancel := context.WithCancel(t.Context())
			s.Fault = at(c.method, "/"+id, 0, func(w http.ResponseWriter, r *http.Request, answer http.Handler) {
				if c.after {
					answer.ServeHTTP(discard{}, r)
				}
				cancel()
				cut(w)
			})
			err := s.directory().SetPassword(ctx, app.AccountID(id), app.NewSecret(newPassword))
			if outcomeOf(err) != open || s.holds(app.AccountID(id), app.NewSecret(newPassword)) != c.after {
				t.Errorf("%v", err)
			}
			silent(t, err)
		})
	}
}

// TestSessionsThatStay: the log tells of sessions that could not be revoked, and of nothing secret.
func TestSessionsThatStay(t *testing.T) {
	s := newService(t)
	id := s.Person("ana@harbour.example", nil)
	s.Fault = at("POST", "/revokeSignInSessions", 0, status(403))
	var log bytes.Buffer
	d := s.directory(func(c *entra.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	if err := d.SetPassword(t.Context(), app.AccountID(id), app.NewSecret(newPassword)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "sessions could not be revoked") || !strings.Contains(log.String(), "403 TooBad, request 8f0b5b3c") {
		t.Errorf("the log says %q", log.String())
	}
	for _, secret := range []string{newPassword, "token-", entratest.Secret} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log says %q", log.String())
		}
	}
}

// TestRulesOfAnAccount: the published ones; none but the longest for who is excepted from them.
func TestRulesOfAnAccount(t *testing.T) {
	s := newService(t)
	d := s.directory()
	ana := s.Person("ana@harbour.example", nil)
	weak := s.Person("weak@harbour.example", object{"passwordPolicies": "DisablePasswordExpiration, DisableStrongPassword"})
	for id, want := range map[string]port.PasswordRules{ana: {MinLength: 8, MaxLength: 256, MinClasses: 3}, weak: {MaxLength: 256}} {
		if got, err := d.Rules(t.Context(), app.AccountID(id)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
}

// TestMustChangeByTwoNames: at the next sign-in, and at the next one that a second factor confirms.
func TestMustChangeByTwoNames(t *testing.T) {
	s := newService(t)
	id := s.Person("ana@harbour.example", nil)
	for _, name := range []string{"forceChangePasswordNextSignIn", "forceChangePasswordNextSignInWithMfa"} {
		s.Users[id]["passwordProfile"] = object{name: true}
		if a, err := s.directory().Account(t.Context(), app.AccountID(id)); err != nil || !a.MustChange {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

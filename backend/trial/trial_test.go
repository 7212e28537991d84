package trial_test

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/backend/vault"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/email"
	"github.com/sparekey/sparekey/methods/sms"
	"github.com/sparekey/sparekey/methods/voice"
)

// The real store and methods take part, since what the trial plants has to be what they read.

type clock struct{ now time.Time }

func (c clock) Now() time.Time { return c.now }

// directory counts what is put into it.
type directory map[app.AccountID]port.DirectoryAccount

func (d directory) Put(_ context.Context, a port.DirectoryAccount, _ app.Secret) error {
	d[a.ID] = a
	return nil
}

func seeding(t *testing.T) trial.Seeding {
	t.Helper()
	master, err := vault.NewMaster(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	sealer, err := vault.Create(filepath.Join(folder, "keys"), master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), filepath.Join(folder, "store.db"), sealer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return trial.Seeding{
		Directory: directory{},
		Store:     s,
		Methods:   []app.Method{authapp.Method{}, email.Method{}, sms.Method{}, voice.Method{}},
		Rand:      rand.Reader,
		Clock:     clock{time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)},
	}
}

func registered(t *testing.T, s port.Store, id app.AccountID) []port.CredentialRecord {
	t.Helper()
	var found []port.CredentialRecord
	if err := s.View(t.Context(), func(tx port.Tx) (err error) {
		found, err = tx.Credentials(id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSeedRegistersWhatEachPersonHas(t *testing.T) {
	s := seeding(t)
	if err := trial.Seed(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	want := map[trial.State]int{trial.Registered: 2, trial.One: 1, trial.Locked: 2, trial.Admin: 2, trial.Never: 3, trial.Stale: 2}
	for _, p := range trial.People() {
		if got := len(registered(t, s.Store, p.ID)); got != want[p.State] {
			t.Errorf("%s has %d credentials, want %d", p.State, got, want[p.State])
		}
		for _, c := range registered(t, s.Store, p.ID) {
			if c.Counts() != (p.State != trial.Never) {
				t.Errorf("%s: %s counts %v", p.State, c.Kind, c.Counts())
			}
		}
	}
}

// TestSeedFindsWhomTheOrganisationsDirectoryHas: what they have is registered for their accounts there, and proves it is them; nobody
// is put anywhere.
func TestSeedFindsWhomTheOrganisationsDirectoryHas(t *testing.T) {
	s := seeding(t)
	s.Directory = nil
	there := func(userID string) app.AccountID { return app.AccountID("there-" + userID) }
	s.Find = func(_ context.Context, userID string) (app.AccountID, error) { return there(userID), nil }
	if err := trial.Seed(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	now := s.Clock.Now()
	proven := 0
	for _, p := range trial.DirectoryPeople() {
		if got := registered(t, s.Store, p.ID); len(got) != 0 {
			t.Errorf("%s has %d credentials under the trial's ID", p.State, len(got))
		}
		if p.AppSecret == "" {
			continue
		}
		at := slices.IndexFunc(registered(t, s.Store, there(p.UserID)), func(c port.CredentialRecord) bool { return c.Kind == app.KindAuthApp })
		if at < 0 {
			t.Errorf("%s has no authenticator app", p.State)
			continue
		}
		turn := app.Turn{Now: now, Rand: rand.Reader, Person: app.Person{Account: there(p.UserID), UserID: p.UserID}, TriesLeft: 5}
		turn.Credential = registered(t, s.Store, there(p.UserID))[at].Secret
		turn.Siblings = [][]byte{turn.Credential}
		begun, err := authapp.Method{}.Prove(turn, nil)
		if err != nil {
			t.Fatal(err)
		}
		turn.State = begun.State
		if r, err := (authapp.Method{}).Prove(turn, app.GiveCode{Digits: app.NewSecret(p.Code(now))}); err != nil || r.Verdict != app.Proven {
			t.Errorf("%s: the app's code proves %v, %v", p.State, r.Verdict, err)
		}
		proven++
	}
	if proven != 9 {
		t.Errorf("%d of them have an app", proven)
	}
}

// TestSeedKeepsNothingWhereOneIsMissing in the organisation's directory.
func TestSeedKeepsNothingWhereOneIsMissing(t *testing.T) {
	s := seeding(t)
	s.Find = func(_ context.Context, userID string) (app.AccountID, error) {
		if userID == "nadia.ferrant@harbour.example" { // the last
			return "", port.ErrNotFound
		}
		return app.AccountID(userID), nil
	}
	if err := trial.Seed(t.Context(), s); !errors.Is(err, port.ErrNotFound) {
		t.Fatalf("somebody is missing: %v", err)
	}
	if got := registered(t, s.Store, "ben.okafor@harbour.example"); len(got) != 0 {
		t.Errorf("%d credentials are kept", len(got))
	}
}

func TestSeedOnce(t *testing.T) {
	s := seeding(t)
	if err := trial.Seed(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	people := trial.People()
	if err := s.Store.Update(t.Context(), func(tx port.Tx) error {
		return tx.DeleteCredential(registered(t, s.Store, people[1].ID)[0].ID)
	}); err != nil {
		t.Fatal(err)
	}
	again := directory{}
	s.Directory = again
	if err := trial.Seed(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if len(again) != 0 || len(registered(t, s.Store, people[1].ID)) != 1 {
		t.Error("a second seeding undid what happened in the trial")
	}
}

func TestThePhoneShowsWhatAppsShow(t *testing.T) {
	at := time.Date(2027, 3, 1, 9, 0, 29, 0, time.UTC)
	for _, p := range trial.People() {
		if p.AppSecret == "" {
			continue
		}
		want, err := totp.GenerateCode(p.AppSecret, at)
		if err != nil || p.Code(at) != want {
			t.Errorf("%s: the phone shows %q, an app %q (%v)", p.State, p.Code(at), want, err)
		}
	}
}

func TestThePolicyNamesTheOrganisation(t *testing.T) {
	p := trial.Policy()
	if p.Organisation.Name != "Harbour Hospital" || p.HelpDesk.Mail != "helpdesk@harbour.example" || p.Feature.Reset != policy.ForGroups {
		t.Errorf("policy of the trial: %+v", p)
	}
}

func TestTrayShowsAMessageOnce(t *testing.T) {
	var tray trial.Tray
	changed := tray.Changed()
	for _, id := range []string{"a", "a", "b"} {
		if err := tray.Deliver(t.Context(), app.Message{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	if got := tray.Messages(); len(got) != 2 || got[0].ID != "a" || got[1].ID != "b" {
		t.Errorf("the tray shows %v", got)
	}
	select {
	case <-changed:
	default:
		t.Error("nobody was told of a new message")
	}
}

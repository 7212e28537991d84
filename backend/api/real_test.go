package api_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/client"
	// The parts that stand behind the API, as the program wires them: what the description says must hold for what the
	// real backend replies.
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/backend/vault"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/email"
	"github.com/sparekey/sparekey/methods/questions"
	"github.com/sparekey/sparekey/methods/securitykey"
	"github.com/sparekey/sparekey/methods/sms"
	"github.com/sparekey/sparekey/methods/voice"
)

// real is the sample organisation behind real HTTP.
type real struct {
	t       *testing.T
	service *backend.Backend
	tray    *trial.Tray
	url     string
	witness *witness
	keys    int
}

func newReal(t *testing.T) *real {
	t.Helper()
	ok := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	folder, methods := t.TempDir(), []app.Method{authapp.Method{}, sms.Method{}, voice.Method{}, email.Method{}, questions.Method{}, securitykey.Method{}}
	master, err := vault.NewMaster(rand.Reader)
	ok(err)
	sealer, err := vault.Create(filepath.Join(folder, "keys"), master, rand.Reader)
	ok(err)
	db, err := store.Open(t.Context(), filepath.Join(folder, "store.db"), sealer)
	ok(err)
	people, err := local.Open(t.Context(), local.InMemory, local.Config{
		Clock: stillClock{}, Hasher: local.Argon2{Rand: rand.Reader, Memory: 8, Time: 1, Threads: 1}, Parallel: 2,
		Threshold: 15, LockFor: time.Hour, History: 3, MinLength: 8,
	})
	ok(err)
	ok(trial.Seed(t.Context(), trial.Seeding{
		Directory: intake{people}, Store: db, Methods: methods, Rand: rand.Reader, Clock: stillClock{},
	}))
	r := &real{t: t, tray: &trial.Tray{}, witness: newWitness(t)}
	r.service, err = backend.New(backend.Config{
		Store: db, Directory: people, Deliverer: r.tray, Chain: audit.Chain{}, Sealer: sealer, Clock: stillClock{},
		Rand: rand.Reader, Methods: methods, Policy: trial.Policy(), Trial: true,
	})
	ok(err)
	server := httptest.NewServer(api.New(api.Config{
		Front: r.service, Flows: r.service, Grants: r.service, Version: "test", Clock: stillClock{},
	}))
	r.url = server.URL
	t.Cleanup(func() {
		server.Close()
		_, _ = db.Close(), people.Close()
	})
	return r
}

// intake takes the sample people in.
type intake struct{ *local.Directory }

func (d intake) Put(ctx context.Context, a port.DirectoryAccount, password app.Secret) error {
	return d.Directory.Put(ctx, local.Person{
		ID: a.ID, UserID: a.UserID, Name: a.Name, Names: a.Names, Mail: a.Mail, Groups: a.Groups, Admin: a.Admin,
		Disabled: a.Disabled, Elsewhere: a.Elsewhere, LockedUntil: a.LockedUntil, Password: password,
	})
}

// workstation is a client of its own, as on another machine.
func (r *real) workstation() *client.Client {
	return &client.Client{Base: r.url, Transport: r.witness, Station: "desk 4", Clock: stillClock{}}
}

func (r *real) key() app.IdempotencyKey {
	r.keys++
	return app.IdempotencyKey(fmt.Sprintf("key-%016d", r.keys))
}

// say starts a flow and submits an input at each step; the last flow and error come back.
func (r *real) say(c *client.Client, purpose app.Purpose, inputs ...func() app.Input) (app.Flow, error) {
	r.t.Helper()
	f, err := c.Start(r.t.Context(), app.Start{Purpose: purpose, Key: r.key()})
	if err != nil {
		r.t.Fatalf("start %s: %v", purpose, err)
	}
	for i, in := range inputs {
		submitted := in()
		next, err := c.Submit(r.t.Context(), f.ID, f.Rev, r.key(), submitted)
		if err != nil && i < len(inputs)-1 {
			r.t.Fatalf("%T at %T: %v", submitted, f.Now, err)
		}
		if err != nil {
			return next, err
		}
		f = next
	}
	return f, nil
}

func give(in app.Input) func() app.Input { return func() app.Input { return in } }

// mailed is the code that went to an address last.
func (r *real) mailed(to string) func() app.Input {
	return func() app.Input {
		if err := r.service.Deliver(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
		for _, m := range slices.Backward(r.tray.Messages()) {
			if m.To == to && m.Code != "" {
				return app.GiveCode{Digits: app.NewSecret(m.Code)}
			}
		}
		r.t.Fatalf("no code went to %s", to)
		return nil
	}
}

func (r *real) signIn(c *client.Client, p trial.Person, password string) (app.Flow, error) {
	r.t.Helper()
	return r.say(c, app.PurposeSignIn, give(app.SignIn{UserID: p.UserID, Password: app.NewSecret(password)}))
}

const chosen = "a brighter harbour at dawn"

func TestAResetThroughTheRealBackend(t *testing.T) {
	r, ctx, ben := newReal(t), t.Context(), trial.People()[1]
	before := r.workstation()
	f, err := r.say(before, app.PurposeSignIn, give(app.SignIn{UserID: ben.UserID, Password: app.NewSecret(ben.Password)}),
		give(app.GiveCode{Digits: app.NewSecret(ben.Code(noon.Add(-30 * time.Second)))}))
	if _, signedIn := f.Now.(app.SignedIn); err != nil || !signedIn {
		t.Fatalf("got %#v, %v", f.Now, err)
	}
	opened, err := before.Open(ctx, f.ID)
	if err != nil || opened.Person.Name != ben.Name || !opened.Ephemeral {
		t.Fatalf("got %+v, %v", opened, err)
	}
	if now, err := before.Current(ctx); err != nil || now != opened {
		t.Errorf("current %+v, %v, opened %+v", now, err, opened)
	}
	f, err = r.say(r.workstation(), app.PurposeReset,
		give(app.GiveUserID{UserID: ben.UserID}), give(app.GiveReason{Reason: app.ReasonForgot}),
		give(app.Choose{Kind: app.KindAuthApp}), give(app.GiveCode{Digits: app.NewSecret(ben.Code(noon))}),
		r.mailed(ben.Mail), give(app.GivePassword{Password: app.NewSecret(chosen)}))
	done, _ := f.Now.(app.Done)
	if err != nil || !slices.Contains(done.Facts, app.FactPasswordSet) {
		t.Fatalf("got %#v, %v", f.Now, err)
	}
	if _, err := before.Current(ctx); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("the session of before: %v", err)
	}
	if _, err := r.signIn(r.workstation(), ben, ben.Password); app.CodeOf(err) != app.CodeSignIn {
		t.Errorf("the old password: %v", err)
	}
	if _, err := r.signIn(r.workstation(), ben, chosen); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestRefusalsOfTheRealBackend(t *testing.T) {
	r, people := newReal(t), trial.People()
	c := r.workstation()
	if o, err := c.Organisation(t.Context()); err != nil || !o.Trial || o.Name != "Harbour Hospital" {
		t.Errorf("got %+v, %v", o, err)
	}
	f, err := r.signIn(c, people[0], "not the password")
	if app.CodeOf(err) != app.CodeSignIn || f.ID == "" {
		t.Errorf("a wrong password: %v beside flow %q", err, f.ID)
	}
	for i, want := range map[int]app.Code{2: app.CodeNotVerified, 3: app.CodeNotEnabled, 4: app.CodeNotManaged} {
		f, err := r.say(c, app.PurposeReset, give(app.GiveUserID{UserID: people[i].UserID}))
		if blocked, _ := f.Now.(app.Blocked); err != nil || blocked.Code != want {
			t.Errorf("%s: got %#v, %v", people[i].State, f.Now, err)
		}
	}
	f, _ = r.signIn(c, people[0], people[0].Password)
	if err := c.Cancel(t.Context(), f.ID); err != nil {
		t.Errorf("cancel: %v", err)
	}
	if _, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeRegister, Key: r.key()}); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a registration of nobody: %v", err)
	}
}

// A start whose reply was lost is sent again with the same key: the same flow, and a token that works.
func TestAStartSentAgainIsTheSameFlow(t *testing.T) {
	r := newReal(t)
	first, again, start := r.workstation(), r.workstation(), app.Start{Purpose: app.PurposeReset, Key: r.key()}
	a, err := first.Start(t.Context(), start)
	if err != nil {
		t.Fatal(err)
	}
	b, err := again.Start(t.Context(), start)
	if err != nil || a.ID != b.ID {
		t.Fatalf("flows %q and %q, %v", a.ID, b.ID, err)
	}
	if _, err := again.Get(t.Context(), a.ID); err != nil {
		t.Errorf("the token that arrived does not work: %v", err)
	}
}

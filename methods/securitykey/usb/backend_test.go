//go:build linux && cgo && !nofido

package usb_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/backend/vault"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/email"
	"github.com/sparekey/sparekey/methods/questions"
	"github.com/sparekey/sparekey/methods/securitykey"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
	"github.com/sparekey/sparekey/methods/sms"
	"github.com/sparekey/sparekey/methods/voice"
)

// The whole way: a key in software, the real libfido2, the driver, the client, the API, the backend, the store.

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// intake takes the sample people in.
type intake struct{ *local.Directory }

func (d intake) Put(ctx context.Context, a port.DirectoryAccount, password app.Secret) error {
	return d.Directory.Put(ctx, local.Person{
		ID: a.ID, UserID: a.UserID, Name: a.Name, Names: a.Names, Mail: a.Mail, Groups: a.Groups, Admin: a.Admin,
		Disabled: a.Disabled, Elsewhere: a.Elsewhere, LockedUntil: a.LockedUntil, Password: password,
	})
}

// organisation is the sample organisation as a client reaches it. grade is how its keys are attested.
func organisation(t testing.TB, grade app.Attestation) app.Services {
	t.Helper()
	services, _, _ := founded(t, grade, func(*keyPolicy) {})
	return services
}

type keyPolicy = policy.SecurityKey

// founded is organisation, with what its policy says of keys, and its store in a folder.
func founded(t testing.TB, grade app.Attestation, change func(*keyPolicy)) (_ app.Services, _ port.Store, folder string) {
	t.Helper()
	folder = t.TempDir()
	all := []app.Method{authapp.Method{}, sms.Method{}, voice.Method{}, email.Method{}, questions.Method{}, securitykey.Method{}}
	sealer := must[*vault.Vault](t)(vault.Create(filepath.Join(folder, "keys"), must[app.Secret](t)(vault.NewMaster(rand.Reader)), rand.Reader))
	db := must[*store.Store](t)(store.Open(t.Context(), filepath.Join(folder, "store.db"), sealer))
	people := must[*local.Directory](t)(local.Open(t.Context(), local.InMemory, local.Config{
		Clock: systemClock{}, Hasher: local.Argon2{Rand: rand.Reader, Memory: 8, Time: 1, Threads: 1}, Parallel: 2,
		Threshold: 15, LockFor: time.Hour, History: 3, MinLength: 8,
	}))
	t.Cleanup(func() { _, _ = db.Close(), people.Close() })
	if err := trial.Seed(t.Context(), trial.Seeding{
		Directory: intake{people}, Store: db, Methods: all, Rand: rand.Reader, Clock: systemClock{},
	}); err != nil {
		t.Fatal(err)
	}
	rules := trial.Policy()
	rules.SecurityKey.Attestation = grade
	change(&rules.SecurityKey)
	service := must[*backend.Backend](t)(backend.New(backend.Config{
		Store: db, Directory: people, Deliverer: &trial.Tray{}, Chain: audit.Chain{}, Sealer: sealer, Clock: systemClock{},
		Rand: rand.Reader, Methods: all, Policy: rules, Trial: true,
	}))
	handler := api.New(api.Config{Front: service, Flows: service, Grants: service, Version: "test", Clock: systemClock{}})
	return (&client.Client{Transport: client.InProcess(handler)}).Services(), db, folder
}

// visit is a conversation of somebody who has a key.
type visit struct {
	t        testing.TB
	services app.Services
	driver   *usb.Driver
	flow     app.Flow
}

func (v *visit) begin(purpose app.Purpose) *visit {
	v.t.Helper()
	v.flow = must[app.Flow](v.t)(v.services.Flows.Start(v.t.Context(), app.Start{Purpose: purpose, Key: newIdempotencyKey()}))
	return v
}

func newIdempotencyKey() app.IdempotencyKey { return app.IdempotencyKey(rand.Text()) }

func (v *visit) say(in app.Input) *visit {
	v.t.Helper()
	v.flow = must[app.Flow](v.t)(v.services.Flows.Submit(v.t.Context(), v.flow.ID, v.flow.Rev, newIdempotencyKey(), in))
	return v
}

// use does what the step wants of the key.
func (v *visit) use(pin, name string) *visit {
	v.t.Helper()
	step, is := v.flow.Now.(app.UseKey)
	if !is {
		v.t.Fatalf("the flow stands at %T", v.flow.Now)
	}
	return v.say(app.GiveKey{Name: name, Answer: must[app.KeyAnswer](v.t)(v.driver.Run(v.t.Context(), step, with(pin)))})
}

func (v *visit) signIn(p trial.Person, password string) *visit {
	v.t.Helper()
	return v.begin(app.PurposeSignIn).say(app.SignIn{UserID: p.UserID, Password: app.NewSecret(password)})
}

func (v *visit) open() {
	v.t.Helper()
	if _, is := v.flow.Now.(app.SignedIn); !is {
		v.t.Fatalf("the flow stands at %T", v.flow.Now)
	}
	if _, err := v.services.Sessions.Open(v.t.Context(), v.flow.ID); err != nil {
		v.t.Fatal(err)
	}
}

func TestAKeyLetsItsOwnerBackIn(t *testing.T) {
	const pin, password = "0815", "gentle-otter-paints-9-doors"
	ana := trial.People()[0]
	for _, grade := range []app.Attestation{app.AttestNone, app.AttestIndirect} {
		t.Run(string(grade), func(t *testing.T) {
			plug(t, ctaptest.New(ctaptest.Options{AAGUID: [16]byte{1, 2, 3}}), 0)
			v := &visit{t: t, services: organisation(t, grade), driver: usb.New()}
			known(t, v.driver, 1)
			v.signIn(ana, ana.Password).open()
			v.begin(app.PurposeRegister).say(app.Choose{Kind: app.KindSecurityKey}).use(pin, "Blue key")
			page, is := v.flow.Now.(app.Registered)
			if !is || len(page.Have) != 1 || page.Have[0].Masked != "Blue key" {
				t.Fatalf("the flow stands at %+v", v.flow.Now)
			}
			second := v.say(app.Choose{Kind: app.KindSecurityKey}).flow
			if second.Now.(app.UseKey).Get != nil { // a fresh proof comes first
				second = v.use(pin, "").flow
			}
			_, err := v.driver.Run(t.Context(), second.Now.(app.UseKey), with(pin))
			wants(t, err, app.CodeKeyExcluded)

			v.begin(app.PurposeReset).say(app.GiveUserID{UserID: ana.UserID}).say(app.GiveReason{Reason: app.ReasonForgot}).use(pin, "")
			v.say(app.GivePassword{Password: app.NewSecret(password)})
			if _, is := v.flow.Now.(app.Done); !is {
				t.Fatalf("the flow stands at %+v", v.flow.Now)
			}
			v.signIn(ana, password).use(pin, "").open()
		})
	}
}

// TestAnotherKeyIsNoUse to whoever has found out the password.
func TestAnotherKeyIsNoUse(t *testing.T) {
	ana := trial.People()[0]
	mine := plug(t, ctaptest.New(ctaptest.Options{}), 0)
	v := &visit{t: t, services: organisation(t, app.AttestNone), driver: usb.New()}
	known(t, v.driver, 1)
	v.signIn(ana, ana.Password).open()
	v.begin(app.PurposeRegister).say(app.Choose{Kind: app.KindSecurityKey}).use("0815", "Blue key")
	out(t, mine)
	known(t, v.driver, 0)
	plug(t, ctaptest.New(ctaptest.Options{}), 1)
	known(t, v.driver, 1)
	v.signIn(ana, ana.Password)
	step := v.flow.Now.(app.UseKey)
	_, err := v.driver.Run(t.Context(), step, with("4711"))
	wants(t, err, app.CodeKeyNoCredential)

	forged := *step.Get // by a credential of the other key's own
	forged.Allow = nil
	register(t, v.driver, with("4711"), func(c *app.KeyCreate) { c.Discoverable = true })
	answer := must[app.KeyAnswer](t)(v.driver.Run(t.Context(), app.UseKey{Get: &forged}, with("4711")))
	for _, id := range [][]byte{answer.CredentialID, step.Get.Allow[0]} {
		answer.CredentialID = bytes.Clone(id)
		flow, err := v.services.Flows.Submit(t.Context(), v.flow.ID, v.flow.Rev, newIdempotencyKey(), app.GiveKey{Answer: answer})
		wants(t, err, app.CodeKeyAnswer)
		v.flow = flow
	}
}

package setup

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
)

// kills is how many runs of the campaign `make test` performs; `make soak` performs more.
const kills = 200

// TestKilledAnywhereNothingIsLost registers and resets again and again, and kills the backend with SIGKILL at a random
// point of each run. The person goes on with the same intent (the same idempotency keys), as the window does. In the
// end everything that was acknowledged is there, the reset happened once and whole, and no code works again.
func TestKilledAnywhereNothingIsLost(t *testing.T) {
	runs := kills
	if more, err := strconv.Atoi(os.Getenv("SPAREKEY_KILLS")); err == nil {
		runs = more
	}
	seeded := filepath.Join(t.TempDir(), "seeded")
	newVictim(t, seeded, nil).stop() // makes the sample organisation once
	for seed := range runs {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			killOnce(t, seeded, uint64(seed))
		})
	}
}

func killOnce(t *testing.T, seeded string, seed uint64) {
	p := newStubborn(t, seeded, seed, 24)
	stampBefore := p.victim.stamp(ana)

	secret, codes := p.register()
	p.reset(secret, codes)
	p.onlyThePasswordWorks(newSecret, oldSecret, secret)
	p.stillRegistered()

	if after := p.end().stamp(ana); after != stampBefore+1 {
		t.Errorf("the directory's password was set %d times, want once", after-stampBefore)
	}
	if told := p.victim.told(); told["reset.code"] != 2 || told["register.code"] != 2 {
		t.Errorf("the audit trail tells of %d gates passed and %d methods proved, want 2 and 2: %v", told["reset.code"], told["register.code"], told)
	}
}

// newStubborn is a person before a copy of the seeded organisation, whose backend is killed once,
// during one of the first requests.
func newStubborn(t *testing.T, seeded string, seed uint64, requests int) *stubborn {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.CopyFS(dir, os.DirFS(seeded)); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"key", "key-audit", filepath.Join("data", "keys.json")} {
		if err := os.Chmod(filepath.Join(dir, key), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	v := newVictim(t, dir, mathrand.New(mathrand.NewPCG(seed, 1)))
	v.deadly = 1 + v.deadly%requests
	return &stubborn{
		t: t, victim: v, client: &client.Client{Base: "http://127.0.0.1:1", Transport: v, Clock: v}, seen: map[string]int{},
	}
}

// end lets the backend end by itself, which must have been killed before.
func (p *stubborn) end() *victim {
	p.t.Helper()
	p.victim.stop()
	if p.victim.killed == 0 {
		p.t.Error("the backend was never killed: the campaign tests nothing")
	}
	return p.victim
}

const (
	ana       = "ana.reyes@harbour.example"
	anaMail   = "ana@letters.example"
	oldSecret = "lantern-tide-copper-41"
	newSecret = "seven herons cross the harbour"
)

// stubborn is a person who goes on with the same intent until it is answered.
type stubborn struct {
	t      *testing.T
	victim *victim
	client *client.Client
	seen   map[string]int // codes, by where they were sent to
}

// insist repeats f while nobody answers.
func (p *stubborn) insist(f func() error) error {
	for range 20 {
		err := f()
		if code := app.CodeOf(err); code != app.CodeOffline && code != app.CodeUnavailable {
			return err
		}
		p.victim.revive()
	}
	p.t.Fatal("the backend does not come back")
	return nil
}

func (p *stubborn) key() app.IdempotencyKey { return app.IdempotencyKey(rand.Text()) }

func (p *stubborn) start(purpose app.Purpose) app.Flow {
	p.t.Helper()
	var flow app.Flow
	start := app.Start{Purpose: purpose, Key: p.key()}
	if err := p.insist(func() (err error) { flow, err = p.client.Start(context.Background(), start); return err }); err != nil {
		p.t.Fatalf("start %s: %v", purpose, err)
	}
	return flow
}

// try submits once in the sense of the person, however often it has to be sent.
func (p *stubborn) try(flow app.Flow, in app.Input) (app.Flow, error) {
	p.t.Helper()
	key := p.key()
	var next app.Flow
	err := p.insist(func() (err error) {
		next, err = p.client.Submit(context.Background(), flow.ID, flow.Rev, key, in)
		return err
	})
	return next, err
}

func (p *stubborn) submit(flow app.Flow, in app.Input) app.Flow {
	p.t.Helper()
	next, err := p.try(flow, in)
	if err != nil {
		p.t.Fatalf("%T at %T: %v", in, flow.Now, err)
	}
	return next
}

func step[S app.Step](p *stubborn, flow app.Flow) S {
	p.t.Helper()
	s, is := flow.Now.(S)
	if !is {
		p.t.Fatalf("the flow stands at %T, want %T", flow.Now, s)
	}
	return s
}

// signIn signs in, with a code of the app where one is wanted.
func (p *stubborn) signIn(password, secret string) error {
	flow := p.start(app.PurposeSignIn)
	flow, err := p.try(flow, app.SignIn{UserID: ana, Password: app.NewSecret(password)})
	if err != nil {
		return err
	}
	if secret != "" {
		step[app.EnterCode](p, flow)
		flow = p.submit(flow, app.GiveCode{Digits: app.NewSecret(p.totp(secret))})
	}
	step[app.SignedIn](p, flow)
	return p.insist(func() error { _, err := p.client.Open(context.Background(), flow.ID); return err })
}

// register sets up both ways, and returns the app's secret and the codes that were used.
func (p *stubborn) register() (string, []string) {
	if err := p.signIn(oldSecret, ""); err != nil {
		p.t.Fatalf("sign in: %v", err)
	}
	return p.registerBoth(anaMail)
}

// registerBoth sets up an authenticator app and a private mailbox in the session at hand.
func (p *stubborn) registerBoth(mailbox string) (string, []string) {
	flow := p.start(app.PurposeRegister)
	flow = p.submit(flow, app.Choose{Kind: app.KindAuthApp})
	var secret strings.Builder
	for _, group := range step[app.ShowSecret](p, flow).Groups {
		secret.WriteString(group.Reveal())
	}
	first := p.totp(secret.String())
	flow = p.submit(flow, app.GiveCode{Digits: app.NewSecret(first)})
	flow = p.submit(flow, app.Choose{Kind: app.KindEmail})
	flow = p.submit(flow, app.GiveAddress{Address: mailbox})
	mailed := p.sent(mailbox)
	flow = p.submit(flow, app.GiveCode{Digits: app.NewSecret(mailed)})
	if have := step[app.Registered](p, flow).Have; len(have) != 2 {
		p.t.Fatalf("registered: %v", have)
	}
	step[app.Done](p, p.submit(flow, app.Finish{}))
	return secret.String(), []string{first, mailed}
}

// reset passes both gates, holding every code that was used before against them, and sets the new password.
func (p *stubborn) reset(secret string, used []string) {
	flow := p.start(app.PurposeReset)
	flow = p.submit(flow, app.GiveUserID{UserID: ana})
	flow = p.submit(flow, app.GiveReason{Reason: app.ReasonForgot})
	flow = p.submit(flow, app.Choose{Kind: app.KindAuthApp})
	flow = p.refused(flow, used[0])
	flow = p.submit(flow, app.GiveCode{Digits: app.NewSecret(p.totp(secret))})
	flow = p.refused(flow, used[1])
	flow = p.submit(flow, app.GiveCode{Digits: app.NewSecret(p.sent(anaMail))})
	if now := p.giveNew(flow); !slices.Contains(step[app.Done](p, now).Facts, app.FactPasswordSet) {
		p.t.Fatalf("done, and the password was not set: %+v", now.Now)
	}
}

// giveNew sets the new password, and gives the flow as it goes on then.
func (p *stubborn) giveNew(flow app.Flow) app.Flow {
	p.t.Helper()
	for {
		switch flow.Now.(type) {
		case app.NewPassword:
			flow = p.submit(flow, app.GivePassword{Password: app.NewSecret(newSecret)})
		case app.Confirming:
			flow = p.submit(flow, app.CheckAgain{})
		default:
			return flow
		}
	}
}

// refused holds a used code against a gate.
func (p *stubborn) refused(flow app.Flow, code string) app.Flow {
	p.t.Helper()
	before := step[app.EnterCode](p, flow).Channel
	next, err := p.try(flow, app.GiveCode{Digits: app.NewSecret(code)})
	if err == nil {
		p.t.Fatalf("a code that was used passed the gate of %s", before)
	}
	if next.ID == "" {
		p.t.Fatalf("a used code at %s: %v, and no flow beside it", before, err)
	}
	return next
}

func (p *stubborn) onlyThePasswordWorks(good, dead, secret string) {
	if err := p.signIn(dead, ""); app.CodeOf(err) != app.CodeSignIn {
		p.t.Errorf("the old password: %v, want %s", err, app.CodeSignIn)
	}
	if err := p.signIn(good, secret); err != nil {
		p.t.Errorf("the new password: %v", err)
	}
}

func (p *stubborn) stillRegistered() {
	have := step[app.Registered](p, p.start(app.PurposeRegister)).Have
	if len(have) != 2 {
		p.t.Errorf("two ways were registered and acknowledged, %d are there", len(have))
	}
}

// totp is a code of a time step that was not used yet.
func (p *stubborn) totp(secret string) string {
	p.victim.advance(31 * time.Second)
	code, err := totp.GenerateCode(secret, p.victim.Now())
	if err != nil {
		p.t.Fatal(err)
	}
	return code
}

// sent is the code of the next message to an address or a number. A delivery that was killed under way is made again
// when its lease is over.
func (p *stubborn) sent(to string) string {
	p.t.Helper()
	for range 20 {
		codes := p.victim.codes(to)
		if len(codes) > p.seen[to] {
			p.seen[to] = len(codes)
			return codes[len(codes)-1]
		}
		p.victim.advance(31 * time.Second)
		p.victim.restart()
	}
	p.t.Fatal("a code was promised and never sent")
	return ""
}

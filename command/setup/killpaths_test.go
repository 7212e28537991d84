package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// killPaths are the ways through the program that are walked by turns, beside registration and reset.
var killPaths = []struct {
	name     string
	requests int // that each run makes at least
	walk     func(p *stubborn)
}{
	{"first password by a pass", 14, (*stubborn).firstByPass},
	{"unlock", 8, (*stubborn).unlock},
	{"first password by contacts", 8, (*stubborn).firstByContacts},
	{"security key", 16, (*stubborn).securityKey},
}

// killsOnPaths is how many runs `make test` performs on these; `make soak` performs more.
const killsOnPaths = 60

// TestKilledOnEveryPathNothingIsLost kills the backend with SIGKILL at a random point of each run, while this process,
// as a command of an administrator does, issues passes, imports contacts and applies policies on the same store.
func TestKilledOnEveryPathNothingIsLost(t *testing.T) {
	runs := killsOnPaths
	if more, err := strconv.Atoi(os.Getenv("SPAREKEY_KILLS")); err == nil {
		runs = more
	}
	seeded := filepath.Join(t.TempDir(), "seeded")
	newVictim(t, seeded, nil).stop()
	for seed := range runs {
		path := killPaths[seed%len(killPaths)]
		t.Run(fmt.Sprintf("seed %d, %s", seed, path.name), func(t *testing.T) {
			t.Parallel()
			path.walk(newStubborn(t, seeded, uint64(seed), path.requests))
		})
	}
}

// command does something in a second backend, beside the victim.
func (p *stubborn) command(do func(ctx context.Context, e *Trial) error) {
	p.t.Helper()
	e, err := OpenTrial(p.t.Context(), TrialConfig{Folders: p.victim.folders(), Clock: p.victim, Hasher: quickHasher()})
	if err != nil {
		p.t.Fatalf("beside the victim: %v", err)
	}
	err = e.Service.Reload(p.t.Context())
	if err == nil {
		err = do(asOperator(p.t.Context()), e)
	}
	if err := errors.Join(err, e.Close()); err != nil {
		p.t.Fatalf("beside the victim: %v", err)
	}
}

func (p *stubborn) issue(person trial.Person) (made app.Pass) {
	p.t.Helper()
	p.command(func(ctx context.Context, e *Trial) (err error) {
		made, err = e.Service.IssuePass(ctx, app.IssuePass{UserID: person.UserID, By: "jo"})
		return err
	})
	return made
}

// applyPolicy puts another version in force, in the middle of what is going on.
func (p *stubborn) applyPolicy() {
	p.t.Helper()
	p.command(func(ctx context.Context, e *Trial) error {
		next := trial.Policy()
		next.Codes.Tries++
		verdict, err := e.Administration().Policies.ApplyPolicy(ctx, app.PolicyDraft{Document: policy.Effective(next), Source: "/policy.toml", By: "jo", After: 1})
		if err == nil && verdict.Number != 2 {
			err = fmt.Errorf("the policy was not applied: %+v", verdict)
		}
		return err
	})
}

// once fails unless each of these succeeded exactly once.
func (p *stubborn) once(told map[string]int, actions ...string) {
	p.t.Helper()
	for _, action := range actions {
		if told[action] != 1 {
			p.t.Errorf("%s succeeded %d times in the audit trail, want once: %v", action, told[action], told)
		}
	}
}

// firstByPass: a pass is issued beside the victim; it signs in once, sets the first password once, and registers.
func (p *stubborn) firstByPass() {
	ines := sample(trial.New)
	before := p.victim.stamp(ines.UserID)
	flow := p.start(app.PurposeSignIn)
	pass := p.issue(ines)
	in := app.SignInWithPass{UserID: ines.UserID, Pass: pass.Code}
	flow = p.submit(flow, in)
	step[app.NewPassword](p, flow)
	p.usedUp(in)
	p.applyPolicy()
	step[app.SignedIn](p, p.giveNew(flow))
	if err := p.insist(func() error { _, err := p.client.Open(context.Background(), flow.ID); return err }); err != nil {
		p.t.Fatalf("open: %v", err)
	}
	p.registerBoth("ines@letters.example")
	p.usedUp(in)
	flow = p.submit(p.start(app.PurposeSignIn), app.SignIn{UserID: ines.UserID, Password: app.NewSecret(newSecret)})
	step[app.EnterCode](p, flow) // the password is right, and what was registered is there
	v := p.end()
	if after := v.stamp(ines.UserID); after != before+1 {
		p.t.Errorf("the first password was set %d times", after-before)
	}
	told := v.told()
	p.once(told, "pass.issue", "pass.use", "sign_in.write")
	if told["policy.apply"] != 2 || told["register.added"] != 2 {
		p.t.Errorf("the trail tells of %d policies and %d methods: %v", told["policy.apply"], told["register.added"], told)
	}
}

func (p *stubborn) usedUp(in app.SignInWithPass) {
	p.t.Helper()
	if _, err := p.try(p.start(app.PurposeSignIn), in); app.CodeOf(err) != app.CodeWrongPass {
		p.t.Errorf("a pass that was used: %v, want %s", err, app.CodeWrongPass)
	}
}

// unlock: the lock goes, is told and entered once, and the password stays.
func (p *stubborn) unlock() {
	farid := sample(trial.Locked)
	before := p.victim.stamp(farid.UserID)
	flow := p.submit(p.start(app.PurposeReset), app.GiveUserID{UserID: farid.UserID})
	flow = p.submit(flow, app.GiveReason{Reason: app.ReasonLocked})
	flow = p.submit(flow, app.Choose{Kind: app.KindAuthApp})
	flow = p.submit(flow, app.GiveCode{Digits: app.NewSecret(farid.Code(p.victim.Now()))})
	flow = p.submit(flow, app.GiveCode{Digits: app.NewSecret(p.sent(farid.Mail))})
	p.applyPolicy()
	flow = p.submit(flow, app.GiveUnlock{Only: true})
	for range 5 {
		if _, known := flow.Now.(app.CurrentPassword); !known {
			break
		}
		next, err := p.try(flow, app.GiveCurrentPassword{Password: app.NewSecret(farid.Password)})
		if err != nil && next.ID == "" {
			p.t.Fatalf("the password: %v", err)
		}
		flow = next
	}
	if facts := step[app.Done](p, flow).Facts; !slices.Contains(facts, app.FactUnlocked) {
		p.t.Errorf("facts: %v", facts)
	}
	v := p.end()
	account := v.account(farid.UserID)
	if !account.LockedUntil.IsZero() || account.Stamp != strconv.Itoa(before) {
		p.t.Errorf("after the unlock: %+v", account)
	}
	p.once(v.told(), "reset.unlocked")
}

// firstByContacts: an import beside the victim is there whole; both contacts are confirmed once, the password set once.
func (p *stubborn) firstByContacts() {
	hugo, ana := sample(trial.Never), sample(trial.Ready)
	before := p.victim.stamp(hugo.UserID)
	flow := p.submit(p.start(app.PurposeReset), app.GiveUserID{UserID: hugo.UserID})
	flow = p.submit(flow, app.GiveReason{Reason: app.ReasonNever})
	flow = p.submit(flow, app.Choose{Kind: app.KindSMS})
	flow = p.submit(flow, app.GivePhone{Number: hugo.Mobile})
	p.command(func(ctx context.Context, e *Trial) error {
		file := []byte("user_id,mobile,email\n" + ana.UserID + ",+61491570156," + anaMail + "\n")
		done, err := e.Administration().Contacts.ImportContacts(ctx, app.ContactsFile{Content: file})
		if err == nil && (len(done.Problems) > 0 || done.Added != 3) {
			err = fmt.Errorf("imported %+v", done)
		}
		return err
	})
	flow = p.submit(flow, app.GiveCode{Digits: app.NewSecret(p.sent(hugo.Mobile))})
	flow = p.submit(flow, app.GiveCode{Digits: app.NewSecret(p.sent(hugo.Mail))})
	flow = p.giveNew(flow)
	if facts := step[app.Done](p, flow).Facts; !slices.Contains(facts, app.FactFirstPassword) || !slices.Contains(facts, app.FactContacts) {
		p.t.Errorf("facts: %v", facts)
	}
	v := p.end()
	if after := v.stamp(hugo.UserID); after != before+1 {
		p.t.Errorf("the first password was set %d times", after-before)
	}
	told := v.told()
	p.once(told, "users.import", "reset.write")
	if told["contact.confirmed"] != 2 {
		p.t.Errorf("%d contacts were confirmed, want 2", told["contact.confirmed"])
	}
	p.command(func(_ context.Context, e *Trial) error {
		if n := onFile(p.t, e, ana.ID); n != 3 {
			p.t.Errorf("%d imported contacts are there, want all 3", n)
		}
		return nil
	})
}

// securityKey: a key is registered once, proves, and its counter never goes back.
func (p *stubborn) securityKey() {
	key := &keytest.Key{}
	if err := p.signIn(oldSecret, ""); err != nil {
		p.t.Fatalf("sign in: %v", err)
	}
	flow := p.submit(p.start(app.PurposeRegister), app.Choose{Kind: app.KindSecurityKey})
	made := key.Create(*step[app.UseKey](p, flow).Create)
	flow = p.submit(flow, app.GiveKey{Name: "Blue key", Answer: made})
	if have := step[app.Registered](p, flow).Have; len(have) != 1 {
		p.t.Fatalf("registered: %+v", have)
	}
	p.submit(flow, app.Finish{})
	p.applyPolicy()
	var last uint32
	for range 4 {
		p.victim.advance(time.Second)
		flow = p.submit(p.start(app.PurposeSignIn), app.SignIn{UserID: ana, Password: app.NewSecret(oldSecret)})
		if last > 0 {
			stale := key.Get(*step[app.UseKey](p, flow).Get, func(d *keytest.Draft) { d.Counter = last })
			next, err := p.try(flow, app.GiveKey{Answer: stale})
			if app.CodeOf(err) != app.CodeKeyAnswer {
				p.t.Fatalf("a counter that was used already: %v", err)
			}
			flow = next
		}
		proof := key.Get(*step[app.UseKey](p, flow).Get)
		last = key.Counter
		step[app.SignedIn](p, p.submit(flow, app.GiveKey{Answer: proof}))
	}
	p.once(p.end().told(), "register.added")
}

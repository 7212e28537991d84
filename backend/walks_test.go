package backend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// TestWalks goes at random through everything that people, administrators and accidents may do, several conversations of
// several people at once, and holds what happens against a model of its own, which knows only what it did itself:
//
//	a password is written    only where the account's proofs, as the model gave them, are enough for whoever it is now; after
//	                         signing in, where the directory wants another one, or there was none
//	a session is opened      only after the right password and the second proof that was due, or a good pass
//	nobody                   is locked out of the directory by tries here, or gives more wrong proofs in a day than the policy says
//	a lock                   lets nothing but a key prove anything, after so many ended gates or as many wrong tries; and
//	                         nothing at all at the cap
//	a code                   is taken once, and a wrong answer never; by a decoy not even a right one
//	a session                ends with the password that was reset
//	a repeat                 gets the answer that it got, and changes nothing
//	every page               takes an answer, or is an end
//	no input                 panics, or ends in a fault of ours
//
// Each walk has a number, from which it can be had again: SPAREKEY_WALK=17 SPAREKEY_WALKS=1. SPAREKEY_TRAILS=FOLDER keeps
// the audit trail of each walk there, one entry a line, so that two versions of the program can be compared.
func TestWalks(t *testing.T) {
	t.Parallel()
	walks, err := strconv.Atoi(os.Getenv("SPAREKEY_WALKS"))
	if err != nil {
		walks = 3
	}
	seed, err := strconv.Atoi(os.Getenv("SPAREKEY_WALK"))
	if err != nil {
		seed = 1
	}
	for ; walks > 0; walks-- {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			k := newWalk(t, rand.New(rand.NewPCG(uint64(seed), 0)))
			k.goOn(500)
			k.keepTrail(fmt.Sprint(seed))
		})
		seed++
	}
}

// keepTrail writes the walk's audit trail into the folder that SPAREKEY_TRAILS names, if it names one.
func (k *walk) keepTrail(name string) {
	folder := os.Getenv("SPAREKEY_TRAILS")
	if folder == "" {
		return
	}
	var trail bytes.Buffer
	k.ok(store.ReadAudit(k.t.Context(), filepath.Join(k.folder, "store.db"), func(page []port.AuditEntry) error {
		for _, e := range page {
			if err := json.NewEncoder(&trail).Encode(e); err != nil {
				return err
			}
		}
		return nil
	}))
	k.ok(os.MkdirAll(folder, 0o755))
	k.ok(os.WriteFile(filepath.Join(folder, name+".jsonl"), trail.Bytes(), 0o600))
}

// walk is one walk, and the model.
type walk struct {
	*world
	luck   *rand.Rand
	policy policy.Policy
	people []trial.Person
	keys   map[app.AccountID]*keytest.Key
	apps   map[app.AccountID][]string // base32 secrets that were registered
	pw     map[app.AccountID]string
	flows  []*path
	now    *path // whose input is on its way
	grants []app.Grant
	passes map[app.AccountID]app.Secret // good, as far as is known
	tries  map[app.AccountID]*tries
	locked map[app.AccountID]bool // as the model did it
	spent  map[string]time.Time   // codes that were taken, and when
	spoil  func(*policy.Policy)   // what a planted fault makes of a policy that is applied; nil for nothing
	said   []string               // for whoever reads a failure
	fresh  int
	wrong  int // of twelve answers
}

// path is one conversation, and what the model proved in it.
type path struct {
	*talk
	purpose app.Purpose
	who     trial.Person
	proofs  map[app.Kind]bool
	right   bool       // the right password was given
	passed  bool       // by a pass
	decoy   bool       // its account could not be helped when it was looked at, in private
	wrote   bool       // the directory took a new password, and said so
	renew   bool       // the password had to be changed when it was given
	asked   bool       // the directory was asked to set one
	due     []app.Kind // one of these is due after the password
	last    sent
}

// sent is an input, to be sent again.
type sent struct {
	in   app.Input
	rev  int
	key  app.IdempotencyKey
	code app.Code
}

// newWalk makes a walk, of a backend into which plant may put a fault: it gets the walk before its first step.
func newWalk(t testing.TB, luck *rand.Rand, plant ...func(*walk)) *walk {
	wrong := []int{1, 10}[luck.IntN(2)] // the latter are strangers, who guess until recovery is locked
	w := newWorld(t, everyWay, func(p *policy.Policy) {
		if wrong > 1 {
			p.Recovery.EndedGates, p.Recovery.MostWrongTries = 2, 20
		}
	})
	k := &walk{
		world: w, luck: luck, people: trial.People(), keys: map[app.AccountID]*keytest.Key{}, apps: map[app.AccountID][]string{},
		pw: map[app.AccountID]string{}, passes: map[app.AccountID]app.Secret{}, tries: map[app.AccountID]*tries{},
		locked: map[app.AccountID]bool{}, spent: map[string]time.Time{},
	}
	luck.Shuffle(len(k.people), func(i, j int) { k.people[i], k.people[j] = k.people[j], k.people[i] })
	k.people, k.wrong = k.people[:4], wrong // few, so that much happens to each
	if wrong > 1 {
		k.people = k.people[:2]
	}
	k.policy, k.keys["nobody"] = w.config.Policy, &keytest.Key{}
	w.config.Log = slog.New(faultLog{k})
	for _, put := range plant {
		put(k)
	}
	w.restart()
	for _, p := range k.people {
		k.keys[p.ID], k.pw[p.ID], k.tries[p.ID] = &keytest.Key{}, p.Password, &tries{}
		k.locked[p.ID] = p.State == trial.Locked
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, line := range k.said[max(len(k.said)-60, 0):] {
				t.Log(line)
			}
		}
	})
	return k
}

func everyWay(p *policy.Policy) {
	p.Methods.Allowed = app.Kinds()
	p.Recovery.StartsPerHour = 50
}

// faultLog fails the walk at whatever the backend logs as a fault of its own.
type faultLog struct{ k *walk }

func (f faultLog) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (f faultLog) WithAttrs([]slog.Attr) slog.Handler           { return f }
func (f faultLog) WithGroup(string) slog.Handler                { return f }
func (f faultLog) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "code" && a.Value.String() == string(app.CodeInternal) {
			f.k.t.Errorf("a fault: %s", r.Message)
		}
		return true
	})
	return nil
}

// draw gives a number below n.
func (k *walk) draw(n int) int { return k.luck.IntN(n) }

func pickOne[T any](k *walk, of []T) T { return of[k.draw(len(of))] }

func (k *walk) tell(format string, args ...any) {
	k.said = append(k.said, fmt.Sprintf(format, args...))
}

func (k *walk) goOn(steps int) {
	for ; steps > 0 && !k.t.Failed(); steps-- {
		switch d := k.draw(40); {
		case d < 2 || len(k.flows) < 3 && d < 10 || len(k.flows) == 0:
			k.open()
		case d < 35:
			k.speak(pickOne(k, k.flows))
		default:
			k.happen()
		}
		k.check()
	}
}

// account is somebody's in the directory now.
func (k *walk) account(p trial.Person) port.DirectoryAccount {
	account, err := k.dir.Directory.Account(k.t.Context(), p.ID)
	k.ok(err)
	return account
}

// check holds what holds at any time.
func (k *walk) check() {
	for _, p := range k.people {
		if locked := k.account(p).LockedUntil.After(k.clock.Now()); locked && !k.locked[p.ID] {
			k.t.Errorf("%s was locked out of the directory", p.UserID)
		}
		if n := lately(k.tries[p.ID].all, k.clock.Now()); n > k.policy.Recovery.MostWrongTries {
			k.t.Errorf("%s: %d wrong proofs were tried in a day", p.UserID, n)
		}
	}
}

// open begins a conversation: of somebody's session where the purpose takes one.
func (k *walk) open() {
	purpose := pickOne(k, []app.Purpose{app.PurposeReset, app.PurposeReset, app.PurposeSignIn, app.PurposeSignIn,
		app.PurposeRegister, app.PurposeManage, app.PurposeChange})
	if k.wrong > 1 && k.draw(2) == 0 {
		purpose = app.PurposeReset
	}
	caller := app.Caller{Origin: here}
	p := &path{purpose: purpose, who: pickOne(k, k.people), proofs: map[app.Kind]bool{}}
	if purpose != app.PurposeReset && purpose != app.PurposeSignIn {
		if len(k.grants) == 0 {
			return
		}
		var err error
		if caller, err = k.caller(pickOne(k, k.grants).Access); err != nil {
			return
		}
		p.who = k.people[slices.IndexFunc(k.people, func(q trial.Person) bool { return q.ID == caller.Account })]
	}
	flow, err := k.Start(app.WithCaller(k.t.Context(), caller), app.Start{Purpose: purpose, Key: k.key()})
	k.tell("start %s of %s: %T %v", purpose, p.who.UserID, flow.Now, err)
	if err != nil {
		return
	}
	p.talk = &talk{w: k.world, ctx: k.as(flow.ID), flow: flow}
	if k.flows = append(k.flows, p); len(k.flows) > 6 {
		k.flows = k.flows[1:]
	}
}

// speak has a conversation go on, well or badly.
func (k *walk) speak(p *path) {
	flow, err := k.Get(p.ctx, p.flow.ID)
	if err != nil {
		if code := app.CodeOf(err); code != app.CodeEnded && code != app.CodeExpired && code != app.CodeNoFlow && code != app.CodeSignedOut {
			k.t.Errorf("reading a flow: %v", err)
		}
		k.leave(p)
		return
	}
	p.flow = flow
	k.answerable(p)
	switch d := k.draw(20); {
	case d < 12:
		in, right := k.natural(p, d >= k.wrong)
		if in == nil {
			k.leave(p)
			return
		}
		k.say(p, in, right, true)
	case d < 14 && p.last.in != nil:
		k.repeat(p)
	case d < 15:
		k.say(p, pickOne(k, k.anything(p)), false, false)
	case d < 17 && len(flow.Others) > 0:
		k.say(p, app.Choose{Kind: pickOne(k, flow.Others).Kind}, false, true)
	case d < 18 && flow.CanBack:
		k.say(p, app.Back{}, false, true)
	case d < 19 && flow.Contact && k.draw(3) == 0:
		k.say(p, app.ContactAdmin{}, false, true)
	case d < 20 && k.draw(4) == 0:
		k.ok(k.Cancel(p.ctx, flow.ID))
	}
}

func (k *walk) leave(p *path) {
	k.flows = slices.DeleteFunc(k.flows, func(q *path) bool { return q == p })
}

// say submits an input; natural ones answer the step that is shown, and so have to be taken or refused for what they say.
func (k *walk) say(p *path, in app.Input, right, natural bool) {
	before := p.flow
	p.last = sent{in: in, rev: before.Rev, key: k.key()}
	k.now = p
	k.believe(p, in, right)
	flow, err := k.Submit(p.ctx, before.ID, before.Rev, p.last.key, in)
	k.now = nil
	code := app.CodeOf(err)
	p.last.code = code
	k.tell("%s of %s at %T: %T %+v (right %v) → %T, %v", p.purpose, p.who.UserID, before.Now, in, in, right, flow.Now, err)
	if flow.ID != "" {
		p.flow = flow
	}
	if natural && (code == app.CodeNotNow || code == app.CodeBadRequest) {
		k.t.Errorf("%T does not take %T: %v", before.Now, in, err)
	}
	k.learn(p, before, in, right, code)
}

// repeat sends an input again.
func (k *walk) repeat(p *path) {
	before, err := k.Get(p.ctx, p.flow.ID)
	if err != nil || p.last.code == app.CodeUnavailable {
		return
	}
	wrote := k.heardAll()
	flow, err := k.Submit(p.ctx, p.flow.ID, p.last.rev, p.last.key, p.last.in)
	again := app.CodeOf(err)
	if again == app.CodeMoved || again == app.CodeEnded || again == app.CodeNotNow { // it was refused, and not kept
		return
	}
	k.tell("%s of %s: %T again → %T, %v", p.purpose, p.who.UserID, p.last.in, flow.Now, err)
	if again != p.last.code || flow.Rev != before.Rev || k.heardAll() != wrote {
		k.t.Errorf("%T sent again got %v after %v, revision %d after %d", p.last.in, err, p.last.code, flow.Rev, before.Rev)
	}
}

func (k *walk) heardAll() int { return len(k.messages()) }

// answerable fails where a page takes nothing and is no end.
func (k *walk) answerable(p *path) {
	dead := false
	switch step := p.flow.Now.(type) {
	case nil:
		dead = true
	case app.ChooseMethod:
		dead = len(step.Choices) == 0
	case app.Triage:
		dead = len(step.Reasons) == 0
	case app.UseKey:
		dead = step.Create == nil && step.Get == nil
	case app.AnswerQuestions:
		dead = len(step.Questions) == 0
	case app.PickQuestions:
		dead = step.Choose > len(step.Questions)
	case app.Done:
		dead = len(step.Facts) == 0
	case app.Blocked:
		dead = step.Code == ""
	case app.ConfirmOnPhone:
		dead = len(step.Digits) != 2
	}
	if dead {
		k.t.Errorf("%s of %s stands at a dead end: %T %+v", p.purpose, p.who.UserID, p.flow.Now, p.flow.Now)
	}
}

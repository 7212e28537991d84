package backend_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// withKeys allows keys beside what the sample people have, and as many tries as a test wants.
func withKeys(p *policy.Policy) {
	p.Methods.Allowed = []app.Kind{app.KindSecurityKey, app.KindAuthApp, app.KindEmail}
	p.Recovery.StartsPerHour, p.Recovery.EndedGates, p.Recovery.MostWrongTries, p.Recovery.WrongInARow = 1000, 1000, 5000, 5000
}

// make answers the step at hand with a new credential of a key.
func (k *talk) make(key *keytest.Key, name string, spoil ...func(*keytest.Draft)) app.GiveKey {
	k.w.t.Helper()
	step := at[app.UseKey](k)
	if step.Create == nil {
		k.w.t.Fatalf("no credential is asked for: %+v", step)
	}
	return app.GiveKey{Name: name, Answer: key.Create(*step.Create, spoil...)}
}

// use answers the step at hand with proof by a key.
func (k *talk) use(key *keytest.Key, spoil ...func(*keytest.Draft)) app.GiveKey {
	k.w.t.Helper()
	step := at[app.UseKey](k)
	if step.Get == nil {
		k.w.t.Fatalf("no proof is asked for: %+v", step)
	}
	return app.GiveKey{Answer: key.Get(*step.Get, spoil...)}
}

// addKey registers a key in a flow that offers it.
func (k *talk) addKey(key *keytest.Key, name string) *talk {
	k.w.t.Helper()
	k.must(app.Choose{Kind: app.KindSecurityKey})
	k.must(k.make(key, name))
	k.w.clock.pass(time.Second)
	return k
}

// openWith signs a person in by their key, and begins a flow of theirs.
func (w *world) openWith(p trial.Person, key *keytest.Key, purpose app.Purpose) *talk {
	w.t.Helper()
	k := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: p.UserID, Password: secret(p.Password)})
	at[app.SignedIn](k.must(k.use(key)))
	grant, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	caller, err := w.caller(grant.Access)
	w.ok(err)
	return w.start(purpose, caller)
}

// places are those of the stepper.
func (k *talk) places() string {
	var names []string
	for _, p := range k.flow.Places {
		names = append(names, string(p.ID))
	}
	return strings.Join(names, " ")
}

// TestAKeyThatCountsAsTwoLeavesOneOfThreeMissing: it is not the credentials that are counted.
func TestAKeyThatCountsAsTwoLeavesOneOfThreeMissing(t *testing.T) {
	w, ana := newWorld(t, withKeys, func(p *policy.Policy) { p.Methods.Register = 3 }), someone(trial.Ready)
	caller, err := w.caller(w.signIn(ana).Access)
	w.ok(err)
	caller.Origin = here
	k := w.start(app.PurposeRegister, caller)
	if got := at[app.ChooseMethod](k).Missing; got != 3 {
		t.Errorf("%d are missing before", got)
	}
	k.addKey(&keytest.Key{}, "Key")
	if got := at[app.ChooseMethod](w.start(app.PurposeRegister, caller)).Missing; got != 1 {
		t.Errorf("%d are missing beside the key", got)
	}
}

func TestAKeyAloneResets(t *testing.T) {
	w, ana := newWorld(t, withKeys), someone(trial.Ready)
	key := &keytest.Key{}
	k := w.register(ana)
	page := at[app.Registered](k.addKey(key, "  Blue key "))
	if len(page.Have) != 1 || page.Have[0].Masked != "Blue key" || page.Missing != 0 || !page.Recommend || len(page.More) == 0 {
		t.Errorf("registered: %+v", page)
	}
	k = w.reset(ana)
	if got := k.places(); got != "who prove new_password" {
		t.Errorf("places: %s", got)
	}
	step := at[app.UseKey](k).Get
	if step.RPID != "harbour.example" || step.Origin != "https://harbour.example" || len(step.Challenge) != 32 || len(step.Allow) != 1 || step.Verification != app.VerifyRequired {
		t.Errorf("asked for %+v", step)
	}
	at[app.NewPassword](k.must(k.use(key)))
	if got := k.places(); got != "who prove new_password" {
		t.Errorf("places: %s", got)
	}
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
}

func TestAKeyIsBothGatesOrTheFirst(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	key := &keytest.Key{}
	w.register(ben).addKey(key, "Blue key")
	choices := at[app.ChooseMethod](w.reset(ben)).Choices
	if len(choices) != 3 || !choices[0].Double || choices[1].Double || choices[2].Double {
		t.Errorf("offered: %+v", choices)
	}
	k := w.reset(ben)
	if got := k.places(); got != "who prove prove_again new_password" {
		t.Errorf("before the choice: %s", got)
	}
	k.must(app.Choose{Kind: app.KindSecurityKey})
	if got := k.places(); got != "who prove new_password" {
		t.Errorf("with the key: %s", got)
	}
	k.must(app.Choose{Kind: app.KindAuthApp})
	if got := k.places(); got != "who prove prove_again new_password" {
		t.Errorf("with the app: %s", got)
	}
	w.clock.pass(time.Minute)
	k.must(w.code(ben), app.Choose{Kind: app.KindSecurityKey})
	if got := k.places(); got != "who prove prove_again new_password" {
		t.Errorf("with the key at the second gate: %s", got)
	}
	at[app.NewPassword](k.must(k.use(key)))
}

func unverified(d *keytest.Draft) { d.Flags &^= keytest.Verified }

// TestWhatAKeyMustBeToCountAsTwo breaks one condition at a time.
func TestWhatAKeyMustBeToCountAsTwo(t *testing.T) {
	model := [16]byte{1, 2, 3}
	const aaguid = "01020300-0000-0000-0000-000000000000"
	preferred := func(p *policy.Policy) { p.SecurityKey.Verification = app.VerifyPreferred }
	for name, c := range map[string]struct {
		who         trial.State
		policy      func(*policy.Policy)
		registering []func(*keytest.Draft)
		afterwards  func(w *world, p trial.Person)
		proving     []func(*keytest.Draft)
		single      bool // what the chooser says
	}{
		"nothing missing":                 {who: trial.Registered, single: true},
		"the policy":                      {who: trial.Registered, policy: func(p *policy.Policy) { p.SecurityKey.CountsAsTwo = false }},
		"an administrator":                {who: trial.Admin},
		"not verified when it registered": {who: trial.Registered, policy: preferred, registering: []func(*keytest.Draft){unverified}},
		"not verified when it proved":     {who: trial.Registered, policy: preferred, proving: []func(*keytest.Draft){unverified}, single: true},
		"registered by somebody else": {who: trial.Registered, afterwards: func(w *world, p trial.Person) {
			w.change(p, func(c *port.CredentialRecord) { c.Own = false })
		}},
		"its model is denied by now": {who: trial.Registered, afterwards: func(w *world, _ trial.Person) {
			w.config.Policy.SecurityKey.Deny = []string{aaguid}
			w.restart()
		}},
		"others are allowed by now": {who: trial.Registered, afterwards: func(w *world, _ trial.Person) {
			w.config.Policy.SecurityKey.Allow = []string{"2fc0579f-8113-47ea-b116-bb5a8db9202a"}
			w.restart()
		}},
		"its model is allowed": {who: trial.Registered, single: true, policy: func(p *policy.Policy) {
			p.SecurityKey.Allow = []string{aaguid}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			change := []func(*policy.Policy){withKeys}
			if c.policy != nil {
				change = append(change, c.policy)
			}
			w, p := newWorld(t, change...), someone(c.who)
			key := &keytest.Key{AAGUID: model}
			k := w.register(p).must(app.Choose{Kind: app.KindSecurityKey})
			k.must(k.make(key, "Blue key", c.registering...))
			if c.afterwards != nil {
				c.afterwards(w, p)
			}
			k = w.reset(p)
			if got := at[app.ChooseMethod](k).Choices[0]; got.Kind != app.KindSecurityKey || got.Double != c.single {
				t.Errorf("offered: %+v", got)
			}
			k.must(app.Choose{Kind: app.KindSecurityKey})
			k.must(k.use(key, c.proving...))
			_, over := k.flow.Now.(app.NewPassword)
			if want := c.single && c.proving == nil; over != want {
				t.Errorf("after the key: %T", k.flow.Now)
			}
		})
	}
}

func TestAKeyThatCountsAsOneDoesNotResetAlone(t *testing.T) {
	w, ana := newWorld(t, withKeys, func(p *policy.Policy) { p.SecurityKey.CountsAsTwo = false }), someone(trial.Ready)
	key := &keytest.Key{}
	at[app.ChooseMethod](w.register(ana).addKey(key, "Blue key")) // not enough yet
	if got := at[app.Blocked](w.reset(ana)); got.Code != app.CodeNotVerified {
		t.Errorf("a reset: %+v", got)
	}
}

// TestTheKeyThatCountsAsTwoIsAskedFor where another of the same person would lead nowhere.
func TestTheKeyThatCountsAsTwoIsAskedFor(t *testing.T) {
	w := newWorld(t, withKeys, func(p *policy.Policy) { p.SecurityKey.Verification = app.VerifyPreferred })
	ana, weak, strong := someone(trial.Ready), &keytest.Key{}, &keytest.Key{}
	k := w.register(ana).must(app.Choose{Kind: app.KindSecurityKey})
	k.must(k.make(weak, "Old key", unverified))
	k.addKey(strong, "New key")
	k = w.reset(ana)
	if allow := at[app.UseKey](k).Get.Allow; len(allow) != 1 || strong.Get(*at[app.UseKey](k).Get).Signature == nil {
		t.Errorf("asked for %d keys", len(allow))
	}
	at[app.NewPassword](k.must(k.use(strong)))
	k = w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: ana.UserID, Password: secret(ana.Password)})
	at[app.SignedIn](k.must(k.use(weak))) // to sign in any of them will do
}

func TestAKeySignsInAndProvesAnew(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	key := &keytest.Key{}
	w.register(ben).addKey(key, "Blue key")
	k := w.openWith(ben, key, app.PurposeManage)
	if have := at[app.SecurityInfo](k).Have; !have[2].Default || have[2].LastUsed.IsZero() {
		t.Errorf("not the default, or not used: %+v", have[2])
	}
	id := k.owns(app.KindSecurityKey)
	at[app.ConfirmDelete](k.must(app.Delete{Credential: id})) // proven a moment ago
	k.must(app.Back{})
	w.clock.pass(10*time.Minute + time.Second)
	k.must(app.Delete{Credential: id})
	if ask := at[app.ConfirmDelete](k.must(k.use(key))); ask.Left != 2 {
		t.Errorf("%d would be left", ask.Left)
	}
	at[app.SecurityInfo](k.must(app.Delete{Credential: id}))
}

func TestAnyKeyOfAPersonPasses(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	keys := []*keytest.Key{{}, {Algorithm: keytest.EdDSA}}
	k := w.register(ben)
	for _, key := range keys {
		k.addKey(key, "Key")
	}
	for _, key := range keys {
		k := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
		if allow := at[app.UseKey](k).Get.Allow; len(allow) != 2 {
			t.Errorf("asked for %d keys", len(allow))
		}
		at[app.NewPassword](k.must(k.use(key)))
	}
}

func TestTenKeysEachOnce(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	k := w.register(ben)
	for range 9 {
		k.addKey(&keytest.Key{}, "Key")
	}
	twice := &keytest.Key{}
	k.addKey(twice, "Key").must()
	k.refused(app.Choose{Kind: app.KindSecurityKey}, app.CodeLimit)
	if n := len(at[app.Registered](k).Have); n != 12 {
		t.Errorf("%d are registered", n)
	}
}

// again is an answer that would register the same credential once more.
func again(k *talk, of *keytest.Key, name string) app.GiveKey {
	k.w.t.Helper()
	return app.GiveKey{Name: name, Answer: of.Again(*at[app.UseKey](k).Create)}
}

func TestNoCredentialIsRegisteredTwice(t *testing.T) {
	w, ben, greta := newWorld(t, withKeys), someone(trial.Registered), someone(trial.Admin)
	key := &keytest.Key{}
	k := w.register(ben).addKey(key, "Key").must(app.Choose{Kind: app.KindSecurityKey})
	asked := at[app.UseKey](k).Create
	if len(asked.Exclude) != 1 {
		t.Errorf("%d are excluded", len(asked.Exclude))
	}
	k.refused(again(k, key, "Same key"), app.CodeKeyExcluded)
	other := w.register(greta).must(app.Choose{Kind: app.KindSecurityKey})
	theirs := at[app.UseKey](other).Create
	if len(theirs.Exclude) != 0 || bytes.Equal(theirs.UserID, asked.UserID) || len(theirs.UserID) != 64 {
		t.Errorf("asked another person for %+v", theirs)
	}
	if mine := at[app.UseKey](k).Create; !bytes.Equal(mine.UserID, asked.UserID) || bytes.Equal(mine.Challenge, asked.Challenge) {
		t.Error("a person's handle changed, or a challenge did not")
	}
	other.refused(again(other, key, "Ben's key"), app.CodeKeyExcluded)
	at[app.Registered](other)
}

func TestAKeysName(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	key := &keytest.Key{}
	k := w.register(ben).must(app.Choose{Kind: app.KindSecurityKey})
	answer := k.make(key, "")
	for _, bad := range []string{"", "  ", strings.Repeat("x", 41), "\u202e\n", "a\x00", "a\x1b[0m", "\xff"} {
		answer.Name = bad
		if refusal := k.refused(answer, app.CodeKeyName); refusal.Field != "name" {
			t.Errorf("%q: %+v", bad, refusal)
		}
	}
	answer.Name = "\ufeff Cle\u0301\r\nbleue\u200b" + strings.Repeat("ü", 30)
	k.must(answer) // what the key made is still good
	have := at[app.Registered](k).Have
	if !slices.ContainsFunc(have, func(c app.Credential) bool { return c.Masked == "Clé bleue"+strings.Repeat("ü", 30) }) {
		t.Errorf("the name is kept otherwise: %+v", have)
	}
}

func TestAnAnswerThatComesLate(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	key := &keytest.Key{}
	w.register(ben).addKey(key, "Key")
	k := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	answer := k.use(key)
	w.clock.pass(5*time.Minute + time.Second)
	k.refused(answer, app.CodeKeyLate)
	at[app.NewPassword](k.must(k.use(key)))
}

func TestTheDomainIsFrozen(t *testing.T) {
	w, ana := newWorld(t, withKeys), someone(trial.Ready)
	move := func(rpID, origin string) error {
		c := w.config
		c.Policy.SecurityKey.RPID, c.Policy.SecurityKey.Origin = rpID, origin
		_, err := backend.New(c)
		return err
	}
	w.ok(move("other.example", "https://other.example")) // nobody has a key
	k := w.register(ana).addKey(&keytest.Key{}, "Key")
	for _, to := range [][2]string{{"other.example", "https://other.example"}, {"harbour.example", "https://reset.harbour.example"}} {
		err := move(to[0], to[1])
		if err == nil || !strings.Contains(err.Error(), "harbour.example (https://harbour.example)") || !strings.Contains(err.Error(), to[1]) {
			t.Errorf("%v: %v", to, err)
		}
	}
	w.ok(move("harbour.example", "https://harbour.example"))
	c := w.config
	c.Policy.Methods.Allowed, c.Policy.SecurityKey.RPID = []app.Kind{app.KindAuthApp, app.KindEmail}, "other.example"
	if _, err := backend.New(c); err != nil {
		t.Errorf("keys are not allowed, yet: %v", err)
	}
	w.ok(w.config.Store.Update(t.Context(), func(tx port.Tx) error {
		return tx.DeleteCredential(at[app.Registered](k).Have[0].ID)
	}))
	w.ok(move("other.example", "https://other.example"))
}

func TestModelsCantBeProvenWithoutMetadata(t *testing.T) {
	w := newWorld(t, withKeys)
	w.config.Policy.SecurityKey.Attestation = app.AttestDirect
	if _, err := backend.New(w.config); err == nil {
		t.Error("a policy that wants proven models was taken without metadata")
	}
}

// TestOneProofServesOnce whatever comes at the same time.
func TestOneProofServesOnce(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	key := &keytest.Key{}
	w.register(ben).addKey(key, "Key")
	k := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	answer := k.use(key)
	keys := make(chan app.IdempotencyKey, 100)
	for range cap(keys) {
		keys <- w.key()
	}
	results := together(slices.Repeat([]*talk{k}, cap(keys)), func(k *talk) error {
		_, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, <-keys, answer)
		return err
	})
	if results[""] != 1 || results[app.CodeMoved] != 99 {
		t.Errorf("one proof given 100 times at once: %v", results)
	}
	at[app.NewPassword](k.again())
	var flows []*talk
	for range 20 {
		flows = append(flows, w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey}))
	}
	results = together(flows, func(k *talk) error {
		_, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, "same-key-for-each-of-them", answer)
		return err
	})
	if results[app.CodeKeyAnswer] != 20 {
		t.Errorf("the same proof in 20 other flows: %v", results)
	}
}

func TestFiveWrongProofsEndTheGate(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	key := &keytest.Key{}
	w.register(ben).addKey(key, "Key")
	k := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	for left := 4; left > 0; left-- {
		if refusal := k.refused(k.use(key, unverified), app.CodeKeyAnswer); refusal.TriesLeft != left || refusal.Field != "" {
			t.Fatalf("a wrong proof: %+v", refusal)
		}
	}
	var refusal *app.Error
	if err := k.say(k.use(key, unverified)); !errors.As(err, &refusal) || refusal.Code != app.CodeGateEnded {
		t.Fatalf("the fifth: %v", err)
	}
	at[app.ChooseMethod](k)
}

var keysAllowed = allow(app.KindSecurityKey, app.KindAuthApp, app.KindEmail)

// TestAnAppliedPolicyDoesNotMoveTheDomain while a key is registered.
func TestAnAppliedPolicyDoesNotMoveTheDomain(t *testing.T) {
	w, ben := newWorld(t, keysAllowed), someone(trial.Registered)
	key := &keytest.Key{}
	w.register(ben).addKey(key, "Key")
	moved := w.document(keysAllowed, func(p *policy.Policy) {
		p.SecurityKey.RPID, p.SecurityKey.Origin = "other.example", "https://other.example"
	})
	verdict, err := w.ApplyPolicy(w.operator(), app.PolicyDraft{Document: moved, Source: "/x", After: w.newestPolicy()})
	if err != nil || len(verdict.Problems) != 1 || !strings.Contains(fmt.Sprint(verdict.Problems), "frozen") || verdict.Number != 0 {
		t.Errorf("another domain was applied: %+v, %v", verdict, err)
	}
	w.apply(keysAllowed, func(p *policy.Policy) { p.SecurityKey.CountsAsTwo = false })
	w.ok(w.Reload(t.Context()))
	k := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	at[app.ChooseMethod](k.must(k.use(key))) // the key still serves, and as one gate from now on
}

// TestAnAppliedPolicyBringsItsModels and refuses others from then on.
func TestAnAppliedPolicyBringsItsModels(t *testing.T) {
	w, ben := newWorld(t, keysAllowed), someone(trial.Registered)
	maker, model := keytest.NewMaker(), [16]byte{1}
	root, err := x509.ParseCertificate(maker.Root)
	w.ok(err)
	models, err := securitykey.ReadMetadata(maker.Metadata(model, "FIDO_CERTIFIED"), root, w.clock.Now())
	w.ok(err)
	w.config.Resources = func(_ port.PolicyVersion, p policy.Policy) (backend.Resources, error) {
		if p.SecurityKey.Metadata == "" {
			return backend.Resources{}, nil
		}
		return backend.Resources{Methods: []app.Method{securitykey.Method{Metadata: models}}}, nil
	}
	w.restart()
	w.apply(keysAllowed, func(p *policy.Policy) {
		p.SecurityKey.Attestation, p.SecurityKey.Metadata = app.AttestDirect, "mds.jwt"
	})
	w.ok(w.Reload(t.Context()))
	k := w.register(ben).must(app.Choose{Kind: app.KindSecurityKey})
	k.refused(k.make(&keytest.Key{AAGUID: model}, "Silent"), app.CodeKeyNotAllowed)
	proven := &keytest.Key{AAGUID: model, Maker: maker}
	at[app.Registered](k.must(k.make(proven, "Proven")))
	k = w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	at[app.NewPassword](k.must(k.use(proven)))
}

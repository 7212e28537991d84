package backend_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// drafts are ways to spoil an answer before it is signed, as a page, a proxy or a key of somebody else's could.
var drafts = map[string]func(*keytest.Draft){
	"challenge":               func(d *keytest.Draft) { d.Challenge = bytes.Repeat([]byte{7}, 32) },
	"no challenge":            func(d *keytest.Draft) { d.Challenge = nil },
	"origin":                  func(d *keytest.Draft) { d.Origin = "https://harbour.example.evil.example" },
	"origin, a subdomain":     func(d *keytest.Draft) { d.Origin = "https://wiki.harbour.example" },
	"origin, without TLS":     func(d *keytest.Draft) { d.Origin = "http://harbour.example" },
	"in another site's frame": func(d *keytest.Draft) { d.CrossOrigin = true },
	"rpIdHash":                func(d *keytest.Draft) { d.RPID = "evil.example" },
	"type":                    func(d *keytest.Draft) { d.Type = "payment.get" },
	"nobody present":          func(d *keytest.Draft) { d.Flags &^= keytest.Present },
	"nobody verified":         func(d *keytest.Draft) { d.Flags &^= keytest.Verified },
	"backed up, not eligible": func(d *keytest.Draft) { d.Flags |= keytest.BackedUp },
}

// proofs are ways to spoil a proof alone.
var proofs = map[string]func(*keytest.Draft){
	"type of a creation":        func(d *keytest.Draft) { d.Type = "webauthn.create" },
	"backup eligible by now":    func(d *keytest.Draft) { d.Flags |= keytest.Eligible },
	"a counter that stands":     func(d *keytest.Draft) { d.Counter = 1 },
	"a counter that falls to 0": func(d *keytest.Draft) { d.Counter = 0 },
}

func TestSpoiltProofsAreRefused(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	key := &keytest.Key{}
	w.register(ben).addKey(key, "Key")
	try := func(name string, spoil func(k *talk) app.GiveKey) {
		t.Helper()
		k := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
		before := at[app.UseKey](k).Get.Challenge
		in := spoil(k)
		if err := k.say(in); app.CodeOf(err) != app.CodeKeyAnswer {
			t.Errorf("%s: %v", name, err)
			return
		}
		if step := at[app.UseKey](k); step.TriesLeft != 4 || bytes.Equal(step.Get.Challenge, before) {
			t.Errorf("%s: %d tries are left, or the challenge is the old one", name, step.TriesLeft)
		}
		at[app.NewPassword](k.must(k.use(key)))
	}
	for _, ways := range []map[string]func(*keytest.Draft){drafts, proofs} {
		for name, spoil := range ways {
			try(name, func(k *talk) app.GiveKey { return k.use(key, spoil) })
		}
	}
	_, foreign, _ := ed25519.GenerateKey(nil)
	for name, spoil := range map[string]func(*app.KeyAnswer){
		"a bit of the signature": func(a *app.KeyAnswer) { a.Signature[len(a.Signature)-1] ^= 1 },
		"no signature":           func(a *app.KeyAnswer) { a.Signature = nil },
		"another algorithm":      func(a *app.KeyAnswer) { a.Signature = ed25519.Sign(foreign, a.AuthenticatorData) },
		"a flag after signing":   func(a *app.KeyAnswer) { a.AuthenticatorData[32] |= 0x02 },
		"the counter after it":   func(a *app.KeyAnswer) { a.AuthenticatorData[36]++ },
		"client data after it":   func(a *app.KeyAnswer) { a.ClientDataJSON = append(a.ClientDataJSON, ' ') },
		"somebody's user handle": func(a *app.KeyAnswer) { a.UserHandle = bytes.Repeat([]byte{1}, 64) },
		"an unknown credential":  func(a *app.KeyAnswer) { a.CredentialID = bytes.Repeat([]byte{1}, 32) },
	} {
		try(name, func(k *talk) app.GiveKey {
			in := k.use(key)
			spoil(&in.Answer)
			return in
		})
	}
}

func TestSomebodyElsesKeyProvesNothing(t *testing.T) {
	w, ben, greta := newWorld(t, withKeys), someone(trial.Registered), someone(trial.Admin)
	hers := &keytest.Key{}
	var id []byte
	k := w.register(greta).must(app.Choose{Kind: app.KindSecurityKey})
	made := k.make(hers, "Greta's")
	k.must(made)
	w.register(ben).addKey(&keytest.Key{}, "Ben's")
	k = w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	id = at[app.UseKey](k).Get.Allow[0]
	theft := func() app.KeyAnswer { // signed by Greta's key, for the challenge that Ben's is asked
		asked := *at[app.UseKey](k).Get
		asked.Allow = [][]byte{made.Answer.CredentialID}
		return hers.Get(asked)
	}
	k.refused(app.GiveKey{Answer: theft()}, app.CodeKeyAnswer)
	answer := theft()
	answer.CredentialID = id
	k.refused(app.GiveKey{Answer: answer}, app.CodeKeyAnswer)
}

func TestSpoiltCredentialsAreRefused(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	k := w.register(ben).must(app.Choose{Kind: app.KindSecurityKey})
	try := func(name string, code app.Code, key *keytest.Key, spoil func(*keytest.Draft)) {
		t.Helper()
		in := k.make(key, "Key", spoil)
		if err := k.say(in); app.CodeOf(err) != code {
			t.Errorf("%s: %v, want %s", name, err, code)
		}
		if err := k.say(in); app.CodeOf(err) != app.CodeKeyAnswer { // its challenge is gone
			t.Errorf("%s, again: %v", name, err)
		}
		k.must(app.Back{}, app.Choose{Kind: app.KindSecurityKey})
		if at[app.UseKey](k).TriesLeft == 0 {
			t.Fatal("no try is left")
		}
	}
	w.config.Policy.Codes.Tries = 1000
	w.restart()
	for name, spoil := range drafts {
		try(name, app.CodeKeyAnswer, &keytest.Key{}, spoil)
	}
	plain := func(*keytest.Draft) {}
	try("type of a proof", app.CodeKeyAnswer, &keytest.Key{}, func(d *keytest.Draft) { d.Type = "webauthn.get" })
	try("an algorithm that is not allowed", app.CodeKeyAnswer, &keytest.Key{Algorithm: keytest.RS256}, plain)
	try("protected less than it was asked to", app.CodeKeyNotAllowed, &keytest.Key{Protect: 1}, plain)
	for name, c := range map[string]struct {
		change func(*policy.SecurityKey)
		key    *keytest.Key
	}{
		"a model that is denied":     {func(p *policy.SecurityKey) { p.Deny = []string{"01000000-0000-0000-0000-000000000000"} }, &keytest.Key{AAGUID: [16]byte{1}}},
		"a model that isn't allowed": {func(p *policy.SecurityKey) { p.Allow = []string{"01000000-0000-0000-0000-000000000000"} }, &keytest.Key{}},
		"eligible for a backup":      {func(p *policy.SecurityKey) { p.BackupEligible = false }, &keytest.Key{Flags: keytest.Eligible}},
	} {
		before := w.config.Policy.SecurityKey
		c.change(&w.config.Policy.SecurityKey)
		w.restart()
		try(name, app.CodeKeyNotAllowed, c.key, plain)
		w.config.Policy.SecurityKey = before
		w.restart()
	}
	broken := k.make(&keytest.Key{}, "Key")
	left := at[app.UseKey](k).TriesLeft
	for _, spoil := range []func(*app.KeyAnswer){
		func(a *app.KeyAnswer) { a.AttestationObject = a.AttestationObject[:40] },
		func(a *app.KeyAnswer) { a.ClientDataJSON = []byte("{") },
		func(a *app.KeyAnswer) { a.CredentialID = nil },
		func(a *app.KeyAnswer) { *a = app.KeyAnswer{} },
	} {
		in := broken
		spoil(&in.Answer)
		k.refused(in, app.CodeKeyFailed)
	}
	if got := at[app.UseKey](k).TriesLeft; got != left {
		t.Errorf("what can't be read cost %d tries", left-got)
	}
	at[app.Registered](k.must(broken))
}

func TestABackedUpKeyIsKept(t *testing.T) {
	w, ben := newWorld(t, withKeys, func(p *policy.Policy) { p.SecurityKey.BackupEligible = true }), someone(trial.Registered)
	key := &keytest.Key{Flags: keytest.Eligible}
	w.register(ben).addKey(key, "Synced")
	k := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	k.refused(k.use(key, func(d *keytest.Draft) { d.Flags &^= keytest.Eligible }), app.CodeKeyAnswer)
	at[app.NewPassword](k.must(k.use(key, func(d *keytest.Draft) { d.Flags |= keytest.BackedUp })))
	var kept struct {
		Key struct {
			Flags struct{ BackupState bool } `json:"flags"`
		} `json:"key"`
	}
	w.ok(w.config.Store.View(t.Context(), func(tx port.Tx) error {
		creds, err := tx.Credentials(ben.ID)
		if err != nil {
			return err
		}
		return json.Unmarshal(creds[len(creds)-1].Secret, &kept)
	}))
	if !kept.Key.Flags.BackupState {
		t.Error("that it is backed up was forgotten")
	}
}

// TestAKeyThatMayBeCopiedIsNamed in the audit trail; its person is told no more than of any wrong proof.
func TestAKeyThatMayBeCopiedIsNamed(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	key := &keytest.Key{}
	w.register(ben).addKey(key, "Key")
	k := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	k.refused(k.use(key, func(d *keytest.Draft) { d.Origin = "https://evil.example" }), app.CodeKeyAnswer)
	if n := w.audited("reset.copied", "failed"); n != 0 {
		t.Errorf("%d entries of a wrong proof", n)
	}
	k.refused(k.use(key, func(d *keytest.Draft) { d.Counter = 1 }), app.CodeKeyAnswer)
	if n := w.audited("reset.copied", "failed"); n != 1 {
		t.Errorf("%d entries of a copied key", n)
	}
}

// A counter that is always 0 tells nothing, and is no fault (WebAuthn Level 3, section 6.1.1).
func TestAKeyWithoutACounter(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	key, zero := &keytest.Key{}, func(d *keytest.Draft) { d.Counter = 0 }
	k := w.register(ben).must(app.Choose{Kind: app.KindSecurityKey})
	k.must(k.make(key, "Key", zero))
	for range 2 {
		k = w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
		at[app.NewPassword](k.must(k.use(key, zero)))
	}
}

// Who became an administrator meanwhile passes two gates by two methods.
func TestAKeyIsOneGateForWhoBecameAnAdministrator(t *testing.T) {
	w, ben := newWorld(t, withKeys), someone(trial.Registered)
	key := &keytest.Key{}
	w.register(ben).addKey(key, "Key")
	k := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	k.must(k.use(key))
	account, err := w.dir.Account(t.Context(), ben.ID)
	w.ok(err)
	account.Admin = true
	w.ok(w.dir.Put(t.Context(), account, secret(ben.Password)))
	at[app.ChooseMethod](k.must(app.GivePassword{Password: secret(newPassword)}))
	if got := k.places(); got != "who prove prove_again new_password" {
		t.Errorf("places: %s", got)
	}
	w.clock.pass(time.Minute)
	k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
}

package backend_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// natural is an answer to the page that is shown, as its person gives it or as a stranger does; nil where it takes none.
func (k *walk) natural(p *path, well bool) (in app.Input, right bool) {
	switch step := p.flow.Now.(type) {
	case app.EnterSignIn:
		return k.signingIn(p, well)
	case app.EnterUserID:
		return app.GiveUserID{UserID: p.who.UserID}, well
	case app.ProveWork:
		nonce := int64(0)
		for work.Holds(step, nonce) != well {
			nonce++
		}
		return app.GiveWork{Nonce: nonce}, well
	case app.Triage:
		return app.GiveReason{Reason: pickOne(k, step.Reasons)}, well
	case app.ChooseMethod:
		return k.choosing(step.Choices)
	case app.Registered:
		if len(step.More) > 0 && k.draw(2) == 0 {
			return k.choosing(step.More)
		}
		return app.Finish{}, true
	case app.Reconfirm:
		return app.Finish{}, true
	case app.SecurityInfo:
		return k.managing(step)
	case app.ConfirmDelete:
		return app.Delete{Credential: step.Credential.ID}, true
	case app.ShowSecret:
		var seed string
		for _, group := range step.Groups {
			seed += group.Reveal()
		}
		return k.coded(k.totp(seed), well)
	case app.EnterAddress:
		return app.GiveAddress{Address: k.address(p.who, well)}, well
	case app.EnterPhone:
		use := app.PhoneUse("")
		if len(step.Uses) > 0 {
			use = pickOne(k, step.Uses)
		}
		return app.GivePhone{Number: k.number(p.who, well), Use: use}, well
	case app.EnterCode:
		return k.coded(k.expected(p, step.Channel), well)
	case app.PickQuestions:
		return knowAll(step.Questions[:step.Choose]), well
	case app.AnswerQuestions:
		answers := knowAll(step.Questions)
		if !well {
			answers.Answers[0].Answer = secret("neither here nor there")
		}
		return answers, well
	case app.UseKey:
		return k.touched(p, step, well)
	case app.CurrentPassword:
		return app.GiveCurrentPassword{Password: k.password(p.who, well)}, well
	case app.ChooseUnlock:
		return app.GiveUnlock{Only: k.draw(2) == 0}, true
	case app.NewPassword:
		k.fresh++
		return app.GivePassword{Password: secret(fmt.Sprintf("gentle-otter-paints-%d-doors", k.fresh))}, well
	case app.Blocked:
		if p.flow.CanBack && k.draw(5) > 0 {
			return app.Back{}, true
		}
	case app.Confirming:
		return app.CheckAgain{}, true
	case app.SignedIn:
		k.enter(p)
	}
	return nil, false
}

func (k *walk) signingIn(p *path, well bool) (app.Input, bool) {
	if pass, has := k.passes[p.who.ID]; has && k.draw(2) == 0 {
		if !well {
			pass = secret("ABCDEFGHJKMN")
		}
		return app.SignInWithPass{UserID: p.who.UserID, Pass: pass}, well
	}
	return app.SignIn{UserID: p.who.UserID, Password: k.password(p.who, well)}, well && k.pw[p.who.ID] != ""
}

func (k *walk) password(p trial.Person, well bool) app.Secret {
	if well && k.pw[p.ID] != "" {
		return secret(k.pw[p.ID])
	}
	return secret(fmt.Sprintf("not-the-password-%d", k.draw(30)))
}

func (k *walk) choosing(choices []app.Choice) (app.Input, bool) {
	return app.Choose{Kind: pickOne(k, choices).Kind}, true
}

func (k *walk) managing(step app.SecurityInfo) (app.Input, bool) {
	if len(step.Have) == 0 || k.draw(2) == 0 {
		if len(step.More) == 0 {
			return app.SignOutEverywhere{}, true
		}
		return k.choosing(step.More)
	}
	one := pickOne(k, step.Have)
	switch k.draw(4) {
	case 0:
		return app.Delete{Credential: one.ID}, true
	case 1:
		if slices.Contains([]app.Kind{app.KindEmail, app.KindSMS, app.KindVoice}, one.Kind) {
			return app.Reveal{Credential: one.ID}, true
		}
	case 2:
		if one.Kind.Verifies() && !one.Entered && slices.Contains(k.policy.Methods.Allowed, one.Kind) {
			return app.SetDefault{Credential: one.ID}, true
		}
	}
	return nil, false
}

// coded gives a code, or one that it surely is not.
func (k *walk) coded(code string, well bool) (app.Input, bool) {
	if code == "" {
		return app.GiveCode{Digits: secret("000000")}, false
	}
	if !well {
		code = fmt.Sprintf("%c%s", '0'+(code[0]-'0'+1)%10, code[1:])
	}
	return app.GiveCode{Digits: secret(code)}, well
}

func (k *walk) totp(seed string) string {
	code, err := totp.GenerateCode(strings.ToUpper(seed), k.clock.Now())
	k.ok(err)
	return code
}

// expected is the code that the person has for a channel; empty for none.
func (k *walk) expected(p *path, channel app.Kind) string {
	if channel == app.KindAuthApp {
		if apps := k.apps[p.who.ID]; len(apps) > 0 && k.draw(2) == 0 {
			return k.totp(pickOne(k, apps))
		}
		return p.who.Code(k.clock.Now())
	}
	code := ""
	for _, m := range k.messages() {
		if m.Channel == channel && m.Code != "" && (m.To == k.address(p.who, true) || m.To == k.number(p.who, true)) {
			code = m.Code
		}
	}
	return code
}

func (k *walk) address(p trial.Person, well bool) string {
	switch {
	case !well:
		return "some.body@mail.example"
	case p.Mail != "":
		return p.Mail
	}
	return string(p.ID) + "@mail.example"
}

func (k *walk) number(p trial.Person, well bool) string {
	switch {
	case !well:
		return "+61491570999"
	case p.Mobile != "":
		return p.Mobile
	}
	return fmt.Sprintf("+614915701%02d", slices.IndexFunc(k.people, func(q trial.Person) bool { return q.ID == p.ID }))
}

func (k *walk) touched(p *path, step app.UseKey, well bool) (app.Input, bool) {
	switch key := k.keys[p.who.ID]; {
	case step.Create != nil:
		return app.GiveKey{Name: "mine", Answer: key.Create(*step.Create)}, well
	case !well && len(step.Get.Allow) > 0:
		return app.GiveKey{Answer: k.keys["nobody"].Claim(*step.Get)}, false
	default:
		return app.GiveKey{Answer: key.Get(*step.Get)}, true
	}
}

// anything are inputs whatever the page is.
func (k *walk) anything(p *path) []app.Input {
	return []app.Input{
		app.SignIn{UserID: p.who.UserID, Password: secret("not this one")}, app.GiveUserID{UserID: p.who.UserID},
		app.SignInWithPass{UserID: p.who.UserID, Pass: secret("ABCDEFGHJKMN")}, app.GiveWork{Nonce: 7},
		app.GiveReason{Reason: app.ReasonNever}, app.GiveReason{Reason: "bored"}, app.Choose{Kind: pickOne(k, app.Kinds())},
		app.GiveCode{Digits: secret("12")}, app.GiveAddress{Address: "x"}, app.GivePhone{Number: "+1"}, app.GiveAnswers{},
		app.GiveKey{}, app.GivePassword{Password: secret("gentle-otter-paints-0-doors")}, app.SetDefault{Credential: "x"},
		app.Delete{Credential: "x"}, app.Reveal{Credential: "x"}, app.GiveCurrentPassword{Password: secret("nor this one")},
		app.GiveUnlock{Only: true}, app.Resend{}, app.Back{}, app.CheckAgain{}, app.Finish{},
	}
}

// believe notes what the model has to know before the answer: the directory is asked meanwhile.
func (k *walk) believe(p *path, in app.Input, right bool) {
	switch in := in.(type) {
	case app.GiveCurrentPassword:
		p.right = p.right || right && p.purpose == app.PurposeChange
	case app.GivePassword:
		k.dir.set = func(write func() error) error { return k.writes(p, in.Password.Reveal(), write) }
		k.dir.change = k.dir.set
	}
}

// learn notes what the answer says.
func (k *walk) learn(p *path, before app.Flow, in app.Input, right bool, code app.Code) {
	if was := triesOf(before.Now); was > 0 && p.purpose == app.PurposeReset {
		if left := triesOf(p.flow.Now); code != "" && left > was && kindAt(before.Now) == kindAt(p.flow.Now) {
			k.t.Errorf("%T gave tries back: %d after %d", in, left, was)
		}
		if code != "" && p.flow.Rev > before.Rev { // it was judged
			k.tries[p.who.ID].fail(k, code)
		}
	}
	if code != "" {
		return
	}
	k.oneProof(p, before, in, right)
	k.ended(p)
	if seed, is := before.Now.(app.ShowSecret); is && right {
		var all string
		for _, group := range seed.Groups {
			all += group.Reveal()
		}
		k.apps[p.who.ID] = append(k.apps[p.who.ID], all)
	}
	if kind := kindAt(before.Now); kind != "" && right && p.purpose != app.PurposeRegister && !k.shut(p, kind) {
		p.proofs[kind] = true
	}
	switch in.(type) {
	case app.SignIn:
		if !right {
			k.t.Errorf("a wrong password of %s was taken", p.who.UserID)
		}
		p.right, p.due, p.renew = true, k.verifying(p.who), k.account(p.who).MustChange
	case app.SignInWithPass:
		_, has := k.passes[p.who.ID]
		if _, blocked := p.flow.Now.(app.Blocked); blocked {
			return
		}
		if !right || !has || k.account(p.who).Admin {
			k.t.Errorf("a pass of %s was taken that is none", p.who.UserID)
		}
		p.passed = true
		delete(k.passes, p.who.ID)
	}
}

// writes is what the directory is asked: whether the model has given proofs enough.
func (k *walk) writes(p *path, password string, write func() error) error {
	account := k.account(p.who)
	enough := p.right
	switch {
	case p.purpose == app.PurposeReset:
		enough = k.worth(p, account) >= k.gates(account)
	case p.purpose == app.PurposeSignIn:
		enough = p.passed && k.pw[p.who.ID] == "" && !account.Admin || p.right && p.renew && p.proven()
	}
	p.asked = true
	if !enough || account.Disabled {
		k.t.Errorf("%s of %s writes a password: proofs %v, admin %v, disabled %v", p.purpose, p.who.UserID, p.proofs, account.Admin, account.Disabled)
	}
	lost := k.draw(8)
	if lost == 0 {
		return errors.New("no answer")
	}
	if err := write(); err != nil {
		return err
	}
	p.wrote = lost != 1
	k.pw[p.who.ID], k.tries[p.who.ID], k.locked[p.who.ID] = password, &tries{unsure: lost == 1}, false
	if lost == 1 { // it counts from when the directory is asked again
		return errors.New("no answer")
	}
	return nil
}

// tries are the wrong ones of an account's resets, as the model saw them.
type tries struct {
	all, counted, ended []time.Time
	soft, hard          time.Time
	unsure              bool // a password was written, and nobody knows when that is found
}

// lately is how many there were in a day.
func lately(of []time.Time, now time.Time) int {
	return len(of) - slices.IndexFunc(append(slices.Clone(of), now), func(t time.Time) bool { return now.Sub(t) < 24*time.Hour })
}

// fail notes a wrong try. Over the lock it counts for the hard one alone.
func (r *tries) fail(k *walk, code app.Code) {
	now, limits := k.clock.Now(), k.policy.Recovery
	r.all = append(r.all, now)
	if !now.Before(r.soft) && !now.Before(r.hard) {
		r.counted = append(r.counted, now)
		if code == app.CodeGateEnded {
			r.ended = append(r.ended, now)
		}
		if code == app.CodeRecovery || lately(r.counted, now) >= limits.EndedGates*k.policy.Codes.Tries || lately(r.ended, now) >= limits.EndedGates {
			r.soft = now.Add(24 * time.Hour)
		}
	}
	if lately(r.all, now) >= limits.MostWrongTries {
		r.hard = now.Add(24 * time.Hour)
	}
}

// shut reports whether a lock stands between a conversation and its proof by a kind.
func (k *walk) shut(p *path, kind app.Kind) bool {
	r, now := k.tries[p.who.ID], k.clock.Now()
	if p.purpose != app.PurposeReset || r.unsure {
		return false
	}
	return now.Before(r.hard) || now.Before(r.soft) && kind != app.KindSecurityKey && !p.proofs[app.KindSecurityKey]
}

func (k *walk) gates(a port.DirectoryAccount) int {
	if a.Admin {
		return 2
	}
	return k.policy.Methods.Gates
}

// worth is how many gates the proofs are good for now.
func (k *walk) worth(p *path, a port.DirectoryAccount) int {
	n := 0
	for kind := range p.proofs {
		switch entered := k.entered(p.who, kind); {
		case !slices.Contains(k.policy.Methods.Allowed, kind), a.Admin && kind == app.KindQuestions, a.Admin && entered:
		case kind == app.KindSecurityKey && !a.Admin && k.policy.SecurityKey.CountsAsTwo:
			n += 2
		default:
			n++
		}
	}
	return n
}

// entered reports whether every credential of a kind was entered by an administrator.
func (k *walk) entered(p trial.Person, kind app.Kind) bool {
	c, has := k.onFile(p)[kind]
	return has && !c.Entered.IsZero()
}

// verifying are the kinds of which one is due after the password.
func (k *walk) verifying(p trial.Person) []app.Kind {
	var due []app.Kind
	k.ok(k.config.Store.View(k.t.Context(), func(tx port.Tx) error {
		creds, err := tx.Credentials(p.ID)
		for _, c := range creds {
			if c.Counts() && c.Kind.Verifies() && slices.Contains(k.policy.Methods.Allowed, c.Kind) {
				due = append(due, c.Kind)
			}
		}
		return err
	}))
	return due
}

// proven reports whether the proof was given that was due after the password.
func (p *path) proven() bool {
	return len(p.due) == 0 || slices.ContainsFunc(p.due, func(kind app.Kind) bool { return p.proofs[kind] })
}

// enter opens a session, where the model has proven enough for one.
func (k *walk) enter(p *path) {
	grant, err := k.Grant(p.ctx, p.flow.ID)
	k.tell("grant for %s: %v", p.who.UserID, err)
	if err != nil {
		return
	}
	if p.renew && !p.asked {
		k.t.Errorf("a session of %s by a password that has to be changed", p.who.UserID)
	}
	if !(p.passed || p.right && p.proven()) {
		k.t.Errorf("a session of %s: password %v, due %v, proofs %v", p.who.UserID, p.right, p.due, p.proofs)
	}
	if grant.Session.ByPass != p.passed {
		k.t.Errorf("a session of %s: by pass %v, want %v", p.who.UserID, grant.Session.ByPass, p.passed)
	}
	if k.grants = append(k.grants, grant); len(k.grants) > 4 {
		k.grants = k.grants[1:]
	}
}

// kindAt is the kind of the proof that a page takes; empty for a page that takes none, or only half of one.
func kindAt(step app.Step) app.Kind {
	switch step := step.(type) {
	case app.EnterCode:
		return step.Channel
	case app.AnswerQuestions:
		return app.KindQuestions
	case app.UseKey:
		if step.Get != nil {
			return app.KindSecurityKey
		}
	}
	return ""
}

func triesOf(step app.Step) int {
	switch step := step.(type) {
	case app.EnterCode:
		return step.TriesLeft
	case app.AnswerQuestions:
		return step.TriesLeft
	case app.UseKey:
		return step.TriesLeft
	case app.EnterAddress:
		return step.TriesLeft
	case app.EnterPhone:
		return step.TriesLeft
	case app.ConfirmOnPhone:
		return step.TriesLeft
	}
	return 0
}

// happen is what no conversation does.
func (k *walk) happen() {
	p := pickOne(k, k.people)
	if len(k.flows) > 0 && k.draw(3) > 0 {
		p = pickOne(k, k.flows).who
	}
	what := k.draw(17)
	k.tell("happens: %d to %s", what, p.UserID)
	switch what {
	case 0, 1, 2:
		k.clock.pass(pickOne(k, []time.Duration{time.Second, 31 * time.Second, 31 * time.Second, 31 * time.Second, 2 * time.Minute, 4 * time.Minute, 16 * time.Minute, 25 * time.Hour}))
	case 3:
		k.restart()
		k.ok(k.Reload(k.t.Context()))
	case 4:
		k.ok(k.Sweep(k.t.Context()))
	case 5, 6:
		k.govern()
	case 7:
		account := k.account(p)
		account.Disabled = !account.Disabled
		k.ok(k.dir.Put(k.t.Context(), account, app.Secret{}))
	case 15:
		account := k.account(p)
		account.MustChange = !account.MustChange
		k.ok(k.dir.Put(k.t.Context(), account, app.Secret{}))
	case 8, 16:
		account := k.account(p)
		account.Admin = !account.Admin
		k.ok(k.dir.Put(k.t.Context(), account, app.Secret{}))
	case 9:
		k.locked[p.ID] = k.draw(3) == 0
		if k.ok(k.dir.Directory.Unlock(k.t.Context(), p.ID)); k.locked[p.ID] {
			k.lock(p)
		}
	case 10, 13, 14:
		if made, err := k.IssuePass(k.operator(), app.IssuePass{UserID: p.UserID, By: "desk", Desk: k.draw(2) == 0}); err == nil {
			k.passes[p.ID] = made.Code
		}
	case 11:
		k.dial()
	case 12:
		lost := k.draw(2) == 0
		k.dir.lift = func(unlock func() error) error {
			k.dir.lift = nil
			if lost {
				return errors.New("no answer")
			}
			return unlock()
		}
	}
}

// govern puts another policy in force.
func (k *walk) govern() {
	next := k.config.Policy
	next.Methods.Gates = 1 + k.draw(2)
	next.Feature.Disclosure = pickOne(k, []policy.Disclosure{policy.Helpful, policy.Private})
	next.Feature.ProofOfWork = pickOne(k, []policy.ProofOfWork{policy.WorkOff, policy.WorkUntrusted})
	next.Feature.Unlock = k.draw(3) > 0
	next.SecurityKey.CountsAsTwo = k.draw(2) == 0
	next.Calls.Confirm = pickOne(k, []policy.CallConfirm{policy.SpokenCode, policy.TwoDigits})
	next.Registration.Mode = pickOne(k, []policy.Mode{policy.ModeOffered, policy.ModeRequired})
	next.Registration.First = pickOne(k, []policy.Proof{policy.FirstPassword, policy.FirstPass})
	next.Registration.ContactsMayReset = k.draw(2) == 0
	next.Registration.CoolingOff = 0
	if away := k.draw(9); away < len(next.Methods.Allowed) {
		next.Methods.Allowed = slices.Delete(slices.Clone(next.Methods.Allowed), away, away+1)
	}
	if next.Methods.Gates == 1 { // questions are never the only gate
		next.Methods.Allowed = slices.DeleteFunc(slices.Clone(next.Methods.Allowed), func(kind app.Kind) bool { return kind == app.KindQuestions })
	}
	k.apply(func(p *policy.Policy) {
		if *p = next; k.spoil != nil {
			k.spoil(p)
		}
	})
	k.ok(k.Reload(k.t.Context()))
	k.policy = next
}

// dial has somebody who is called type digits, right or wrong.
func (k *walk) dial() {
	for _, p := range k.flows {
		flow, err := k.Get(p.ctx, p.flow.ID)
		if err != nil {
			continue
		}
		step, waits := flow.Now.(app.ConfirmOnPhone)
		call := ""
		for _, m := range k.messages() {
			if m.Call != "" && strings.HasPrefix(m.Call, string(flow.ID)) {
				call = m.Call
			}
		}
		if !waits || call == "" {
			continue
		}
		digits, right := secret(step.Digits), k.draw(3) > 0
		if !right {
			digits = notThese(step.Digits)
		}
		code := app.CodeOf(k.Keyed(k.t.Context(), call, digits))
		if now, err := k.Get(p.ctx, flow.ID); err == nil && now.Rev > flow.Rev && code != "" && p.purpose == app.PurposeReset {
			k.tries[p.who.ID].fail(k, code)
		}
		if code == "" && right && !k.shut(p, app.KindVoice) {
			p.proofs[app.KindVoice] = true
		}
	}
}

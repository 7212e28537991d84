package backend_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

func private(p *policy.Policy) { p.Feature.Disclosure = policy.Private }

// allows makes exactly these kinds the ways, of which everybody must register all.
func allows(gates int, kinds []app.Kind) func(*policy.Policy) {
	return func(p *policy.Policy) {
		p.Methods.Allowed, p.Methods.Register, p.Methods.Gates = kinds, len(kinds), gates
	}
}

// accounts are the states that a stranger must not tell apart; "nobody" has no account.
var accounts = []string{"registered", "nobody", "disabled", "elsewhere", "not_enabled", "one", "locked", "admin", "expired", "protected", "unverified", "frozen", "frozen_lately"}

// keysIn is how many security keys an account of a state has.
var keysIn = map[string]int{"registered": 3, "disabled": 1, "elsewhere": 2, "not_enabled": 8, "one": 1, "locked": 2, "admin": 1, "expired": 2, "protected": 1, "unverified": 2, "frozen": 1, "frozen_lately": 2}

// settle makes an account of a state, with every way that the policy allows, none of which anybody can pass.
func (w *world) settle(state, name string) string {
	w.t.Helper()
	userID := name + "@harbour.example"
	if state == "nobody" {
		return userID
	}
	a := port.DirectoryAccount{
		ID: app.AccountID("id-" + name), UserID: userID, Name: name, Mail: userID, Groups: []string{"Password self-service"},
		Disabled: state == "disabled", Elsewhere: state == "elsewhere", Admin: state == "admin",
		Expired: state == "expired", Protected: state == "protected",
	}
	if state == "not_enabled" {
		a.Groups = nil
	}
	if state == "unverified" {
		w.dir.can(a.ID, port.Cannot{Verify: true, Unlock: true})
	}
	w.ok(w.dir.Put(w.t.Context(), a, app.NewSecret("correct horse battery")))
	for i, kind := range w.config.Policy.Methods.Allowed {
		if state == "one" && i > 0 {
			break
		}
		for nth := range map[bool]int{true: keysIn[state], false: 1}[kind == app.KindSecurityKey] {
			w.decoyFor(a, kind, nth)
		}
	}
	switch state {
	case "frozen": // for the help desk to lift
		w.frozen(port.FrozenRecord{Account: a.ID, Since: w.clock.Now()})
	case "frozen_lately": // every way is older
		w.frozen(port.FrozenRecord{Account: a.ID, Since: w.clock.Now(), Before: w.clock.Now()})
	case "locked":
		w.lockRecovery(a.ID)
	}
	return userID
}

// decoyFor gives an account a credential that nobody holds.
func (w *world) decoyFor(a port.DirectoryAccount, kind app.Kind, nth int) {
	w.t.Helper()
	for _, m := range w.config.Methods {
		if m.Kind() != kind {
			continue
		}
		c, err := m.(app.Decoyer).Decoy(app.Turn{
			Person: app.Person{Account: a.ID, UserID: a.UserID, Name: a.Name}, Rand: w.config.Rand,
			Settings: app.MethodSettings{Questions: app.QuestionSettings{Register: 3, Ask: 3}},
		}, 0)
		w.ok(err)
		w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error {
			return tx.PutCredential(port.CredentialRecord{
				ID: app.CredentialID(fmt.Sprint(a.ID, "-", kind, nth)), Account: a.ID, Kind: kind, Variant: c.Variant, Secret: c.Secret,
				Masked: c.Masked, Address: string(a.ID) + "@" + string(kind) + ".example", Added: w.clock.Now().Add(-time.Hour),
			})
		}))
	}
}

// lockRecovery locks recovery for an account, as five ended gates of another window would.
func (w *world) lockRecovery(id app.AccountID) {
	w.t.Helper()
	for range w.config.Policy.Recovery.EndedGates {
		k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: string(id[3:]) + "@harbour.example"}, app.GiveReason{Reason: app.ReasonForgot})
		k.must(app.Choose{Kind: app.KindAuthApp})
		for range w.config.Policy.Codes.Tries {
			_ = k.say(app.GiveCode{Digits: app.NewSecret("000000")})
		}
	}
	w.clock.pass(time.Hour) // so that the starts are free again
}

// shape is an answer without what differs between any two flows.
func shape(flow app.Flow, err error) string {
	text := fmt.Sprintf("rev %d, %v left, %v, others %v, back %v, contact %v, notice %v, support %d\n%s",
		flow.Rev, flow.Expires.Sub(flow.At), flow.Places, flow.Others, flow.CanBack, flow.Contact, flow.Notice, len(flow.Support), stepShape(flow))
	if refusal, is := err.(*app.Error); is {
		text += fmt.Sprintf("\n%s at %q, %d left, until %v, %v, support %d", refusal.Code, refusal.Field, refusal.TriesLeft,
			refusal.RetryAt, refusal.Params, len(refusal.Support))
	}
	return text
}

func stepShape(flow app.Flow) string {
	switch step := flow.Now.(type) {
	case app.AnswerQuestions: // which ones differs from person to person
		return fmt.Sprintf("%d questions, %d left", len(step.Questions), step.TriesLeft)
	case app.RequestSent:
		return fmt.Sprintf("receipt of %d", len(step.Receipt))
	case app.EnterUserID:
		return fmt.Sprintf("user ID of %d", len(step.UserID))
	case app.ConfirmOnPhone: // which digits is drawn
		step.Digits = fmt.Sprint("of ", len(step.Digits))
		return fmt.Sprintf("%T %+v", step, step)
	case app.UseKey:
		get := *step.Get
		text := fmt.Sprintf("a challenge of %d, %d keys", len(get.Challenge), len(get.Allow))
		for _, id := range get.Allow { // how long those of a key are differs from model to model
			text += fmt.Sprint(" ", len(id) == 48 || len(id) == 64)
		}
		get.Challenge, get.Allow = nil, nil
		return fmt.Sprintf("%s, %d left, %v %+v", text, step.TriesLeft, step.Create, get)
	}
	return fmt.Sprintf("%T %+v", flow.Now, flow.Now)
}

// answersTo are those that the step at hand asks for, all wrong.
func answersTo(flow app.Flow) app.Input {
	var given []app.Answer
	if step, is := flow.Now.(app.AnswerQuestions); is {
		for _, q := range step.Questions {
			given = append(given, app.Answer{Question: q.ID, Answer: app.NewSecret("neither here nor there")})
		}
	}
	return app.GiveAnswers{Answers: given}
}

// claims answers for one of the keys that are asked for, without having it.
func claims(flow app.Flow, which func(ids [][]byte) []byte) app.Input {
	step, is := flow.Now.(app.UseKey)
	if !is {
		return app.GiveKey{}
	}
	get := *step.Get
	get.Allow = [][]byte{which(get.Allow)}
	return app.GiveKey{Answer: (&keytest.Key{}).Claim(get)}
}

// move is something that a stranger may do: it gives the input for a flow.
func moves(userID string, kinds []app.Kind) map[string]func(app.Flow) app.Input {
	same := func(in app.Input) func(app.Flow) app.Input { return func(app.Flow) app.Input { return in } }
	all := map[string]func(app.Flow) app.Input{
		"user_id": same(app.GiveUserID{UserID: userID}), "reason": same(app.GiveReason{Reason: app.ReasonForgot}),
		"code": same(app.GiveCode{Digits: app.NewSecret("000000")}), "bad_code": same(app.GiveCode{Digits: app.NewSecret("12")}),
		"address": same(app.GiveAddress{Address: "some.body@mail.example"}), "bad_address": same(app.GiveAddress{Address: "somebody"}),
		"number": same(app.GivePhone{Number: "+447700900123"}), "bad_number": same(app.GivePhone{Number: "12"}),
		"answers": answersTo, "few_answers": same(app.GiveAnswers{}), "resend": same(app.Resend{}), "back": same(app.Back{}),
		"contact": same(app.ContactAdmin{}), "bad_key": same(app.GiveKey{}),
		"key": func(flow app.Flow) app.Input { return claims(flow, func(ids [][]byte) []byte { return ids[0] }) },
		"last_key": func(flow app.Flow) app.Input {
			return claims(flow, func(ids [][]byte) []byte { return ids[len(ids)-1] })
		},
		"no_key": func(flow app.Flow) app.Input {
			return claims(flow, func([][]byte) []byte { return []byte("nobody's") })
		},
	}
	for _, kind := range kinds {
		all["choose "+string(kind)] = same(app.Choose{Kind: kind})
	}
	return all
}

// A stranger who tries whatever comes to mind gets the same answers whoever's user ID it is.
func TestAStrangerLearnsNothing(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	for _, confirm := range []bool{true, false} {
		for _, kinds := range [][]app.Kind{
			{app.KindAuthApp, app.KindEmail}, {app.KindAuthApp, app.KindSMS, app.KindEmail, app.KindQuestions}, {app.KindAuthApp, app.KindVoice},
			{app.KindSecurityKey, app.KindAuthApp}, {app.KindSecurityKey, app.KindAuthApp, app.KindSMS, app.KindEmail},
		} {
			t.Run(fmt.Sprint(kinds, confirm), func(t *testing.T) {
				gates := 2
				if kinds[1] == app.KindVoice {
					gates = 1
				}
				w := newWorld(t, private, allows(gates, kinds), func(p *policy.Policy) { p.Codes.ConfirmDestination = confirm })
				strangerWalks(w, kinds)
			})
		}
	}
}

// strangerWalks goes the same ways through a flow of each account, side by side.
func strangerWalks(w *world, kinds []app.Kind) {
	run := 0
	offered := slices.DeleteFunc(slices.Clone(accounts), func(state string) bool {
		return state == "one" && w.config.Policy.Methods.Gates == 1 || // who can be helped
			state == "admin" && slices.Contains(kinds, app.KindQuestions) // who has one way less, as many have
	})
	var names []string
	for name := range moves("", kinds) {
		names = append(names, name)
	}
	for range 5 {
		run++
		seed := run
		w.walk(offered, kinds, rapid.SliceOfN(rapid.SampledFrom(sorted(names)), 8, 40).Example(seed), run)
	}
}

// walk does the moves. Between two of them some time passes, now and then much.
func (w *world) walk(states []string, kinds []app.Kind, names []string, run int) {
	w.t.Helper()
	users, talks := map[string]string{}, map[string]*talk{}
	for i, state := range states {
		users[state] = w.settle(state, fmt.Sprintf("x%03d%c", run, 'a'+i))
	}
	for _, state := range states {
		talks[state] = w.start(app.PurposeReset, app.Caller{})
	}
	names = append([]string{"user_id", "reason"}, names...)
	for i, name := range names {
		var want string
		for _, state := range states {
			k := talks[state]
			err := k.say(moves(users[state], kinds)[name](k.flow))
			got := shape(k.flow, err)
			if want == "" {
				want = got
			}
			if got != want {
				w.t.Fatalf("after %v: %s gets\n%s\nand %s\n%s", names[:i+1], states[0], want, state, got)
			}
		}
		w.clock.pass([]time.Duration{time.Second, 31 * time.Second, time.Second, 2 * time.Minute}[i%4])
		if over(talks[states[0]].flow) || i%13 == 12 {
			for _, state := range states {
				talks[state] = w.start(app.PurposeReset, app.Caller{})
			}
		}
	}
}

func over(flow app.Flow) bool {
	_, sent := flow.Now.(app.RequestSent)
	return sent
}

// The same name has the same ways at any time, also in another process.
func TestDecoysAreStable(t *testing.T) {
	w := newWorld(t, private, func(p *policy.Policy) {
		p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindSMS, app.KindVoice, app.KindEmail, app.KindQuestions}
	})
	ways := func(userID string) []app.Choice {
		return at[app.ChooseMethod](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID},
			app.GiveReason{Reason: app.ReasonForgot})).Choices
	}
	seen := map[string]bool{}
	for i := range 40 {
		name := fmt.Sprintf("nobody%d@harbour.example", i)
		first := ways(name)
		seen[fmt.Sprint(first)] = true
		w.clock.pass(50 * time.Hour)
		w.restart()
		if again := ways("NOBODY" + name[6:]); !reflect.DeepEqual(first, again) {
			t.Errorf("%s has %v, then %v", name, first, again)
		}
	}
	if len(seen) < 4 {
		t.Errorf("40 names have only %d sets of ways", len(seen))
	}
}

// A decoy asks the same questions until a gate has ended, and others of the same five afterwards.
func TestADecoysQuestionsStay(t *testing.T) {
	w := newWorld(t, private, allows(2, []app.Kind{app.KindAuthApp, app.KindSMS, app.KindQuestions}), func(p *policy.Policy) {
		p.Questions.Register, p.Questions.Ask = 5, 3
	})
	seen := map[string]bool{}
	for range 4 {
		var drawn string
		for range 2 {
			k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: "nobody@harbour.example"},
				app.GiveReason{Reason: app.ReasonForgot}, app.Choose{Kind: app.KindQuestions})
			now := fmt.Sprint(at[app.AnswerQuestions](k).Questions)
			if drawn != "" && now != drawn {
				t.Errorf("asked %s, then %s", drawn, now)
			}
			if drawn == "" {
				drawn = now
				continue
			}
			for range 5 {
				_ = k.say(answersTo(k.flow))
			}
		}
		seen[drawn] = true
		w.clock.pass(time.Hour)
	}
	if len(seen) < 3 {
		t.Errorf("the same questions after each ended gate: %v", seen)
	}
}

// lucky is a method whose every code is right.
type lucky struct{ app.Decoyer }

func (l lucky) Prove(t app.Turn, in app.Input) (app.Result, error) {
	if _, code := in.(app.GiveCode); code {
		return app.Result{Verdict: app.Proven, Update: []byte("{}")}, nil
	}
	return l.Decoyer.Prove(t, in)
}

func TestADecoyNeverPasses(t *testing.T) {
	w := newWorld(t, private)
	for i, m := range w.config.Methods {
		w.config.Methods[i] = lucky{m.(app.Decoyer)}
	}
	w.restart()
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: "nobody@harbour.example"},
		app.GiveReason{Reason: app.ReasonForgot}, app.Choose{Kind: app.KindAuthApp})
	for left := 4; left > 0; left-- {
		if e := k.refused(app.GiveCode{Digits: app.NewSecret("123456")}, app.CodeWrongCode); e.TriesLeft != left {
			t.Errorf("%d tries are left, want %d", e.TriesLeft, left)
		}
	}
	k.refused(app.GiveCode{Digits: app.NewSecret("123456")}, app.CodeGateEnded)
}

// luckyDecoy is a method by which every credential but one proves whatever is given.
type luckyDecoy struct {
	app.Decoyer
	real []byte
}

func (l *luckyDecoy) Prove(t app.Turn, in app.Input) (app.Result, error) {
	if _, key := in.(app.GiveKey); key && !bytes.Contains(t.Credential, l.real) {
		return app.Result{Verdict: app.Proven, Update: []byte("{}")}, nil
	}
	return l.Decoyer.Prove(t, in)
}

// Nor do those among which somebody's key is shown.
func TestADecoyAmongKeysNeverPasses(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered)
	l := &luckyDecoy{}
	for i, m := range w.config.Methods {
		if m.Kind() == app.KindSecurityKey {
			l.Decoyer = m.(app.Decoyer)
			w.config.Methods[i] = l
		}
	}
	w.config.Policy.Feature.Disclosure = policy.Private
	w.restart()
	k := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	l.real = []byte(base64.StdEncoding.EncodeToString(k.use(key).Answer.CredentialID))
	k.refused(k.use(key, unverified), app.CodeKeyAnswer)
	at[app.ChooseMethod](k.must(k.use(key)))
}

// Whose account can't be helped is told by what is on file, and so is the help desk: once a day, and the mailbox at work
// never.
func TestTheReasonGoesToTheOwner(t *testing.T) {
	w := newWorld(t, private)
	w.config.Policy.HelpDesk.Mail = "helpdesk@harbour.example"
	w.restart()
	for state, reason := range map[string]app.Code{
		"registered": "", "nobody": "", "disabled": app.CodeDisabled, "elsewhere": app.CodeNotManaged,
		"not_enabled": app.CodeNotEnabled,
	} {
		userID := w.settle(state, "told-"+state)
		before := len(w.messages())
		for range 3 {
			at[app.Triage](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID}))
		}
		got := w.messages()[before:]
		if reason == "" {
			if len(got) != 0 {
				t.Errorf("%s: %+v was sent", state, got)
			}
			continue
		}
		if len(got) != 2 {
			t.Fatalf("%s: %d messages, want 2", state, len(got))
		}
		desk, owner := got[0], got[1]
		if desk.Template != app.MessageResetRefused {
			desk, owner = owner, desk
		}
		if desk.Template != app.MessageResetRefused || desk.To != "helpdesk@harbour.example" || desk.Params["user_id"] != userID ||
			desk.Params["reason"] != string(reason) {
			t.Errorf("%s: the help desk gets %+v", state, desk)
		}
		if owner.Template != app.MessageResetTried || owner.To != "id-told-"+state+"@email.example" || len(owner.Params) != 1 ||
			owner.Params["reason"] != string(reason) {
			t.Errorf("%s: the owner gets %+v", state, owner)
		}
		w.clock.pass(25 * time.Hour)
		w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID})
		if n := len(w.messages()) - before; n != 4 {
			t.Errorf("%s: %d messages after a day, want 4", state, n)
		}
	}
}

// The help desk learns the true reason, and the audit trail too.
func TestAskingForHelpFromADecoy(t *testing.T) {
	w := newWorld(t, private)
	userID := w.settle("disabled", "asker")
	w.messages()
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID}, app.ContactAdmin{})
	at[app.RequestSent](k)
	var reasons []string
	for _, m := range w.messages() {
		if m.Template == app.MessageHelpRequest {
			reasons = append(reasons, m.Params["reason"])
		}
	}
	if len(reasons) != 1 || reasons[0] != string(app.CodeDisabled) {
		t.Errorf("the help desk is told %v", reasons)
	}
	if w.audited("reset.user_id", "blocked") != 1 {
		t.Error("the audit trail has no blocked user ID")
	}
}

// In a named network the page says why, as it does everywhere where the policy is helpful.
func TestHelpfulNetworks(t *testing.T) {
	w := newWorld(t, private, func(p *policy.Policy) { p.Feature.HelpfulNetworks = []string{"10.20.0.0/16"} })
	for network, helpful := range map[string]bool{"10.20.3.4": true, "10.21.3.4": false, "local": false} {
		ctx := app.WithCaller(t.Context(), app.Caller{Origin: app.Origin{Network: network}})
		flow, err := w.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: w.key()})
		w.ok(err)
		ctx = app.WithCaller(t.Context(), app.Caller{Role: app.RoleFlow, Flow: flow.ID, Origin: app.Origin{Network: network}})
		flow, err = w.Submit(ctx, flow.ID, flow.Rev, w.key(), app.GiveUserID{UserID: someone(trial.Elsewhere).UserID})
		w.ok(err)
		if _, blocked := flow.Now.(app.Blocked); blocked != helpful {
			t.Errorf("from %s: %T", network, flow.Now)
		}
	}
}

// Somebody who may be helped is, in private disclosure too.
func TestAResetInPrivate(t *testing.T) {
	w, ben := newWorld(t, private), someone(trial.Registered)
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot},
		app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	k.must(w.mailed(ben.Mail))
	k.must(app.GivePassword{Password: app.NewSecret("a brighter harbour at dawn")})
	at[app.Done](k)
}

// Signing in tells nothing either: neither by the answer, nor by the number of tries.
func TestAWrongPasswordTellsNothing(t *testing.T) {
	w := newWorld(t, private)
	users := map[string]string{}
	for _, state := range []string{"registered", "nobody", "disabled", "elsewhere", "unverified"} {
		users[state] = w.settle(state, "guess-"+state)
	}
	users["locked by the directory"] = someone(trial.Locked).UserID
	for i := range 12 {
		var want string
		for _, state := range sorted(keysOf(users)) {
			k := w.start(app.PurposeSignIn, app.Caller{})
			err := k.say(app.SignIn{UserID: users[state], Password: app.NewSecret(fmt.Sprintf("wrong %d", i))})
			e := err.(*app.Error)
			got := fmt.Sprint(e.Code, e.Field, e.TriesLeft, e.RetryAt, k.flow.Rev)
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("guess %d at %s: %s, others get %s", i, state, got, want)
			}
		}
	}
}

func keysOf(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

// Only a stranger who may learn nothing waits for the beat: nobody who has proven something, nobody in helpful disclosure.
func TestOnlyStrangersWaitForTheBeat(t *testing.T) {
	t.Parallel()
	ben := someone(trial.Registered)
	signIn := func(password string) app.SignIn {
		return app.SignIn{UserID: ben.UserID, Password: app.NewSecret(password)}
	}
	for name, disclosure := range map[string]policy.Disclosure{"private": policy.Private, "helpful": policy.Helpful} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(p *policy.Policy) { p.Feature.Disclosure = disclosure })
			held := func(what string, want bool, act func()) {
				t.Helper()
				w.sealer.take()
				act()
				got := false
				for counted := range w.sealer.take() {
					got = got || strings.HasPrefix(counted, "held")
				}
				if got != want {
					t.Errorf("%s: held is %v, want %v", what, got, want)
				}
			}
			strangers := disclosure == policy.Private
			k := w.start(app.PurposeSignIn, app.Caller{})
			held("a wrong password", strangers, func() { k.refused(signIn("not this one"), app.CodeSignIn) })
			held("the right password", strangers, func() { k.must(signIn(ben.Password)) })
			held("the second proof", false, func() { k.must(w.code(ben)) })
			k = w.start(app.PurposeReset, app.Caller{})
			held("a user ID", strangers, func() { k.must(app.GiveUserID{UserID: ben.UserID}) })
			held("a reason", strangers, func() { k.must(app.GiveReason{Reason: app.ReasonForgot}) })
			w.clock.pass(time.Minute) // a code serves once
			held("the first proof", strangers, func() { k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben)) })
			held("what comes after it", false, func() { k.refused(app.GiveCode{Digits: app.NewSecret("000000")}, app.CodeWrongCode) })
			held("reading on", false, func() { k.again() })
			held("the end", false, func() { w.ok(w.Cancel(k.ctx, k.flow.ID)) })
		})
	}
}

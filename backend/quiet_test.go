package backend_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// The recovery lock and security keys in private disclosure.

// A lock, which any stranger can close, changes nothing of the ways of a name: those of somebody who has registered stay
// what they are, as those of nobody do.
func TestALockChangesNoWays(t *testing.T) {
	w := newWorld(t, private, often, func(p *policy.Policy) { p.Methods.Allowed = app.Kinds() })
	ways := func(userID string) []app.Choice {
		return at[app.ChooseMethod](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID},
			app.GiveReason{Reason: app.ReasonForgot})).Choices
	}
	for i := range 4 {
		for _, state := range []string{"registered", "nobody", "disabled"} {
			userID := w.settle(state, fmt.Sprintf("lock-%s-%d", state, i))
			before := ways(userID)
			w.lockOut(userID)
			if after := ways(userID); !reflect.DeepEqual(before, after) {
				t.Errorf("%s has %v, and %v once recovery is locked", userID, before, after)
			}
		}
	}
}

// A stranger who goes on until nothing goes any more meets the same at each turn, whoever's user ID it is: what locks, when,
// what a flow shows that was under way, and one that begins then.
func TestLocksTellNothing(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	sets := [][]app.Kind{
		{app.KindAuthApp, app.KindEmail}, {app.KindSecurityKey, app.KindAuthApp, app.KindEmail},
		{app.KindSecurityKey, app.KindSMS, app.KindVoice, app.KindQuestions},
	}
	for n, kinds := range sets {
		t.Run(fmt.Sprint(kinds), func(t *testing.T) {
			w := newWorld(t, private, often, allows(2, kinds), func(p *policy.Policy) {
				p.Codes.ConfirmDestination = n == 1
				p.Calls.SendsPerCountry, p.Calls.SendsPerStation, p.Calls.SendsPerDay = 1e6, 1e6, 1e6 // which all share
			})
			states := slices.DeleteFunc(slices.Clone(accounts), func(state string) bool {
				return state == "locked" || state == "admin" && slices.Contains(kinds, app.KindQuestions)
			})
			s := &siege{world: w, states: states, kinds: kinds, luck: rand.New(rand.NewPCG(uint64(n), 0))}
			s.lay()
			if !s.soft || !s.hard {
				t.Errorf("the locks were not met: soft %v, hard %v", s.soft, s.hard)
			}
		})
	}
}

// siege is a stranger who tries two flows of each account by turns.
type siege struct {
	*world
	states     []string
	kinds      []app.Kind
	luck       *rand.Rand
	users      map[string]string
	talks      [2]map[string]*talk
	took       []string
	soft, hard bool // were met
}

func (s *siege) lay() {
	s.users = map[string]string{}
	for i, state := range s.states {
		s.users[state] = s.settle(state, fmt.Sprintf("siege%c", 'a'+i))
	}
	for i := range s.talks {
		s.talks[i] = map[string]*talk{}
		s.begin(i)
	}
	for after := 20; after > 0; after-- {
		s.turn(s.luck.IntN(2))
		s.clock.pass(time.Duration(s.luck.IntN(40)) * time.Second)
		if !s.hard && len(s.took) < 400 {
			after = 20
		}
	}
}

func (s *siege) begin(i int) {
	for _, state := range s.states {
		s.talks[i][state] = s.start(app.PurposeReset, app.Caller{})
	}
}

// wrong names an answer that the page wants, wrong, or now and then another move.
func (s *siege) wrong(flow app.Flow) string {
	switch {
	case s.luck.IntN(8) == 0 && flow.CanBack:
		return "back"
	case s.luck.IntN(8) == 0 && len(flow.Others) > 0:
		return "choose " + string(flow.Others[0].Kind)
	}
	switch now := flow.Now.(type) {
	case app.EnterUserID:
		return "user_id"
	case app.ChooseMethod:
		return "choose " + string(now.Choices[s.luck.IntN(len(now.Choices))].Kind)
	case app.UseKey:
		return []string{"key", "last_key", "no_key"}[s.luck.IntN(3)]
	case app.EnterCode:
		return "code"
	case app.EnterAddress:
		return "address"
	case app.EnterPhone:
		return "number"
	case app.AnswerQuestions:
		return "answers"
	case app.Blocked:
		return "back"
	}
	return "reason"
}

// turn gives every account the same answer.
func (s *siege) turn(i int) {
	s.t.Helper()
	name := s.wrong(s.talks[i][s.states[0]].flow)
	var want string
	ended := false
	for _, state := range s.states {
		k := s.talks[i][state]
		err := k.say(moves(s.users[state], s.kinds)[name](k.flow))
		got := shape(k.flow, err)
		if want == "" {
			want, ended = got, app.CodeOf(err) == app.CodeExpired
		}
		if got != want {
			s.t.Fatalf("%s after %v: %s gets\n%s\nand %s\n%s", name, s.took, s.states[0], want, state, got)
		}
	}
	n := s.talks[i][s.states[0]].flow.Notice
	s.took = append(s.took, name)
	if ended {
		s.begin(i)
	}
	_, blocked := s.talks[i][s.states[0]].flow.Now.(app.Blocked)
	s.hard = s.hard || blocked && name == "user_id" // the soft one is not told there
	s.soft = s.soft || blocked && name != "user_id" || n != nil && n.Code == app.NoticeKeyOnly
}

// Over a lock that is not told, a key's proof holds and nothing else does; no code goes to anybody.
func TestOverAQuietLockAKeyAloneProves(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered, keyIsOne)
	w.config.Policy.Feature.Disclosure = policy.Private
	w.restart()
	w.lockOut(ben.UserID)
	k := w.reset(ben)
	before := len(w.messages()) // that recovery is locked
	if n := len(at[app.ChooseMethod](k).Choices); n != 3 || k.flow.Notice != nil {
		t.Errorf("%d ways, notice %+v", n, k.flow.Notice)
	}
	k.must(app.Choose{Kind: app.KindAuthApp})
	for left := 4; left > 0; left-- {
		if e := k.refused(w.code(ben), app.CodeWrongCode); e.TriesLeft != left {
			t.Errorf("a right code leaves %d tries, want %d", e.TriesLeft, left)
		}
	}
	at[app.EnterCode](k.must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: ben.Mail}))
	if got := w.messages()[before:]; len(got) != 0 {
		t.Errorf("sent %+v", got)
	}
	k.must(app.Choose{Kind: app.KindSecurityKey})
	if page := at[app.ChooseMethod](k.must(k.use(key))); len(page.Choices) != 2 {
		t.Errorf("after the key: %+v", page)
	}
	k.must(app.Choose{Kind: app.KindEmail}) // the mask may show by now
	at[app.NewPassword](k.must(w.mailed(ben.Mail)))
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
}

// The owner and the help desk are told of a lock once a day, by what is on file; of nobody's, nobody is.
func TestALockIsToldToItsOwner(t *testing.T) {
	w := newWorld(t, private, often)
	w.config.Policy.HelpDesk.Mail = "helpdesk@harbour.example"
	w.restart()
	for state, want := range map[string]int{"registered": 2, "nobody": 0, "disabled": 0} {
		userID := w.settle(state, "owner-"+state)
		w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID})
		before := len(w.messages())
		w.lockOut(userID)
		for range 3 {
			at[app.Triage](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID}))
		}
		got := w.messages()[before:]
		if len(got) != want {
			t.Errorf("%s: %d messages, want %d: %+v", state, len(got), want, got)
		}
		for _, m := range got {
			if m.Params["reason"] != string(app.CodeRecovery) || m.Template == app.MessageResetByKey {
				t.Errorf("%s: told %+v", state, m)
			}
		}
	}
}

// TestALockIsToldToAKeysOwner with what still works, instead of the help desk.
func TestALockIsToldToAKeysOwner(t *testing.T) {
	w, ben, _ := withKey(t, trial.Registered, private)
	w.lockOut(ben.UserID)
	w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID})
	if byKey, tried := w.heard(app.MessageResetByKey, ben.Mail), w.heard(app.MessageResetTried, ben.Mail); byKey != 1 || tried != 0 {
		t.Errorf("told %d times that the key works, %d times that nothing does", byKey, tried)
	}
}

// A key's page lists as many credential IDs for everybody before a first proof, and the same ones in the same order.
func TestKeysAreShownAmongDecoys(t *testing.T) {
	w, ben := newWorld(t, private, often, keysAllowed, func(p *policy.Policy) { p.Methods.Register = 3 }), someone(trial.Registered)
	asked := func(userID string) [][]byte {
		k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID}, app.GiveReason{Reason: app.ReasonForgot},
			app.Choose{Kind: app.KindSecurityKey})
		return at[app.UseKey](k).Get.Allow
	}
	var keys []*keytest.Key
	k := w.register(ben)
	for n := 1; n <= 9; n++ {
		keys = append(keys, &keytest.Key{})
		k.addKey(keys[n-1], "Key")
		ids := asked(ben.UserID)
		if want := max(n, 8); len(ids) != want {
			t.Fatalf("%d keys are shown as %d, want %d", n, len(ids), want)
		}
		w.restart()
		if again := asked(strings.ToUpper(ben.UserID)); !reflect.DeepEqual(ids, again) {
			t.Errorf("%d keys: other IDs, or another order, for the same name", n)
		}
		for i, key := range keys {
			if key.Get(app.KeyGet{Allow: ids}).Signature == nil {
				t.Errorf("key %d of %d is not asked for", i+1, n)
			}
		}
	}
	first := map[int]bool{} // where the first key of somebody stands
	for i := range 12 {
		name := fmt.Sprintf("nobody%d@harbour.example", i)
		ids := asked(name)
		w.clock.pass(50*time.Hour + 17*time.Minute)
		if again := asked(name); len(ids) != 8 || !reflect.DeepEqual(ids, again) {
			t.Errorf("%s: %d IDs, then others", name, len(ids))
		}
		ids = asked(w.settle("registered", fmt.Sprintf("order%d", i)))
		w.ok(w.config.Store.View(t.Context(), func(tx port.Tx) error {
			creds, err := tx.Credentials(app.AccountID(fmt.Sprintf("id-order%d", i)))
			creds = slices.DeleteFunc(creds, func(c port.CredentialRecord) bool { return c.Kind != app.KindSecurityKey })
			first[slices.IndexFunc(ids, func(id []byte) bool {
				return bytes.Contains(creds[0].Secret, []byte(base64.StdEncoding.EncodeToString(id)))
			})] = true
			return err
		}))
	}
	if len(first) < 4 || first[-1] {
		t.Errorf("a person's first key stands at %v of eight", first)
	}
}

// Who runs the place is told of a lock where the page says nothing, or leads on by key: in the audit trail, and where
// somebody asks for help.
func TestTheTrailAndTheHelpDeskKnowOfALock(t *testing.T) {
	for _, disclosure := range []policy.Disclosure{policy.Private, policy.Helpful} {
		w, ben, _ := withKey(t, trial.Registered)
		w.config.Policy.Feature.Disclosure = disclosure
		w.restart()
		w.lockOut(ben.UserID)
		k := w.reset(ben)
		said := slices.ContainsFunc(w.trail(), func(e port.AuditEntry) bool {
			return e.Flow == string(k.flow.ID) && e.Action == "reset.user_id" && e.Reason == string(app.CodeRecovery)
		})
		if !said {
			t.Errorf("%s: the trail does not say that recovery was locked", disclosure)
		}
		k.must(app.ContactAdmin{})
		asked := slices.ContainsFunc(w.messages(), func(m app.Message) bool {
			return m.Template == app.MessageHelpRequest && m.Params["reason"] == string(app.CodeRecovery)
		})
		if !asked {
			t.Errorf("%s: the help desk is not told that recovery was locked", disclosure)
		}
	}
}

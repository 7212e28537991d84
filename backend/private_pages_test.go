package backend_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// What a stranger may see of credentials, in private disclosure and before a first proof: nothing, whatever a person has.

// numbersOf are numbers that people may have, by use; of several countries.
var numbersOf = map[app.PhoneUse][]app.GivePhone{
	app.PhoneMobile:    {{Number: "+61491570156"}, {Number: "+4915112345678"}, {Number: "+447400123456"}, {Number: "+12025550123"}},
	app.PhoneAlternate: {{Number: "+61491570157"}, {Number: "+447400123457"}},
	app.PhoneOffice:    {{Number: "+442079460000"}, {Number: "+442079460000", Extension: "4400"}, {Number: "+390612345678"}},
}

// usesOf are the variants that a person may have one of each.
var usesOf = map[app.Kind][]app.PhoneUse{
	app.KindSMS: {app.PhoneMobile, app.PhoneAlternate}, app.KindVoice: {app.PhoneMobile, app.PhoneAlternate, app.PhoneOffice},
}

// mostOf are how many credentials without a variant somebody may have.
var mostOf = map[app.Kind]int{app.KindAuthApp: 5, app.KindSecurityKey: 8, app.KindEmail: 1, app.KindQuestions: 1}

// person makes an account that has a credential set of these kinds, which is drawn.
func (w *world) person(t *rapid.T, name string, kinds []app.Kind) string {
	w.t.Helper()
	userID := name + "@harbour.example"
	a := port.DirectoryAccount{ID: app.AccountID("id-" + name), UserID: userID, Name: name, Mail: userID, Groups: []string{"Password self-service"}}
	w.ok(w.dir.Put(w.t.Context(), a, app.NewSecret("correct horse battery")))
	for _, kind := range kinds {
		uses := usesOf[kind]
		if uses == nil {
			for nth := range rapid.IntRange(1, mostOf[kind]).Draw(t, "how many of "+string(kind)) {
				w.decoyFor(a, kind, nth)
			}
			continue
		}
		chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(uses), 1, len(uses), rapid.ID).Draw(t, "uses of "+string(kind))
		for i, use := range chosen {
			in := rapid.SampledFrom(numbersOf[use]).Draw(t, "number")
			in.Use = use
			last := time.Duration(rapid.IntRange(0, 3).Draw(t, "used")) * time.Minute
			w.holdsNumber(a, kind, in, i, last)
		}
	}
	return userID
}

// holdsNumber gives an account a number.
func (w *world) holdsNumber(a port.DirectoryAccount, kind app.Kind, in app.GivePhone, nth int, used time.Duration) {
	w.t.Helper()
	for _, m := range w.config.Methods {
		if m.Kind() != kind {
			continue
		}
		c, err := m.(app.Contactable).Contact(app.Turn{Person: app.Person{Account: a.ID, UserID: a.UserID, Name: a.Name}}, in)
		w.ok(err)
		r := port.CredentialRecord{
			ID: app.CredentialID(fmt.Sprint(a.ID, "-", kind, nth)), Account: a.ID, Kind: kind, Variant: c.Variant, Secret: c.Secret,
			Masked: c.Masked, Address: c.Address, Added: w.clock.Now().Add(-time.Hour),
		}
		if used > 0 {
			r.LastUsed = w.clock.Now().Add(-used)
		}
		w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error { return tx.PutCredential(r) }))
	}
}

// pagesSame walks a decoy, and people who have all that a person may have of the same kinds, side by side.
func pagesSame(t *testing.T, walks int, sets [][]app.Kind, change func(*policy.Policy)) {
	for _, kinds := range sets {
		for _, confirm := range []bool{true, false} {
			t.Run(fmt.Sprint(kinds, confirm), func(t *testing.T) {
				w := newWorld(t, private, allows(2, kinds), often, func(p *policy.Policy) {
					p.Codes.ConfirmDestination = confirm
					change(p)
				})
				var names []string
				for name := range moves("", kinds) {
					names = append(names, name)
				}
				names = append(sorted(names), "resend", "resend", "code", "number") // what tells most, more often
				for _, kind := range kinds {
					names = append(names, "choose "+string(kind), "choose "+string(kind))
				}
				run := 0
				for _, confirms := range []policy.CallConfirm{policy.SpokenCode, policy.TwoDigits} {
					w.config.Policy.Calls.Confirm = confirms
					w.restart()
					for seed := range walks {
						run++
						walk := rapid.Custom(func(t *rapid.T) []string {
							users := map[string]string{"0 nobody": fmt.Sprintf("n%03d@harbour.example", run)}
							for i := range 3 {
								who := fmt.Sprintf("%c%03d", 'p'+i, run)
								users[who] = w.person(t, who, kinds)
							}
							w.sideBySide(users, kinds, rapid.SliceOfN(rapid.SampledFrom(names), 15, 35).Draw(t, "moves"))
							return nil
						})
						walk.Example(seed)
					}
				}
			})
		}
	}
}

// sideBySide does the same moves for each user ID, and holds the answers equal.
func (w *world) sideBySide(users map[string]string, kinds []app.Kind, names []string) {
	w.t.Helper()
	who := sorted(keysOf(users))
	talks := map[string]*talk{}
	begin := func() {
		for _, name := range who {
			talks[name] = w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: users[name]}, app.GiveReason{Reason: app.ReasonForgot})
		}
	}
	begin()
	for i, move := range names {
		var want string
		for _, name := range who {
			k := talks[name]
			got := shape(k.flow, k.say(moves(users[name], kinds)[move](k.flow)))
			got += "\n" + shape(k.flow, nil)
			if want == "" {
				want = got
			}
			if got != want {
				w.t.Fatalf("after %v: %s gets\n%s\nand %s\n%s", names[:i+1], who[0], want, name, got)
			}
		}
		w.clock.pass([]time.Duration{time.Second, 31 * time.Second, time.Second, 2 * time.Minute}[i%4])
		if over(talks[who[0]].flow) || i%9 == 8 {
			begin()
		}
	}
}

// Threat: a page names the use of somebody's number, or behaves as only those can who have several, so that it tells a person
// from a decoy and what the person has.
func TestNoPageTellsACredentialBeforeAProof(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	sets := [][]app.Kind{
		{app.KindAuthApp, app.KindVoice}, {app.KindSMS, app.KindVoice}, {app.KindSecurityKey, app.KindSMS, app.KindEmail},
		{app.KindAuthApp, app.KindSMS, app.KindEmail, app.KindQuestions},
	}
	pagesSame(t, 2, sets, func(p *policy.Policy) {
		p.Calls.SendsPerCountry, p.Calls.SendsPerStation, p.Calls.SendsPerDay = 1e6, 1e6, 1e6
	})
}

// Threat: a number whose country is shut out or has used up its texts, a number or an address that has got its share, a full
// day: where the page says so, it says that there is such a number.
func TestNoRefusalDependsOnACredentialBeforeAProof(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	for name, change := range map[string]func(*policy.Policy){
		"country":   func(p *policy.Policy) { p.Calls.SendsPerCountry = 3 },
		"day":       func(p *policy.Policy) { p.Calls.SendsPerDay = 5 },
		"countries": func(p *policy.Policy) { p.Calls.Countries = []string{"AU", "IT"} },
		"number":    func(p *policy.Policy) { p.Recovery.SendsPerNumber, p.Recovery.MailsPerAddress = 1, 1 },
		"account":   func(p *policy.Policy) { p.Recovery.SendsPerAccount = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			pagesSame(t, 1, [][]app.Kind{{app.KindSMS, app.KindVoice}, {app.KindSMS, app.KindEmail}}, change)
		})
	}
}

// Threat: a hundred names that nobody has use up the texts of a country, of the day or of a network, and nobody gets one any
// more.
func TestWhatGoesToNobodyTakesFromNobodysBudget(t *testing.T) {
	exhaustive(t)
	origin := app.Origin{Station: "kiosk 1", Network: "203.0.113.5"}
	for _, kind := range []app.Kind{app.KindSMS, app.KindVoice} {
		for _, state := range []string{"nobody", "disabled", "elsewhere", "not_enabled", "locked"} {
			w := newWorld(t, private, allows(1, []app.Kind{app.KindAuthApp, kind}), often, func(p *policy.Policy) {
				p.Codes.ConfirmDestination = false
				p.Calls = policy.Calls{Confirm: policy.SpokenCode, SendsPerCountry: 4, SendsPerStation: 1, SendsPerNetwork: 2, SendsPerDay: 4}
			})
			ask := func(userID string) {
				k := w.start(app.PurposeReset, app.Caller{Origin: origin}).must(app.GiveUserID{UserID: userID}, app.GiveReason{Reason: app.ReasonForgot}, app.Choose{Kind: kind})
				at[app.EnterCode](k)
			}
			for i := range 6 {
				userID := w.settle(state, fmt.Sprintf("made-up-%d", i))
				ask(userID)
			}
			ben := port.DirectoryAccount{ID: "id-ben", UserID: "b@harbour.example", Name: "Ben", Groups: []string{"Password self-service"}}
			w.ok(w.dir.Put(t.Context(), ben, app.NewSecret("correct horse battery")))
			w.decoyFor(ben, app.KindAuthApp, 0)
			w.holdsNumber(ben, kind, app.GivePhone{Number: "+4915112345678", Use: app.PhoneMobile}, 0, 0)
			for _, m := range w.messages() {
				if m.Code != "" {
					t.Errorf("%s: a code went to %s", state, m.To)
				}
			}
			ask(ben.UserID)
			if w.mailed("+4915112345678").Digits.Reveal() == "" {
				t.Errorf("%s, %s: nothing was sent", state, kind)
			}
		}
	}
}

// What is not sent since a budget is used up is in the audit trail, as the page must not tell it.
func TestTheTrailTellsOfATextThatWasNotSent(t *testing.T) {
	w := newWorld(t, private, allows(1, []app.Kind{app.KindAuthApp, app.KindSMS}), often, func(p *policy.Policy) {
		p.Codes.ConfirmDestination = false
		p.Calls.SendsPerDay = 1
	})
	for i, want := range []int{0, 1} {
		name := fmt.Sprintf("full%d", i)
		ben := port.DirectoryAccount{ID: app.AccountID("id-" + name), UserID: name + "@harbour.example", Name: name, Groups: []string{"Password self-service"}}
		w.ok(w.dir.Put(t.Context(), ben, app.NewSecret("correct horse battery")))
		w.decoyFor(ben, app.KindAuthApp, 0)
		w.holdsNumber(ben, app.KindSMS, app.GivePhone{Number: "+4915112345678", Use: app.PhoneMobile}, 0, 0)
		w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot}, app.Choose{Kind: app.KindSMS})
		if got := w.audited("reset.choose", "blocked"); got != want {
			t.Errorf("%d entries after %d texts, want %d", got, i+1, want)
		}
	}
}

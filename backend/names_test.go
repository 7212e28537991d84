package backend_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/contacts"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// spellings are the ways in which people write a user ID of the organisation: all lead to one account.
func spellings(userID string) []string {
	name, domain, _ := strings.Cut(userID, "@")
	short, _, _ := strings.Cut(domain, ".")
	return []string{
		userID, strings.ToUpper(userID), name, strings.ToUpper(short) + `\` + name, short + `\` + strings.ToUpper(name),
		"\u200b" + userID, userID + "\r\n", "\ufeff\u202a " + name + "\u00a0", strings.ReplaceAll(userID, "i", "İ"),
	}
}

// TestEverySpellingFindsTheAccount, wherever a user ID is taken.
func TestEverySpellingFindsTheAccount(t *testing.T) {
	ben := someone(trial.Registered)
	for _, spelt := range spellings(ben.UserID) {
		w := newWorld(t)
		if k := w.start(app.PurposeSignIn, app.Caller{}); k.say(app.SignIn{UserID: spelt, Password: secret(ben.Password)}) != nil {
			t.Errorf("signing in as %q fails", spelt)
		}
		at[app.Triage](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: spelt}))
		pass, err := w.IssuePass(w.operator(), app.IssuePass{UserID: spelt, By: "jo"})
		if err != nil || pass.Person.Account != ben.ID {
			t.Fatalf("a pass for %q: %v", spelt, err)
		}
		k := w.start(app.PurposeSignIn, app.Caller{})
		at[app.SignedIn](k.must(app.SignInWithPass{UserID: spelt, Pass: secret("\u202a" + pass.Shown().Reveal() + "\u2028")}))
		done, found := w.imports(app.ContactsFile{Content: csvOf(contacts.Row{Line: 2, UserID: spelt, Email: "ben@letters.example"})})
		if len(found) > 0 || done.Updated+done.Added+done.Kept+done.Same != 1 {
			t.Errorf("importing for %q: %+v %v", spelt, done, found)
		}
	}
}

// TestAnAddressIsOneWhateverAPasteBrings, registered and entered beforehand.
func TestAnAddressIsOneWhateverAPasteBrings(t *testing.T) {
	const clean = "ana@letters.example"
	for _, dirty := range []string{"\u200b" + clean, clean + "\n", "ana\u00a0@letters.example", "ana＠letters.example", "\ufeff" + clean + "\u2029"} {
		w, ana := newWorld(t), someone(trial.Ready)
		k := w.register(ana).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: dirty})
		if got := at[app.EnterCode](k).Masked; got != "a•••@letters.example" {
			t.Errorf("%q is shown as %q", dirty, got)
		}
		k.must(w.mailed(clean))
		w = newWorld(t)
		w.enter(row(2, ana, "", dirty))
		if done, _ := w.imports(app.ContactsFile{Content: csvOf(row(2, ana, "", clean)), DryRun: true}); done.Same != 1 {
			t.Errorf("%q was entered as another address: %+v", dirty, done)
		}
	}
}

// Threat: who writes a made-up name in two ways sees two decoys, or gets two receipts, where somebody's own account would be
// one. And names that differ are different nobodies.
func TestEverySpellingOfNobodyIsOneNobody(t *testing.T) {
	w := newWorld(t, private, func(p *policy.Policy) {
		p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindSMS, app.KindVoice, app.KindEmail, app.KindQuestions}
	})
	seen := map[string]string{}
	for i := range 6 {
		userID := fmt.Sprintf("nobody.in%d@harbour.example", i)
		var ways []app.Kind
		var receipt string
		for j, spelt := range spellings(userID) {
			k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: spelt}, app.GiveReason{Reason: app.ReasonForgot})
			var offered []app.Kind
			for _, c := range at[app.ChooseMethod](k).Choices {
				offered = append(offered, c.Kind)
			}
			got := at[app.RequestSent](k.must(app.ContactAdmin{})).Receipt
			if j == 0 {
				ways, receipt = offered, got
			}
			if !reflect.DeepEqual(offered, ways) || got != receipt {
				t.Errorf("%q: ways %v, receipt %s; %q has %v, %s", spelt, offered, got, userID, ways, receipt)
			}
		}
		if other, known := seen[receipt]; known {
			t.Errorf("%s and %s are one", userID, other)
		}
		seen[receipt] = userID
	}
}

// TestEverySpellingOfNobodyHasOneReceipt holds where a stranger is told that nobody has the name, too.
func TestEverySpellingOfNobodyHasOneReceipt(t *testing.T) {
	w := newWorld(t, func(p *policy.Policy) { p.Feature.Disclosure, p.Recovery.StartsPerHour = policy.Helpful, 100 })
	receipts := map[string]bool{}
	for _, spelt := range spellings("nobody.in@harbour.example") {
		k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: spelt}, app.ContactAdmin{})
		receipts[at[app.RequestSent](k).Receipt] = true
	}
	if len(receipts) != 1 {
		t.Errorf("%d receipts for one name", len(receipts))
	}
}

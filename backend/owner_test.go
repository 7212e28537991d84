package backend_test

import (
	"slices"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/contacts"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// TestWorkMailboxHearsOfAContactThatIsConfirmed: whoever entered one may have entered a number of their own.
func TestWorkMailboxHearsOfAContactThatIsConfirmed(t *testing.T) {
	w, hugo := newWorld(t, everyContact), someone(trial.Never)
	k := w.neverHad(hugo, app.ReasonNever).must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: hugo.Mobile})
	if w.heard(app.MessageContactConfirmed, hugo.UserID) != 0 {
		t.Error("a code that was sent confirmed the number")
	}
	k.must(w.mailed(hugo.Mobile)).must(w.mailed(hugo.Mail))
	if got := w.heard(app.MessageContactConfirmed, hugo.UserID); got != 2 {
		t.Errorf("the work mailbox was told of %d contacts, want 2", got)
	}
	w, ana := newWorld(t, everyContact, func(p *policy.Policy) { p.Registration.ContactsMayReset = true }), someone(trial.Ready)
	w.enter(row(1, ana, mobile, "ana@letters.example"))
	w.reset(ana).must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: mobile}).must(w.mailed(mobile))
	if got := w.heard(app.MessageContactConfirmed, ana.UserID); got != 1 {
		t.Errorf("in a reset it was told of %d contacts, want 1", got)
	}
}

// TestImportOfWhatSomebodyElseHas names row and column, whether it was registered or entered, for texts or for calls; not
// where the import takes it from the other.
func TestImportOfWhatSomebodyElseHas(t *testing.T) {
	w := newWorld(t, everyContact)
	ana, ben, farid := someone(trial.Ready), someone(trial.Registered), someone(trial.Locked)
	w.register(ana).addNumber(app.KindVoice, mobile, app.PhoneMobile)
	w.enter(row(2, farid, other, ""), row(3, ana, "", "ana@letters.example"))
	_, found := w.imports(app.ContactsFile{Content: csvOf(
		contacts.Row{Line: 2, UserID: someone(trial.Never).UserID, Mobile: mobile, Alternate: other, Email: ben.Mail},
		contacts.Row{Line: 3, UserID: ben.UserID, Email: "ana@letters.example", Office: office},
	)})
	want := []string{
		"row 2, mobile: is on file for somebody else", "row 2, alternate_mobile: is on file for somebody else",
		"row 2, email: is on file for somebody else", "row 3, email: is on file for somebody else",
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		t.Errorf("found %q", found)
	}
	w.enter(
		contacts.Row{Line: 2, UserID: farid.UserID, Mobile: "+61491570158", Email: "new@letters.example"},
		contacts.Row{Line: 3, UserID: ben.UserID, Mobile: other},
	)
	w.enter(row(2, ana, mobile, "ana@letters.example"), contacts.Row{Line: 3, UserID: someone(trial.Never).UserID, Office: office})
}

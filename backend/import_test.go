package backend_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/contacts"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

func row(line int, p trial.Person, mobile, email string) contacts.Row {
	return contacts.Row{Line: line, UserID: p.UserID, Mobile: mobile, Email: email}
}

// csvOf writes rows as the file that an administrator enters, each at its line.
func csvOf(rows ...contacts.Row) []byte {
	var file bytes.Buffer
	out := csv.NewWriter(&file)
	record := func(fields ...string) { _ = out.Write(fields) } // a buffer takes everything
	record("user_id", "mobile", "alternate_mobile", "office_phone", "extension", "email")
	for line, r := 2, 0; r < len(rows); line++ {
		if rows[r].Line > line {
			record("", "", "", "", "", "")
			continue
		}
		record(rows[r].UserID, rows[r].Mobile, rows[r].Alternate, rows[r].Office, rows[r].Extension, rows[r].Email)
		r++
	}
	out.Flush()
	return file.Bytes()
}

func (w *world) imports(file app.ContactsFile) (app.ContactsEntered, []string) {
	w.t.Helper()
	done, err := w.ImportContacts(w.operator(), file)
	w.ok(err)
	var said []string
	for _, p := range done.Problems {
		said = append(said, fmt.Sprintf("row %d, %s: %s", p.Line, p.Key, words.Problem(p)))
	}
	return done, said
}

// enter imports rows that have to be good.
func (w *world) enter(rows ...contacts.Row) app.ContactsEntered {
	w.t.Helper()
	done, found := w.imports(app.ContactsFile{Content: csvOf(rows...)})
	if len(found) > 0 {
		w.t.Fatalf("not imported: %v", found)
	}
	done.Written = false // it was, or there were problems
	return done
}

func TestImportSaysWhatIsWrongByRowAndColumn(t *testing.T) {
	w := newWorld(t, everyContact)
	ana, ben, greta, farid := someone(trial.Ready), someone(trial.Registered), someone(trial.Admin), someone(trial.Locked)
	rows := []contacts.Row{
		{Line: 2, UserID: "nobody@harbour.example", Mobile: mobile},
		{Line: 3, UserID: ana.UserID, Mobile: "0491 570 156", Email: "ana@ward.harbour.example"},
		{Line: 4, UserID: ben.UserID, Mobile: office, Alternate: "+1 900 555 0100", Office: office, Extension: "12a"},
		{Line: 5, UserID: strings.ToUpper(ana.UserID), Mobile: mobile},
		{Line: 6, UserID: greta.UserID, Mobile: other, Alternate: other, Email: "not an address"},
		{Line: 7, UserID: farid.UserID, Mobile: other},
	}
	done, found := w.imports(app.ContactsFile{Content: csvOf(rows...)})
	want := []string{
		"row 2, user_id: is nobody in the directory",
		"row 3, mobile: has no country: without --region it begins with + and the country code",
		"row 3, email: is in the organisation's own domain: reading it takes the password",
		"row 4, mobile: is a land line; a mobile is wanted",
		"row 4, alternate_mobile: is a number with a tariff of its own",
		"row 4, extension: is not an extension of at most 8 digits",
		"row 5, user_id: is the same as in row 3",
		"row 6, alternate_mobile: stands in this row twice",
		"row 6, email: is not an email address",
		"row 7, mobile: is the same as in row 6",
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		t.Errorf("found\n  %s\nwant\n  %s", strings.Join(found, "\n  "), strings.Join(want, "\n  "))
	}
	if done.People != 0 || w.audited("users.import", "succeeded") != 0 {
		t.Errorf("an import that is wrong did %+v", done)
	}
}

func TestImportIsAllOrNothing(t *testing.T) {
	w, ana := newWorld(t, everyContact), someone(trial.Ready)
	good := row(2, ana, mobile, "ana@letters.example")
	done, found := w.imports(app.ContactsFile{Content: csvOf(good, contacts.Row{Line: 3, UserID: "nobody", Email: "n@letters.example"})})
	if len(found) != 1 || done.Added != 3 || len(w.onFile(ana)) != 0 {
		t.Errorf("with a bad row: %+v, %v, on file %v", done, found, w.onFile(ana))
	}
	done, _ = w.imports(app.ContactsFile{Content: csvOf(good), DryRun: true})
	if done.Added != 3 || len(w.onFile(ana)) != 0 || w.audited("users.import", "succeeded") != 0 {
		t.Errorf("a dry run did %+v, on file %v", done, w.onFile(ana))
	}
	w.enter(good)
	if on := w.onFile(ana); len(on) != 3 || on[app.KindEmail].Counts() || on[app.KindVoice].Variant != "mobile" {
		t.Errorf("on file: %+v", on)
	}
}

func TestImportAgain(t *testing.T) {
	w, hugo := newWorld(t, everyContact), someone(trial.Never)
	k := w.neverHad(hugo, app.ReasonNever).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: hugo.Mail})
	k.must(w.mailed(hugo.Mail)) // confirmed
	late := w.neverHad(hugo, app.ReasonNever).must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: hugo.Mobile})
	got := w.enter(row(2, hugo, other, "someone.else@letters.example"))
	if want := (app.ContactsEntered{People: 1, Updated: 2, Kept: 1}); !reflect.DeepEqual(got, want) {
		t.Errorf("the second import did %+v, want %+v", got, want)
	}
	on := w.onFile(hugo)
	if on[app.KindSMS].Address != other || on[app.KindEmail].Address != hugo.Mail {
		t.Errorf("on file: %s, %s", on[app.KindSMS].Address, on[app.KindEmail].Address)
	}
	late.refused(w.mailed(hugo.Mobile), app.CodeEnded) // it was begun with the old number
	if got, want := w.enter(row(2, hugo, other, "")), (app.ContactsEntered{Same: 2}); !reflect.DeepEqual(got, want) {
		t.Errorf("the third import did %+v, want %+v", got, want)
	}
	ben := someone(trial.Registered)
	if got := w.enter(row(2, ben, "", "ben@letters.example")); got.Kept != 1 || w.onFile(ben)[app.KindEmail].Address != ben.Mail {
		t.Errorf("what Ben registered was overwritten: %+v", got)
	}
}

func TestImportReadsNumbersAsOfARegion(t *testing.T) {
	w, ana := newWorld(t, everyContact), someone(trial.Ready)
	_, found := w.imports(app.ContactsFile{Region: "AU", Content: csvOf(contacts.Row{
		Line: 2, UserID: ana.UserID, Mobile: "0491 570 156", Office: "+44 20 7946 0000", Extension: "4400",
	})})
	if len(found) > 0 {
		t.Fatal(found)
	}
	if on := w.onFile(ana); on[app.KindSMS].Address != mobile {
		t.Errorf("the number is %s", on[app.KindSMS].Address)
	}
	var numbers []string
	w.ok(w.config.Store.View(t.Context(), func(tx port.Tx) error {
		creds, err := tx.Credentials(ana.ID)
		for _, c := range creds {
			numbers = append(numbers, c.Address)
		}
		return err
	}))
	if !slices.Contains(numbers, office+";ext=4400") {
		t.Errorf("the office number is missing in %v", numbers)
	}
}

// TestADryRunListsWhatWasReadFromWhat: each number that is written otherwise than it is dialled, and no other. A real
// run gives none back.
func TestADryRunListsWhatWasReadFromWhat(t *testing.T) {
	w, ana, ben := newWorld(t, everyContact), someone(trial.Ready), someone(trial.Registered)
	file := app.ContactsFile{Region: "AU", DryRun: true, Content: csvOf(
		contacts.Row{Line: 2, UserID: ana.UserID, Mobile: "0491 570 156", Office: "+44 20 7946 0000 ext. 4400"},
		contacts.Row{Line: 3, UserID: ben.UserID, Mobile: "+61 (491) 570-157", Alternate: "61491570158"},
	)}
	done, found := w.imports(file)
	want := []app.NumberRead{
		{Line: 2, Column: "mobile", From: "0491 570 156", As: "+61491570156"},
		{Line: 2, Column: "office_phone", From: "+44 20 7946 0000 ext. 4400", As: "+442079460000;ext=4400"},
		{Line: 3, Column: "alternate_mobile", From: "61491570158", As: "+61491570158"},
	}
	if len(found) > 0 || !slices.Equal(done.Read, want) {
		t.Errorf("%v; read %+v", found, done.Read)
	}
	file.DryRun = false
	bad := app.ContactsFile{Region: "AU", Content: append(file.Content, "nobody,0491 570 159,,,,\n"...)}
	if done, found := w.imports(bad); done.Read != nil || len(found) != 1 {
		t.Errorf("a real run that is refused: %+v", done)
	}
	if done, _ := w.imports(file); done.Read != nil || !done.Written {
		t.Errorf("the real run did %+v", done)
	}
}

// TestASpreadsheetsNumberIsNobodyElses: what Excel leaves of a number from abroad is not read as one of the region's.
func TestASpreadsheetsNumberIsNobodyElses(t *testing.T) {
	w, ana := newWorld(t, everyContact), someone(trial.Ready)
	for number, why := range map[string]string{
		"442079460000": "may be another country's number, since a spreadsheet such as Excel drops a leading + or 0; write it with + and the country code, in a column formatted as text",
		"4.42079E+11":  "was shortened by a spreadsheet, and its last digits are lost; format the column as text and enter it again",
	} {
		_, found := w.imports(app.ContactsFile{Region: "DE", Content: csvOf(contacts.Row{Line: 2, UserID: ana.UserID, Office: number})})
		if !slices.Equal(found, []string{"row 2, office_phone: " + why}) {
			t.Errorf("%s: %v", number, found)
		}
	}
}

func TestImportRefusesWhatThePolicyDoesNotAllow(t *testing.T) {
	w := newWorld(t) // an app and mail
	_, found := w.imports(app.ContactsFile{Content: csvOf(row(2, someone(trial.Ready), mobile, ""))})
	if !slices.Equal(found, []string{"row 2, mobile: can't serve: the policy allows no method for it"}) {
		t.Errorf("found %v", found)
	}
}

func TestTheTrailOfAnImportHoldsCountsAlone(t *testing.T) {
	w, ana := newWorld(t, everyContact), someone(trial.Ready)
	w.enter(row(2, ana, mobile, "ana@letters.example"))
	for _, e := range w.trail() {
		if e.Action == "users.import" {
			if e.Reason != "people=1 added=3 updated=0 same=0 kept=0" || e.Account != "" || e.Role != "admin" || e.Station != here.Station {
				t.Errorf("entry: %+v", e)
			}
			return
		}
	}
	t.Error("there is no entry")
}

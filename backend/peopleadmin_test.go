package backend_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// faultyPeople is the directory's half that people are entered by; fail is what each change comes to.
type faultyPeople struct {
	people
	fail    error
	disable func() error // nil: it is done
}

func (f *faultyPeople) Disable(ctx context.Context, id app.AccountID, disabled bool) error {
	if f.disable != nil {
		return f.disable()
	}
	return f.people.Disable(ctx, id, disabled)
}

type people = port.People

func (f *faultyPeople) Enter(ctx context.Context, all []port.DirectoryAccount) error {
	if f.fail != nil {
		return f.fail
	}
	return f.people.Enter(ctx, all)
}

func (f *faultyPeople) Remove(ctx context.Context, id app.AccountID) error {
	if f.fail != nil {
		return f.fail
	}
	return f.people.Remove(ctx, id)
}

// kept is a world whose people are entered by Sparekey.
func kept(t *testing.T) (*world, *faultyPeople) {
	t.Helper()
	w := newWorld(t)
	people := &faultyPeople{people: w.dir.Directory}
	w.config.People = people
	w.restart()
	return w, people
}

func (w *world) importPeople(file string) app.PeopleEntered {
	w.t.Helper()
	done, err := w.ImportPeople(w.operator(), app.PeopleFile{Content: []byte(file), By: "jo"})
	w.ok(err)
	return done
}

func (w *world) found(userID string) port.DirectoryAccount {
	w.t.Helper()
	account, err := w.dir.Find(w.t.Context(), userID)
	w.ok(err)
	return account
}

func TestPeopleAreImportedAndBroughtUpToDate(t *testing.T) {
	w, _ := kept(t)
	const head = "user_id;name;given_name;family_name;mail;groups;administrator\n"
	done := w.importPeople(head + "nia;;Nia;Okoro;nia@harbour.example;Staff;yes\nole@harbour.example;Ole Berg;;;;\"Staff; Crew ;Staff\";no\n")
	if !done.Written || done.Added != 2 || done.NewAdmins != 1 || len(done.Problems) > 0 {
		t.Fatalf("%+v", done)
	}
	nia, ole := w.found("nia@harbour.example"), w.found("ole")
	if nia.UserID != "nia@harbour.example" || nia.Name != "Nia Okoro" || !slices.Equal(nia.Names, []string{"Nia", "Okoro"}) || !nia.Admin || nia.HasPassword ||
		!slices.Equal(ole.Groups, []string{"Staff", "Crew"}) || !slices.Equal(ole.Names, []string{"Ole", "Berg"}) || ole.ID == nia.ID || ole.ID == "" {
		t.Errorf("entered %+v and %+v", nia, ole)
	}
	done = w.importPeople(head + "NIA;Nia Berg;;;;;\nole;;;;;-;\n")
	if done.Updated != 2 || done.Added+done.Same+done.NewAdmins != 0 {
		t.Errorf("brought up to date: %+v", done)
	}
	again := w.found("nia")
	if again.ID != nia.ID || again.Name != "Nia Berg" || again.Mail != nia.Mail || !again.Admin || !slices.Equal(again.Groups, nia.Groups) || len(w.found("ole").Groups) != 0 {
		t.Errorf("an empty field changed something: %+v, %+v", again, w.found("ole"))
	}
	if done = w.importPeople("user_id,administrator\nnia,no\nole,\n"); done.Updated != 1 || done.Same != 1 || done.FormerAdmins != 1 || w.found("nia").Admin {
		t.Errorf("no administrator any more: %+v", done)
	}
	if w.audited("people.import", "succeeded") != 3 || w.audited("people.write", "succeeded") != 3 {
		t.Error("the trail does not say what was done")
	}
}

// TestPeopleWithProblemsAreNamedAtOnce, by line, and nothing is written.
func TestPeopleWithProblemsAreNamedAtOnce(t *testing.T) {
	w, _ := kept(t)
	file := "user_id,name,mail,administrator\n" +
		",Nobody,,\n" + "a\x07b,Bell,,\n" + "nia,Nia,,\n" + "NIA@harbour.example,Nia again,,\n" + "ole,,,\n" + "pia,Pia,not an address,perhaps\n" +
		"quinn," + strings.Repeat("q", 201) + ",,\n" + "rae,Rae\n"
	done := w.importPeople(file)
	want := []string{
		"2 user_id user_id_empty", "3 user_id user_id_malformed", "5 user_id same_person{row=4}", "6 name person_name", "7 mail mail_malformed",
		"7 administrator yes_or_no", "8 name name_long{most=200}", "9  fields{is=2 want=4}",
	}
	var got []string
	for _, p := range done.Problems {
		got = append(got, strings.Join([]string{string(rune('0' + p.Line)), p.Key, p.Error()}, " "))
	}
	if !slices.Equal(got, want) || done.Written {
		t.Errorf("found\n%s", strings.Join(got, "\n"))
	}
	if _, err := w.dir.Find(t.Context(), "nia"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("a file with problems was imported: %v", err)
	}
	skipped, err := w.ImportPeople(w.operator(), app.PeopleFile{Content: []byte(file), SkipBad: true})
	if err != nil || skipped.Added != 1 || !skipped.Written || w.found("nia").Name != "Nia" {
		t.Errorf("the good rows: %+v, %v", skipped, err)
	}
	for _, bad := range []string{"", "name\nNia\n", "user_id,Rank\nnia,1\n"} {
		if done := w.importPeople(bad); done.Written || len(done.Problems) == 0 || done.Problems[0].Line != 0 {
			t.Errorf("%q: %+v", bad, done)
		}
	}
	dry, err := w.ImportPeople(w.operator(), app.PeopleFile{Content: []byte("user_id,name\nsam,Sam\n"), DryRun: true})
	if err != nil || dry.Written || dry.Added != 1 {
		t.Errorf("a dry run: %+v, %v", dry, err)
	}
	if _, err := w.dir.Find(t.Context(), "sam"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("a dry run wrote: %v", err)
	}
}

func TestWhoIsThereIsNotAddedAgain(t *testing.T) {
	w, _ := kept(t)
	made, err := w.AddPerson(w.operator(), app.EnterPerson{UserID: "nia", Given: "Nia", Family: "Okoro", Groups: w.found(someone(trial.Ready).UserID).Groups})
	if err != nil || made.UserID != "nia@harbour.example" || made.Name != "Nia Okoro" {
		t.Fatalf("%+v, %v", made, err)
	}
	for name, p := range map[string]app.EnterPerson{
		"person_there":      {UserID: "NIA@harbour.example", Name: "Another"},
		"person_name":       {UserID: "ole"},
		"user_id_malformed": {UserID: "o\x00le", Name: "Ole"},
		"mail_malformed":    {UserID: "ole", Name: "Ole", Mail: "Ole <ole@harbour.example>"},
	} {
		if _, err := w.AddPerson(w.operator(), p); app.ProblemOf(err).Code != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A pass lets them begin.
	pass, err := w.IssuePass(w.operator(), app.IssuePass{UserID: "nia"})
	if err != nil || !pass.First {
		t.Errorf("a pass: %+v, %v", pass, err)
	}
}

// TestAMailboxNamesNobodyToEnterOrToRemove: it leads to its owner when they sign in, and here it may mean somebody else.
func TestAMailboxNamesNobodyToEnterOrToRemove(t *testing.T) {
	w, _ := kept(t)
	done := w.importPeople("user_id,name,mail\nnia.okoro,Nia Okoro,nia@harbour.example\n")
	if len(done.Problems) > 0 || done.Added != 1 {
		t.Fatalf("%+v", done)
	}
	before := w.found("nia.okoro")
	done = w.importPeople("user_id,name,mail,administrator\nNIA@harbour.example,Nia Berg,berg@harbour.example,yes\n")
	if len(done.Problems) != 1 || done.Problems[0].Code != "mailbox_of" || done.Written {
		t.Errorf("another person is entered over its owner: %+v", done)
	}
	if _, err := w.AddPerson(w.operator(), app.EnterPerson{UserID: "nia@harbour.example", Name: "Nia Berg"}); app.ProblemOf(err).Code != "mailbox_of" {
		t.Errorf("another person is added: %v", err)
	}
	for _, what := range []app.PersonChange{app.PersonDisable, app.PersonRemove} {
		changed, err := w.ChangePerson(w.operator(), app.ChangePerson{UserID: "nia@harbour.example", What: what})
		if app.ProblemOf(err).Code != "unknown_person" {
			t.Errorf("%s: %+v, %v", what, changed, err)
		}
	}
	if after := w.found("nia.okoro"); after.ID != before.ID || after.Name != before.Name || after.Mail != before.Mail || after.Admin || after.Disabled {
		t.Errorf("its owner is %+v now", after)
	}
}

// TestHalfANameLeavesTheOther: nobody's family name goes with a column that is not there.
func TestHalfANameLeavesTheOther(t *testing.T) {
	w, _ := kept(t)
	w.importPeople("user_id,name,given_name,family_name\nnia,,Nia,Okoro\nole,Captain Ole,Ole,Berg\npia,Pia van Dam,,\nrae,,Rae,\n")
	names := func(userID string) string { a := w.found(userID); return a.Name + "=" + strings.Join(a.Names, "+") }
	for _, c := range []struct{ file, userID, want string }{
		{"user_id,given_name\nnia,Mia\n", "nia", "Mia Okoro=Mia+Okoro"},
		{"user_id,family_name\nnia,Berg\n", "nia", "Mia Berg=Mia+Berg"},
		{"user_id,given_name\nole,Olaf\n", "ole", "Captain Ole=Olaf+Berg"},
		{"user_id,name,family_name\nole,Captain Lund,Lund\n", "ole", "Captain Lund=Olaf+Lund"},
		{"user_id,given_name\nrae,Rae\n", "rae", "Rae=Rae"},
	} {
		done := w.importPeople(c.file)
		if got := names(c.userID); got != c.want || len(done.Problems) > 0 {
			t.Errorf("%q makes %s, not %s: %+v", c.file, got, c.want, done)
		}
	}
	for _, file := range []string{"user_id,family_name\npia,Dam\n", "user_id,family_name\nrae,Berg\n"} {
		if done := w.importPeople(file); len(done.Problems) != 1 || done.Problems[0].Code != "person_name" {
			t.Errorf("%q: %+v", file, done)
		}
	}
	if names("pia") != "Pia van Dam=Pia+van+Dam" || names("rae") != "Rae=Rae" {
		t.Errorf("half a name took the rest: %s, %s", names("pia"), names("rae"))
	}
}

// TestWhoIsRemovedLeavesNothingToTheNextOfTheName: neither a session, nor a conversation, nor what they registered.
func TestWhoIsRemovedLeavesNothingToTheNextOfTheName(t *testing.T) {
	w, people := kept(t)
	ana := someone(trial.Registered)
	if len(w.onFile(ana)) == 0 {
		t.Fatal("nothing is registered")
	}
	grant := w.signIn(ana)
	k := w.reset(ana)
	remove := func() (app.PersonChanged, error) {
		return w.ChangePerson(w.operator(), app.ChangePerson{UserID: ana.UserID, What: app.PersonRemove, By: "jo"})
	}
	people.fail = errors.New("the disk is full")
	if _, err := remove(); err == nil {
		t.Fatal("a removal that failed was none")
	}
	if a := w.found(ana.UserID); !a.Disabled || w.audited("people.write", "failed") != 1 {
		t.Errorf("half removed: %+v", a)
	}
	people.fail = nil
	if _, err := remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.caller(grant.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("the session: %v", err)
	}
	if err := k.say(app.Choose{Kind: app.KindAuthApp}); err == nil {
		t.Error("the conversation goes on")
	}
	if left := w.onFile(ana); len(left) > 0 {
		t.Errorf("credentials are left: %v", left)
	}
	made, err := w.AddPerson(w.operator(), app.EnterPerson{UserID: ana.UserID, Name: ana.Name})
	if err != nil || made.Account == ana.ID {
		t.Errorf("the next of the name: %+v, %v", made, err)
	}
	if w.audited("people.remove", "succeeded") != 2 || w.audited("people.write", "succeeded") != 2 {
		t.Error("the trail does not say so")
	}
	if _, err := w.ChangePerson(w.operator(), app.ChangePerson{UserID: "nobody", What: app.PersonRemove}); app.ProblemOf(err).Code != "unknown_person" {
		t.Errorf("nobody: %v", err)
	}
}

// TestARemovalStandsInTheTrailBeforeTheDirectoryIsTold, and what came of it after: also where that is nothing.
func TestARemovalStandsInTheTrailBeforeTheDirectoryIsTold(t *testing.T) {
	w, people := kept(t)
	ana := someone(trial.Registered)
	before := -1
	people.disable = func() error {
		before = w.audited("people.remove", "succeeded")
		return errors.New("the disk is full")
	}
	if _, err := w.ChangePerson(w.operator(), app.ChangePerson{UserID: ana.UserID, What: app.PersonRemove}); err == nil {
		t.Error("a removal that failed was none")
	}
	if before != 1 || w.audited("people.write", "failed") != 1 || len(w.onFile(ana)) == 0 {
		t.Errorf("%d entries before the directory was told; %d after; left is %v", before, w.audited("people.write", "failed"), w.onFile(ana))
	}
}

func TestWhoIsDisabledIsSignedOut(t *testing.T) {
	w, _ := kept(t)
	ana := someone(trial.Ready)
	grant := w.signIn(ana)
	change := func(what app.PersonChange) app.PersonChanged {
		t.Helper()
		changed, err := w.ChangePerson(w.operator(), app.ChangePerson{UserID: ana.UserID, What: what})
		w.ok(err)
		return changed
	}
	if changed := change(app.PersonDisable); changed.DidNothing || changed.NoAdmin {
		t.Errorf("%+v", changed)
	}
	if _, err := w.caller(grant.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("who is disabled goes on: %v", err)
	}
	w.start(app.PurposeSignIn, app.Caller{}).refused(try(ana, ana.Password), app.CodeDisabled)
	if !change(app.PersonDisable).DidNothing {
		t.Error("a second time does something")
	}
	change(app.PersonEnable)
	w.signIn(ana)
	admin := w.found(someone(trial.Admin).UserID)
	changed, err := w.ChangePerson(w.operator(), app.ChangePerson{UserID: admin.UserID, What: app.PersonDisable})
	admins, err2 := w.dir.Administrators(t.Context())
	if err != nil || err2 != nil || changed.NoAdmin != (len(admins) == 0) {
		t.Errorf("the last administrator: %+v, %v, %v", changed, admins, err)
	}
}

// TestPeopleOfAnotherDirectoryAreEnteredThere, and none of this is for anybody but an administrator.
func TestPeopleOfAnotherDirectoryAreEnteredThere(t *testing.T) {
	w := newWorld(t)
	_, list := w.ListPeople(w.operator())
	_, add := w.AddPerson(w.operator(), app.EnterPerson{UserID: "nia", Name: "Nia"})
	_, file := w.ImportPeople(w.operator(), app.PeopleFile{})
	_, change := w.ChangePerson(w.operator(), app.ChangePerson{UserID: "nia", What: app.PersonRemove})
	for _, err := range []error{list, add, file, change} {
		if app.ProblemOf(err).Code != "people_elsewhere" {
			t.Errorf("%v", err)
		}
	}
	w, _ = kept(t)
	if all, err := w.ListPeople(w.operator()); err != nil || len(all) != len(trial.People()) {
		t.Errorf("%d people, %v", len(all), err)
	}
	ctx := w.with(w.signIn(someone(trial.Ready)).Access)
	_, list = w.ListPeople(ctx)
	_, add = w.AddPerson(ctx, app.EnterPerson{UserID: "nia", Name: "Nia"})
	_, file = w.ImportPeople(ctx, app.PeopleFile{})
	_, change = w.ChangePerson(ctx, app.ChangePerson{UserID: "nia", What: app.PersonRemove})
	for _, err := range []error{list, add, file, change} {
		if app.CodeOf(err) != app.CodeForbidden {
			t.Errorf("a person: %v", err)
		}
	}
}

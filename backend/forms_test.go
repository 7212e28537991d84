package backend_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// The same password, as one keyboard composes it and as another.
const (
	composed   = "cr\u00e8me lantern quietly"
	decomposed = "cre\u0300me lantern quietly"
)

// TestAPasswordIsOneHoweverItsLettersAreMade: what one keyboard set, another one types, wherever a password is set.
func TestAPasswordIsOneHoweverItsLettersAreMade(t *testing.T) {
	for name, set := range map[string]func(w *world, p trial.Person, password string) *talk{
		"a reset": func(w *world, p trial.Person, password string) *talk {
			return w.toPassword(p).must(app.GivePassword{Password: secret(password)})
		},
		"a change": func(w *world, p trial.Person, password string) *talk {
			caller, err := w.caller(w.signIn(p).Access)
			w.ok(err)
			return w.start(app.PurposeChange, caller).must(typed(p.Password), app.GivePassword{Password: secret(password)})
		},
	} {
		for _, password := range []string{composed, decomposed} {
			w, ben := newWorld(t), someone(trial.Registered)
			at[app.Done](set(w, ben, password))
			for _, again := range []string{decomposed, composed} {
				if !w.signsIn(ben, again) {
					t.Errorf("%s to %+q: %+q is refused", name, password, again)
				}
			}
			if w.signsIn(ben, "creme lantern quietly") {
				t.Errorf("%s: an accent doesn't count", name)
			}
		}
	}
}

// setElsewhere sets a password as another program would, byte by byte.
func (w *world) setElsewhere(p trial.Person, password string) {
	w.t.Helper()
	account, err := w.dir.Account(w.t.Context(), p.ID)
	w.ok(err)
	w.ok(w.dir.Put(w.t.Context(), account, secret(password)))
}

// TestAPasswordSetElsewhereIsTakenAsItIsTyped, wherever the present password is asked for.
func TestAPasswordSetElsewhereIsTakenAsItIsTyped(t *testing.T) {
	for name, give := range map[string]func(w *world, p trial.Person) error{
		"signing in": func(w *world, p trial.Person) error {
			return w.start(app.PurposeSignIn, app.Caller{}).say(try(p, decomposed))
		},
		"changing": func(w *world, p trial.Person) error {
			p.Password = decomposed
			caller, err := w.caller(w.signIn(p).Access)
			w.ok(err)
			return w.start(app.PurposeChange, caller).say(typed(decomposed))
		},
		"unlocking": func(w *world, p trial.Person) error {
			w.lock(p)
			return w.toUnlock(p).must(app.GiveUnlock{Only: true}).say(typed(decomposed))
		},
	} {
		w, ben := newWorld(t), someone(trial.Registered)
		w.setElsewhere(ben, decomposed)
		if err := give(w, ben); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if account, err := w.dir.Account(t.Context(), ben.ID); err != nil || account.Failures != 0 {
			t.Errorf("%s: the directory still counts %d failures, %v", name, account.Failures, err)
		}
		w.start(app.PurposeSignIn, app.Caller{}).refused(try(ben, composed), app.CodeSignIn) // as its directory has it
	}
}

// TestTwoFormsAreOneTryOfAPerson: the directory hears two guesses, and the person has made one try.
func TestTwoFormsAreOneTryOfAPerson(t *testing.T) {
	w, ben := newWorld(t, highThreshold, func(p *policy.Policy) { p.SignIn.Failures = 3 }), someone(trial.Registered)
	k := w.start(app.PurposeSignIn, app.Caller{})
	for i := range 3 {
		k.refused(try(ben, fmt.Sprint("gue\u0301ss ", i)), app.CodeSignIn)
	}
	account, err := w.dir.Account(t.Context(), ben.ID)
	if w.ok(err); w.dir.verify != 6 || account.Failures != 6 {
		t.Errorf("%d guesses were put to the directory, which counts %d", w.dir.verify, account.Failures)
	}
	k.refused(try(ben, ben.Password), app.CodeThrottled)
	w.clock.pass(time.Minute)
	for _, repeat := range []string{"gue\u0301ss 1", "gu\u00e9ss 1"} { // wrong a moment ago, in this form too
		k.refused(try(ben, repeat), app.CodeSignIn)
	}
	if w.dir.verify != 6 {
		t.Errorf("a repeat was put to the directory")
	}
	k.must(try(ben, ben.Password))
	if account, err = w.dir.Account(t.Context(), ben.ID); err != nil || account.Failures != 0 {
		t.Errorf("after the right one the directory counts %d, %v", account.Failures, err)
	}
}

// TestTheLastGuessIsOneForm: where there is room for one guess below the directory's threshold, one is made.
func TestTheLastGuessIsOneForm(t *testing.T) {
	w, ben := newWorldOf(t, local.Config{Threshold: 5, LockFor: time.Hour, Window: time.Hour}), someone(trial.Registered)
	k := w.start(app.PurposeSignIn, app.Caller{})
	k.refused(try(ben, "gue\u0301ss 1"), app.CodeSignIn)
	k.refused(try(ben, "gue\u0301ss 2"), app.CodeSignIn) // two below the threshold
	k.refused(try(ben, "gue\u0301ss 3"), app.CodeGuessesStopped)
	if w.dir.verify != 3 {
		t.Errorf("%d guesses were made, want 3", w.dir.verify)
	}
	w.setElsewhere(ben, "gue\u0301ss 2") // which was never asked about
	w.clock.pass(2 * time.Hour)
	w.start(app.PurposeSignIn, app.Caller{}).must(try(ben, "gue\u0301ss 2"))
}

// Threat: who types a letter in two parts learns by the time of an answer, or by how often the directory was asked, whether a
// user ID is somebody's, and whose account is locked.
func TestAsManyGuessesForEverybody(t *testing.T) {
	w := newWorld(t, private, highThreshold)
	for _, state := range []trial.State{trial.Registered, trial.Locked, trial.Never, "nobody"} {
		p := trial.Person{UserID: "nobody@harbour.example"}
		if state != "nobody" {
			p = someone(state)
		}
		before := w.dir.verify
		w.start(app.PurposeSignIn, app.Caller{}).refused(try(p, "gue\u0301ss"), app.CodeSignIn)
		if n := w.dir.verify - before; n != 2 {
			t.Errorf("%s: %d guesses", state, n)
		}
	}
}

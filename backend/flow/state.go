package flow

import (
	"fmt"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/rules"
)

// state is what a flow remembers between two inputs. It is kept sealed, in the form of rest_state.go.
type state struct {
	At      stage
	Typed   string // the user ID as the person typed it
	Subject rules.Subject
	Reason  app.Reason
	Notice  *app.Notice
	ByPass  bool // signed in by a pass
	Refused bool // may not be helped here: signing in asks for nothing

	MustChange bool // the password that was given has expired, or has to be changed

	Work *workSet // what has to be solved before the account is looked at

	// Private disclosure.
	Private bool     // nothing is told before a first proof
	Decoy   app.Code // why the flow leads nowhere; empty where it is real
	Quiet   bool     // recovery was locked when the flow began, which is not told before a first proof

	Frozen bool      // self-service is frozen, and a reset by two methods lifts that
	Before time.Time // which are older than this

	KeyOnly time.Time // recovery is locked until then, and a security key alone leads on

	Started bool // as a reset that was counted

	// A gate, or the registration of one method.
	Gates       int
	Passed      []app.Kind
	CountsAsTwo bool                  // one of those passed counts as two
	PassedBy    map[string]bool       // by which numbers and addresses; whether these were entered beforehand
	Kind        app.Kind              // the method at hand
	Attempts    map[app.Kind]*attempt // at this gate; switching back and forth loses nothing

	// The last fresh proof: of the password alone where there is no kind.
	ProvenAt time.Time
	ProvenBy app.Kind

	// The security info page.
	Session   app.SessionID  // that started the flow
	Pending   *pendingChange // what a fresh proof is asked for
	Adding    bool
	Replacing app.CredentialID // in whose place one is added
	Shown     app.CredentialID // that is to be deleted, or shown in full

	// The password.
	Stamp  string // the directory's, before the write
	Locked bool   // the directory had locked the account before the write

	// What came of it.
	Unlocking bool // the directory was told to unlock; not confirmed while the flow is pending
	Unlocked  bool // it did
	Notified  bool // of that
	Confirmed bool // a contact that was entered beforehand

	// The ends.
	Blocked app.Code
	Until   time.Time
	Receipt string
	Facts   []app.Fact
}

// attempt is one method's conversation at one gate.
type attempt struct {
	State []byte
	Step  app.Step // as the method showed it; its tries are counted anew
	Wrong int
	// Message is the last one that was sent for the step; empty for none. What became of it is read where its page may tell that.
	Message string
}

// attempt gives the conversation with the method at hand, nil when there is none.
func (s *state) attempt() *attempt { return s.Attempts[s.Kind] }

// passed reports whether a method of this kind has passed a gate already.
func (s *state) passed(kind app.Kind) bool { return slices.Contains(s.Passed, kind) }

// left is how many gates are to be passed yet.
func (s *state) left() int {
	left := s.Gates - len(s.Passed)
	if s.CountsAsTwo {
		left--
	}
	return left
}

// keepable refuses a step that no method may show.
func keepable(step app.Step) error {
	if stepForm(step) != nil {
		return nil
	}
	return &app.Error{Code: app.CodeInternal, Cause: fmt.Errorf("a method showed %T", step)}
}

// withTries is a method's step with the tries that are left now.
func withTries(step app.Step, tries int) app.Step {
	switch step := step.(type) {
	case app.ShowSecret:
		step.TriesLeft = tries
		return step
	case app.EnterAddress:
		step.TriesLeft = 0
		if step.Confirm {
			step.TriesLeft = tries
		}
		return step
	case app.EnterPhone:
		step.TriesLeft = 0
		if step.Confirm {
			step.TriesLeft = tries
		}
		return step
	case app.EnterCode:
		step.TriesLeft = tries
		return step
	case app.ConfirmOnPhone:
		step.TriesLeft = tries
		return step
	case app.AnswerQuestions:
		step.TriesLeft = tries
		return step
	case app.UseKey:
		step.TriesLeft = tries
		return step
	}
	return step
}

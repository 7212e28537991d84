package backend

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
)

// spot is where a flow stands. Each machine's drawing names the spots that it uses.
type spot string

const (
	atSignIn     spot = "sign_in"
	atSignedIn   spot = "signed_in"
	atUserID     spot = "user_id"
	atWork       spot = "work"
	atTriage     spot = "triage"
	atChoose     spot = "choose"
	atMethod     spot = "method"
	atRegistered spot = "registered"
	atUnlock     spot = "unlock"
	atKnown      spot = "known"
	atReconfirm  spot = "reconfirm"
	atPassword   spot = "password"
	atConfirming spot = "confirming"
	atCurrent    spot = "current"
	atInfo       spot = "info"
	atDelete     spot = "delete"
	atRevealed   spot = "revealed"
	atBlocked    spot = "blocked"
	atSent       spot = "sent"
	atDone       spot = "done"
)

// final reports whether a flow that stands here has ended by itself, so that its last page may be read again.
func (s spot) final() bool { return s == atSent || s == atDone }

// state is what a flow remembers between two inputs. It is kept sealed.
type state struct {
	At     spot        `json:"at"`
	Typed  string      `json:"typed,omitempty"` // the user ID as the person typed it
	Who    who         `json:"who,omitzero"`
	Reason app.Reason  `json:"reason,omitempty"`
	Notice *app.Notice `json:"notice,omitempty"`
	ByPass bool        `json:"by_pass,omitempty"` // signed in by a pass
	Barred bool        `json:"barred,omitempty"`  // may not be helped here: signing in asks for nothing

	Work *workSet `json:"work,omitempty"` // what has to be solved before the account is looked at

	// Private disclosure.
	Private bool     `json:"private,omitempty"` // nothing is told before a first proof
	Decoy   app.Code `json:"decoy,omitempty"`   // why the flow leads nowhere; empty where it is real
	Quiet   bool     `json:"quiet,omitempty"`   // recovery was locked when it began, which is not told before a first proof

	KeyOnly time.Time `json:"key_only,omitzero"` // recovery is locked until then, and a security key alone leads on

	// A gate, or the registration of one method.
	Gates    int                   `json:"gates,omitempty"`
	Passed   []app.Kind            `json:"passed,omitempty"`
	Doubled  bool                  `json:"doubled,omitempty"`  // one of those passed counts as two
	Through  map[string]bool       `json:"through,omitempty"`  // by which numbers and addresses; whether these were entered beforehand
	Kind     app.Kind              `json:"kind,omitempty"`     // the method at hand
	Attempts map[app.Kind]*attempt `json:"attempts,omitempty"` // at this gate; switching back and forth loses nothing

	// The last fresh proof: of the password alone where there is no kind.
	ProvenAt time.Time `json:"proven_at,omitzero"`
	ProvenBy app.Kind  `json:"proven_by,omitempty"`

	// The security info page.
	Session app.SessionID    `json:"session,omitempty"` // that started the flow
	Wanted  *wanted          `json:"wanted,omitempty"`  // what a fresh proof is asked for
	Adding  bool             `json:"adding,omitempty"`
	Old     app.CredentialID `json:"old,omitempty"`   // in whose place one is added
	Shown   app.CredentialID `json:"shown,omitempty"` // that is to be deleted, or shown in full

	// The password.
	Stamp  string `json:"stamp,omitempty"`  // the directory's, before the write
	Locked bool   `json:"locked,omitempty"` // the directory had locked the account before the write

	// What came of it.
	Unlocking bool `json:"unlocking,omitempty"` // the directory was told to unlock; not confirmed while the flow is pending
	Unlocked  bool `json:"unlocked,omitempty"`  // it did
	Told      bool `json:"told,omitempty"`      // of that
	Confirmed bool `json:"confirmed,omitempty"` // a contact that was entered beforehand

	// The ends.
	Blocked app.Code   `json:"blocked,omitempty"`
	Until   time.Time  `json:"until,omitzero"`
	Receipt string     `json:"receipt,omitempty"`
	Facts   []app.Fact `json:"facts,omitempty"`
}

// who is what the directory said of the person when the flow met them.
type who struct {
	Person  app.Person `json:"person"`
	Mail    string     `json:"mail,omitempty"` // work mailbox
	Names   []string   `json:"names,omitempty"`
	Admin   bool       `json:"admin,omitempty"`
	History int        `json:"history,omitempty"`
	Never   bool       `json:"never,omitempty"` // there was never a password
}

// attempt is one method's conversation at one gate.
type attempt struct {
	State []byte    `json:"state"`
	Step  savedStep `json:"step"`
	Wrong int       `json:"wrong,omitempty"`
}

// attempt gives the conversation with the method at hand, nil when there is none.
func (s *state) attempt() *attempt { return s.Attempts[s.Kind] }

// passed reports whether a method of this kind has passed a gate already.
func (s *state) passed(kind app.Kind) bool { return slices.Contains(s.Passed, kind) }

// left is how many gates are to be passed yet.
func (s *state) left() int {
	left := s.Gates - len(s.Passed)
	if s.Doubled {
		left--
	}
	return left
}

func (s *state) encode() ([]byte, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, app.Errorf(app.CodeInternal, "encode a flow: %w", err)
	}
	return data, nil
}

func decodeState(data []byte) (state, error) {
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return state{}, app.Errorf(app.CodeInternal, "decode a flow: %w", err)
	}
	return s, nil
}

// savedStep is a method's step at rest: exactly one field is set.
type savedStep struct {
	Secret  *savedSecret         `json:"secret,omitempty"`
	Address *app.EnterAddress    `json:"address,omitempty"`
	Phone   *app.EnterPhone      `json:"phone,omitempty"`
	Code    *app.EnterCode       `json:"code,omitempty"`
	Call    *app.ConfirmOnPhone  `json:"call,omitempty"`
	Pick    *app.PickQuestions   `json:"pick,omitempty"`
	Answer  *app.AnswerQuestions `json:"answer,omitempty"`
	Key     *app.UseKey          `json:"key,omitempty"`
}

// savedSecret is app.ShowSecret with its secrets in the open: the flow's state is sealed as a whole.
type savedSecret struct {
	URI     string   `json:"uri"`
	Groups  []string `json:"groups"`
	Issuer  string   `json:"issuer"`
	Account string   `json:"account"`
}

// saveStep translates a method's step. A method may show no other kind.
func saveStep(step app.Step) (savedStep, error) {
	switch step := step.(type) {
	case app.ShowSecret:
		groups := make([]string, len(step.Groups))
		for i, group := range step.Groups {
			groups[i] = group.Reveal()
		}
		return savedStep{Secret: &savedSecret{
			URI: step.URI.Reveal(), Groups: groups, Issuer: step.Issuer, Account: step.Account,
		}}, nil
	case app.EnterAddress:
		return savedStep{Address: &step}, nil
	case app.EnterPhone:
		return savedStep{Phone: &step}, nil
	case app.EnterCode:
		return savedStep{Code: &step}, nil
	case app.ConfirmOnPhone:
		return savedStep{Call: &step}, nil
	case app.PickQuestions:
		return savedStep{Pick: &step}, nil
	case app.AnswerQuestions:
		return savedStep{Answer: &step}, nil
	case app.UseKey:
		return savedStep{Key: &step}, nil
	}
	return savedStep{}, &app.Error{Code: app.CodeInternal, Cause: fmt.Errorf("a method showed %T", step)}
}

// show gives the step back, with the tries that are left now.
func (s savedStep) show(tries int) app.Step {
	switch {
	case s.Secret != nil:
		groups := make([]app.Secret, len(s.Secret.Groups))
		for i, group := range s.Secret.Groups {
			groups[i] = app.NewSecret(group)
		}
		return app.ShowSecret{
			URI: app.NewSecret(s.Secret.URI), Groups: groups,
			Issuer: s.Secret.Issuer, Account: s.Secret.Account, TriesLeft: tries,
		}
	case s.Address != nil:
		step := *s.Address
		step.TriesLeft = 0
		if step.Confirm {
			step.TriesLeft = tries
		}
		return step
	case s.Phone != nil:
		step := *s.Phone
		step.TriesLeft = 0
		if step.Confirm {
			step.TriesLeft = tries
		}
		return step
	case s.Code != nil:
		step := *s.Code
		step.TriesLeft = tries
		return step
	case s.Call != nil:
		step := *s.Call
		step.TriesLeft = tries
		return step
	case s.Pick != nil:
		return *s.Pick
	case s.Answer != nil:
		step := *s.Answer
		step.TriesLeft = tries
		return step
	case s.Key != nil:
		step := *s.Key
		step.TriesLeft = tries
		return step
	}
	return nil
}

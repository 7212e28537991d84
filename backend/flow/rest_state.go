package flow

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// A flow's state at rest. Servers of two versions may share a store, so what is kept has forms of its own: their JSON names
// never change, whatever the Go names are. A conversion between a form and its struct of package app stops compiling where
// the struct gets another field; what is then new gets a field here, and, where the version before would misread it, another
// version.

// stateVersion is the newest version of the forms: 0 and 1 read alike, and 0 was written before there was a version.
const stateVersion = 1

// stateForm is the form of state.
type stateForm struct {
	Version int         `json:"v,omitempty"`
	At      stage       `json:"at"`
	Typed   string      `json:"typed,omitempty"`
	Subject subjectForm `json:"who,omitzero"`
	Reason  app.Reason  `json:"reason,omitempty"`
	Notice  *noticeForm `json:"notice,omitempty"`
	ByPass  bool        `json:"by_pass,omitempty"`
	Refused bool        `json:"barred,omitempty"`

	MustChange bool `json:"must_change,omitempty"`

	Work *workForm `json:"work,omitempty"`

	Private bool     `json:"private,omitempty"`
	Decoy   app.Code `json:"decoy,omitempty"`
	Quiet   bool     `json:"quiet,omitempty"`

	KeyOnly time.Time `json:"key_only,omitzero"`
	Started bool      `json:"counted,omitempty"`
	Frozen  bool      `json:"frozen,omitempty"`
	Before  time.Time `json:"before,omitzero"`

	Gates       int                       `json:"gates,omitempty"`
	Passed      []app.Kind                `json:"passed,omitempty"`
	CountsAsTwo bool                      `json:"doubled,omitempty"`
	PassedBy    map[string]bool           `json:"through,omitempty"`
	Kind        app.Kind                  `json:"kind,omitempty"`
	Attempts    map[app.Kind]*attemptForm `json:"attempts,omitempty"`

	ProvenAt time.Time `json:"proven_at,omitzero"`
	ProvenBy app.Kind  `json:"proven_by,omitempty"`

	Session   app.SessionID      `json:"session,omitempty"`
	Pending   *pendingChangeForm `json:"wanted,omitempty"`
	Adding    bool               `json:"adding,omitempty"`
	Replacing app.CredentialID   `json:"old,omitempty"`
	Shown     app.CredentialID   `json:"shown,omitempty"`

	Stamp  string `json:"stamp,omitempty"`
	Locked bool   `json:"locked,omitempty"`

	Unlocking bool `json:"unlocking,omitempty"`
	Unlocked  bool `json:"unlocked,omitempty"`
	Notified  bool `json:"told,omitempty"`
	Confirmed bool `json:"confirmed,omitempty"`

	Blocked app.Code   `json:"blocked,omitempty"`
	Until   time.Time  `json:"until,omitzero"`
	Receipt string     `json:"receipt,omitempty"`
	Facts   []app.Fact `json:"facts,omitempty"`
}

// subjectForm is the form of rules.Subject.
type subjectForm struct {
	Person        personForm `json:"person"`
	Mail          string     `json:"mail,omitempty"`
	Names         []string   `json:"names,omitempty"`
	Admin         bool       `json:"admin,omitempty"`
	HadNoPassword bool       `json:"never,omitempty"`
	// Of port.Cannot.
	CannotVerify bool `json:"cannot_verify,omitempty"`
	CannotUnlock bool `json:"cannot_unlock,omitempty"`
	// Of port.PasswordRules.
	History    int           `json:"history,omitempty"`
	MinLength  int           `json:"min_length,omitempty"`
	MaxLength  int           `json:"max_length,omitempty"`
	MinClasses int           `json:"min_classes,omitempty"`
	ChangeFrom time.Time     `json:"change_from,omitzero"`
	ResetFrom  time.Time     `json:"reset_from,omitzero"`
	OldFor     time.Duration `json:"old_for,omitempty"`
	Forbidden  []string      `json:"forbidden,omitempty"`
}

// personForm is the form of app.Person.
type personForm struct {
	Account app.AccountID `json:"Account"`
	UserID  string        `json:"UserID"`
	Name    string        `json:"Name"`
}

// noticeForm is the form of app.Notice.
type noticeForm struct {
	Code app.NoticeCode `json:"Code"`
	Kind app.Kind       `json:"Kind"`
}

// workForm is the form of workSet.
type workForm struct {
	Rev     int       `json:"rev"`
	Expires time.Time `json:"expires"`
}

// pendingChangeForm is the form of pendingChange.
type pendingChangeForm struct {
	What       change           `json:"what"`
	Credential app.CredentialID `json:"credential,omitempty"`
	Kind       app.Kind         `json:"kind,omitempty"`
}

// attemptForm is the form of attempt.
type attemptForm struct {
	State []byte        `json:"state"`
	Step  savedStepForm `json:"step"`
	Wrong int           `json:"wrong,omitempty"`

	Message string `json:"message,omitempty"`
}

func newSubjectForm(s rules.Subject) subjectForm {
	return subjectForm{
		Person: personForm(s.Person), Mail: s.Mail, Names: s.Names, Admin: s.Admin, HadNoPassword: s.HadNoPassword,
		CannotVerify: s.Cannot.Verify, CannotUnlock: s.Cannot.Unlock,
		History: s.Directory.History, MinLength: s.Directory.MinLength, MaxLength: s.Directory.MaxLength,
		MinClasses: s.Directory.MinClasses, ChangeFrom: s.Directory.ChangeFrom, ResetFrom: s.Directory.ResetFrom,
		OldFor: s.Directory.OldFor, Forbidden: s.Directory.Forbidden,
	}
}

func (w subjectForm) subject() rules.Subject {
	return rules.Subject{
		Person: app.Person(w.Person), Mail: w.Mail, Names: w.Names, Admin: w.Admin, HadNoPassword: w.HadNoPassword,
		Cannot: port.Cannot{Verify: w.CannotVerify, Unlock: w.CannotUnlock},
		Directory: port.PasswordRules{
			MinLength: w.MinLength, MaxLength: w.MaxLength, MinClasses: w.MinClasses, History: w.History,
			ChangeFrom: w.ChangeFrom, ResetFrom: w.ResetFrom, OldFor: w.OldFor,
			Forbidden: w.Forbidden,
		},
	}
}

// encode writes the state in its form.
func (s *state) encode() ([]byte, error) {
	w := stateForm{
		Version: stateVersion, At: s.At, Typed: s.Typed, Subject: newSubjectForm(s.Subject), Reason: s.Reason,
		Notice: (*noticeForm)(s.Notice), ByPass: s.ByPass, Refused: s.Refused, MustChange: s.MustChange, Work: (*workForm)(s.Work),
		Private: s.Private, Decoy: s.Decoy, Quiet: s.Quiet, KeyOnly: s.KeyOnly, Started: s.Started, Frozen: s.Frozen, Before: s.Before,
		Gates: s.Gates, Passed: s.Passed, CountsAsTwo: s.CountsAsTwo, PassedBy: s.PassedBy, Kind: s.Kind,
		ProvenAt: s.ProvenAt, ProvenBy: s.ProvenBy,
		Session: s.Session, Pending: (*pendingChangeForm)(s.Pending), Adding: s.Adding, Replacing: s.Replacing, Shown: s.Shown,
		Stamp: s.Stamp, Locked: s.Locked,
		Unlocking: s.Unlocking, Unlocked: s.Unlocked, Notified: s.Notified, Confirmed: s.Confirmed,
		Blocked: s.Blocked, Until: s.Until, Receipt: s.Receipt, Facts: s.Facts,
	}
	for kind, a := range s.Attempts {
		if w.Attempts == nil {
			w.Attempts = make(map[app.Kind]*attemptForm, len(s.Attempts))
		}
		form := attemptForm{State: a.State, Wrong: a.Wrong, Message: a.Message}
		if saved := stepForm(a.Step); saved != nil {
			form.Step = *saved
		}
		w.Attempts[kind] = &form
	}
	data, err := json.Marshal(w)
	if err != nil {
		return nil, app.Errorf(app.CodeInternal, "encode a flow: %w", err)
	}
	return data, nil
}

// decodeState reads what encode wrote, of this version or one before. CodeUnavailable where a newer Sparekey wrote it: the
// flow goes on there.
func decodeState(data []byte) (state, error) {
	var w stateForm
	if err := json.Unmarshal(data, &w); err != nil {
		return state{}, app.Errorf(app.CodeInternal, "decode a flow: %w", err)
	}
	if w.Version > stateVersion {
		return state{}, &app.Error{
			Code: app.CodeUnavailable, Cause: fmt.Errorf("a newer Sparekey keeps this flow, in form %d", w.Version),
		}
	}
	s := state{
		At: w.At, Typed: w.Typed, Subject: w.Subject.subject(), Reason: w.Reason, Notice: (*app.Notice)(w.Notice),
		ByPass: w.ByPass, Refused: w.Refused, MustChange: w.MustChange, Work: (*workSet)(w.Work),
		Private: w.Private, Decoy: w.Decoy, Quiet: w.Quiet, KeyOnly: w.KeyOnly, Started: w.Started, Frozen: w.Frozen, Before: w.Before,
		Gates: w.Gates, Passed: w.Passed, CountsAsTwo: w.CountsAsTwo, PassedBy: w.PassedBy, Kind: w.Kind,
		ProvenAt: w.ProvenAt, ProvenBy: w.ProvenBy,
		Session: w.Session, Pending: (*pendingChange)(w.Pending), Adding: w.Adding, Replacing: w.Replacing, Shown: w.Shown,
		Stamp: w.Stamp, Locked: w.Locked,
		Unlocking: w.Unlocking, Unlocked: w.Unlocked, Notified: w.Notified, Confirmed: w.Confirmed,
		Blocked: w.Blocked, Until: w.Until, Receipt: w.Receipt, Facts: w.Facts,
	}
	for kind, form := range w.Attempts {
		if s.Attempts == nil {
			s.Attempts = make(map[app.Kind]*attempt, len(w.Attempts))
		}
		s.Attempts[kind] = &attempt{State: form.State, Step: form.Step.step(), Wrong: form.Wrong, Message: form.Message}
	}
	return s, nil
}

package setup

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// administered is a trial that nobody has open, and the services that a command has of it.
func administered(t *testing.T, config TrialConfig, target Target) app.Administration {
	t.Helper()
	target.Data = filepath.Join(t.TempDir(), "data")
	config.Folders, config.Hasher = FoldersAt(target.Data), quickHasher()
	e, err := StartTrial(t.Context(), config)
	if err == nil {
		err = e.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	admin, end, err := Admin(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := end(); err != nil {
			t.Error(err)
		}
	})
	return admin
}

func draft(after int, change func(*policy.Policy)) app.PolicyDraft {
	p := trial.Policy()
	change(&p)
	return app.PolicyDraft{Document: policy.Effective(p), Source: "/srv/policy.toml", By: "jo", After: after}
}

func fewerTries(p *policy.Policy) { p.Codes.Tries = 2 }

func TestAPolicyIsAppliedByWhoKnowsTheNewest(t *testing.T) {
	policies := administered(t, TrialConfig{}, Target{Write: true}).Policies
	if _, err := policies.ApplyPolicy(t.Context(), draft(0, fewerTries)); app.CodeOf(err) != app.CodePolicyMoved {
		t.Errorf("behind another's: %v", err)
	}
	if verdict, err := policies.ApplyPolicy(t.Context(), draft(1, fewerTries)); err != nil || verdict.Number != 2 {
		t.Errorf("the next one: %+v, %v", verdict, err)
	}
	if v, err := policies.Version(t.Context(), 2); err != nil || v.By != "jo" || v.Source != "/srv/policy.toml" || len(v.Document) == 0 {
		t.Errorf("version 2: %+v, %v", v, err)
	}
	if _, err := policies.Version(t.Context(), 3); app.CodeOf(err) != app.CodeNoVersion {
		t.Errorf("version 3: %v", err)
	}
	h, err := policies.History(t.Context())
	if err != nil || len(h.Versions) != 2 || h.Versions[0].Number != 2 || h.Versions[0].Document != nil || h.InForce != 1 {
		t.Errorf("history, before the backend looks again: %+v, %v", h, err)
	}
}

func TestAPolicyIsKeptWithoutAByteOrderMark(t *testing.T) {
	policies := administered(t, TrialConfig{}, Target{Write: true}).Policies
	marked := draft(1, fewerTries)
	plain := string(marked.Document)
	marked.Document = []byte("\ufeff" + plain)
	if verdict, err := policies.ApplyPolicy(t.Context(), marked); err != nil || verdict.Number != 2 {
		t.Fatalf("%+v, %v", verdict, err)
	}
	if v, err := policies.Version(t.Context(), 2); err != nil || string(v.Document) != plain {
		t.Errorf("it is kept as %.20q, %v", v.Document, err)
	}
}

func TestAPolicyIsCheckedBeforeItIsApplied(t *testing.T) {
	policies := administered(t, TrialConfig{}, Target{Write: true}).Policies
	verdict, err := policies.CheckPolicy(t.Context(), draft(1, func(p *policy.Policy) { p.Methods.Gates = 9 }))
	if err != nil || !slices.ContainsFunc(verdict.Problems, func(p app.Problem) bool { return p.Key == "methods.gates" && p.Line > 0 }) {
		t.Errorf("a bad document: %+v, %v", verdict, err)
	}
	strands := draft(1, func(p *policy.Policy) { p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindSMS} })
	if verdict, err := policies.ApplyPolicy(t.Context(), strands); err != nil || verdict.Stranded != 5 || verdict.Number != 0 {
		t.Errorf("it strands people: %+v, %v", verdict, err)
	}
	if h, err := policies.History(t.Context()); err != nil || len(h.Versions) != 1 {
		t.Errorf("something was applied: %+v, %v", h, err)
	}
}

func TestTheFileThatManagesThePolicyIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.toml")
	write(t, file, string(policy.Effective(trial.Policy())))
	policies := administered(t, TrialConfig{Policy: file}, Target{Write: true}).Policies
	_, err := policies.ApplyPolicy(t.Context(), draft(1, fewerTries))
	var refusal *app.Error
	if !errors.As(err, &refusal) || refusal.Code != app.CodePolicyManaged || refusal.Params["file"] != file {
		t.Errorf("got %v", err)
	}
}

func TestAContactsFileThatCannotBeReadHasProblemsWithoutALine(t *testing.T) {
	contacts := administered(t, TrialConfig{}, Target{Write: true}).Contacts
	entered, err := contacts.ImportContacts(t.Context(), app.ContactsFile{Content: []byte("user_id,telephone\n"), SkipBad: true})
	if err != nil || entered.Written || len(entered.Problems) != 2 || entered.Problems[0].Line != 0 || entered.Problems[1].Line != 0 {
		t.Errorf("got %+v, %v", entered, err)
	}
}

func TestOnlyAWindowPutsTheSamplePeopleThere(t *testing.T) {
	config := TrialConfig{Folders: FoldersAt(filepath.Join(t.TempDir(), "data")), Hasher: quickHasher()}
	find := func(e *Trial, err error) error {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = e.Close() }()
		_, err = e.directory.Find(t.Context(), sample(trial.Ready).UserID)
		return err
	}
	if err := find(OpenTrial(t.Context(), config)); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("a command's trial has sample people: %v", err)
	}
	if err := find(StartTrial(t.Context(), config)); err != nil {
		t.Errorf("a window's trial has no sample people: %v", err)
	}
}

package wire

import "github.com/sparekey/sparekey/app"

// PolicyHistory is the form of app.PolicyHistory.
type PolicyHistory struct {
	Versions []PolicyVersion `json:"versions" nullable:"false" doc:"newest first, without their documents"`
	InForce  int             `json:"in_force" doc:"the number of the version in force; 0 for none"`
	File     string          `json:"file,omitempty" doc:"that manages the policy"`
}

// NewPolicyHistory gives the form of h.
func NewPolicyHistory(h app.PolicyHistory) PolicyHistory {
	return PolicyHistory{Versions: list(h.Versions, NewPolicyVersion), InForce: h.InForce, File: h.File}
}

// Domain gives the history.
func (w PolicyHistory) Domain() app.PolicyHistory {
	return app.PolicyHistory{Versions: unlist(w.Versions, PolicyVersion.Domain), InForce: w.InForce, File: w.File}
}

// PolicyVersion is the form of app.PolicyVersion.
type PolicyVersion struct {
	Number   int    `json:"number"`
	At       Time   `json:"at,omitzero" format:"date-time"`
	By       string `json:"by,omitempty" doc:"who applied it; left out: the program, or the file that manages the policy"`
	Source   string `json:"source,omitempty"`
	Comment  string `json:"comment,omitempty"`
	Hash     []byte `json:"hash,omitempty" doc:"SHA-256 of the document"`
	Document []byte `json:"document,omitempty" doc:"TOML; left out in a list"`
}

// NewPolicyVersion gives the form of v.
func NewPolicyVersion(v app.PolicyVersion) PolicyVersion {
	return PolicyVersion{
		Number: v.Number, At: Time(v.At), By: v.By, Source: v.Source, Comment: v.Comment, Hash: v.Hash, Document: v.Document,
	}
}

// Domain gives the version.
func (w PolicyVersion) Domain() app.PolicyVersion {
	return app.PolicyVersion{
		Number: w.Number, At: w.At.domain(), By: w.By, Source: w.Source, Comment: w.Comment, Hash: w.Hash, Document: w.Document,
	}
}

// MaxPolicy is how many bytes a policy document may have.
const MaxPolicy = 1 << 20

// PolicyDraft is the form of app.PolicyDraft, without who applies it: the server knows who calls.
type PolicyDraft struct {
	Document []byte `json:"document,omitempty" maxLength:"1398104" doc:"TOML, at most 1 MiB"`
	Source   string `json:"source,omitempty" maxLength:"4096" doc:"path of its file"`
	Comment  string `json:"comment,omitempty" maxLength:"4096"`
	After    int    `json:"after" minimum:"0" doc:"the newest version that the caller knows of"`
	Strand   bool   `json:"strand" doc:"apply it even where people who can reset today could not any more"`
}

// NewPolicyDraft gives the form of d.
func NewPolicyDraft(d app.PolicyDraft) PolicyDraft {
	return PolicyDraft{Document: d.Document, Source: d.Source, Comment: d.Comment, After: d.After, Strand: d.Strand}
}

// Domain gives the draft as a caller applies it.
func (w PolicyDraft) Domain(by app.AccountID) app.PolicyDraft {
	return app.PolicyDraft{
		Document: w.Document, Source: w.Source, By: string(by), Comment: w.Comment, After: w.After, Strand: w.Strand,
	}
}

// PolicyVerdict is the form of app.PolicyVerdict.
type PolicyVerdict struct {
	Number   int     `json:"number,omitempty" doc:"of the version that was applied"`
	Stranded int     `json:"stranded" doc:"people who can reset today, and could not any more"`
	Problems []Fault `json:"problems" nullable:"false" doc:"where there is any, nothing was applied"`
}

// NewPolicyVerdict gives the form of v.
func NewPolicyVerdict(v app.PolicyVerdict) PolicyVerdict {
	return PolicyVerdict{Number: v.Number, Stranded: v.Stranded, Problems: list(v.Problems, newFault)}
}

// Domain gives the verdict.
func (w PolicyVerdict) Domain() app.PolicyVerdict {
	return app.PolicyVerdict{Number: w.Number, Stranded: w.Stranded, Problems: unlist(w.Problems, Fault.domain)}
}

// Fault is the form of app.Problem: one thing that is wrong in a document or a file. A [Problem] is a whole refusal.
type Fault struct {
	Line   int               `json:"line,omitempty"`
	Key    string            `json:"key,omitempty" doc:"the setting or the column"`
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
}

func newFault(p app.Problem) Fault  { return Fault(p) }
func (w Fault) domain() app.Problem { return app.Problem(w) }

package app

import (
	"io"
	"time"
)

// Method is the backend half of a way to prove who you are. It is pure: what it needs stands in Turn, what it wants
// done stands in Result, and the backend carries that out in one transaction. The backend counts the tries.
//
// The same type answers every input of a conversation: in is nil when it begins, Resend{} when a new code is asked for.
// An *Error (CodeBadCode, CodeTooEarly, …) keeps the state and counts no try; a wrong answer is Verdict Wrong.
type Method interface {
	Kind() Kind
	// Enrol registers a new credential.
	Enrol(t Turn, in Input) (Result, error)
	// Prove passes a gate with one that is registered. No verdict but Proven means proven.
	Prove(t Turn, in Input) (Result, error)
}

// Slow is a Method that takes long over GiveAnswers, since it hashes them. The backend has it prepare them before it
// opens a transaction, and gives what came of it to Enrol or Prove in their place; those take GiveAnswers too.
type Slow interface {
	Method
	// Prepare does what takes long, for Enrol when t.Credential is nil and for Prove otherwise. Its error is a refusal as
	// Enrol's and Prove's.
	Prepare(t Turn, in GiveAnswers) (Prepared, error)
}

// Checked is a Method that can't work under every setting.
type Checked interface {
	Method
	// Check says why it can't work under these, in words for who starts the backend.
	Check(MethodSettings) error
}

// Doubling is a Method of which a credential may count as two gates of a reset.
type Doubling interface {
	Method
	// Double reports whether the credential with this secret may, as far as the method can tell. What it doesn't know
	// (who set the credential up, whose it is) is the backend's to judge.
	Double(s MethodSettings, credential []byte) bool
}

// Prepared stands for answers that a Slow method has worked on. It holds none in the open, and never travels.
type Prepared struct{ Work any }

func (Prepared) input() {}

// Keyed is what was typed on the telephone during a call that a method asked for. It never travels: whoever carries
// the calls reports it.
type Keyed struct {
	Call   string // the message's Call, as the method named it
	Digits Secret
}

func (Keyed) input() {}

// Turn is one turn of a method's conversation.
type Turn struct {
	Now        time.Time
	Rand       io.Reader
	Person     Person
	Settings   MethodSettings
	State      []byte   // what the method returned in its last Result; nil at the beginning
	Credential []byte   // the credential's secret part (NewCredential.Secret or Result.Update); nil in Enrol
	Siblings   [][]byte // the secrets of all of this kind that the person has; in Prove of those that may serve, Credential among them, maybe beside decoys
	Variants   []string // of the credentials of this kind that the person has; in Prove several mean: ask which
	TriesLeft  int      // before this turn
	Proven     bool     // another gate of this flow is passed already: a masked destination may show
	Private    bool     // nothing may be told of what is on file yet, nor that it can't serve; in Prove
}

// MethodSettings are the policy's figures that methods go by.
type MethodSettings struct {
	Organisation string        // issuer
	CodeLife     time.Duration // a sent code's lifetime
	ResendAfter  time.Duration // before Resend opens
	CallConfirms bool          // a call asks for the two digits on the page, instead of saying a code
	ConfirmFirst bool          // type the destination in full before a code is sent
	OwnDomains   []string      // lower case, ASCII (A-labels)
	Countries    []string      // of numbers that may be used, ISO 3166-1 alpha-2; none: of all
	Questions    QuestionSettings
	Key          KeySettings
}

// QuestionSettings are the policy's figures for security questions.
type QuestionSettings struct {
	Own      []map[string]string // the administrator's own questions, each by language (BCP 47), "" where none is named
	Register int                 // how many to choose and answer
	Ask      int                 // how many of these are asked at a gate
}

// Attestation says how a new security key tells its model.
type Attestation string

// The grades of attestation.
const (
	AttestNone     Attestation = "none"     // it is not asked
	AttestIndirect Attestation = "indirect" // it is asked, and may not say; what it says must be true
	AttestDirect   Attestation = "direct"   // it must prove its model, by the metadata of its maker
)

// KeySettings are the policy's figures for security keys.
type KeySettings struct {
	RPID          string // domain, A-labels
	Origin        string // https://, RPID or a subdomain of it
	Algorithms    []int  // COSE, the best first
	Verification  Verification
	Attestation   Attestation
	Allow, Deny   []string // models by AAGUID, lower case; an empty Allow allows all but those denied
	RefuseBackups bool     // refuse keys whose secrets may be copied elsewhere (backup eligible)
}

// Result is what a turn led to.
type Result struct {
	State      []byte // kept, sealed, until the next turn
	Step       Step   // what to show now; nil when Verdict is Proven
	Notice     *Notice
	Verdict    Verdict
	Why        Code // with Wrong: which code the person gets (CodeWrongCode, CodeCodeExpired, CodeCodeUsed, CodeWrongAddr, …)
	Send       []Message
	Credential *NewCredential // with Proven in Enrol
	Copied     bool           // with Wrong: the credential seems to be in two hands; the audit trail says so, the person is not told
	Double     bool           // in Prove, with Proven: it may count as two gates of a reset
	Update     []byte         // in Prove: the credential's new secret part (a used time step), saved whatever the verdict; nil for no change
}

// NewCredential is what Enrol made.
type NewCredential struct {
	Secret  []byte // sealed at rest; never leaves the backend
	Unique  []byte // what no two credentials of a kind may share, whoever has them; nil for nothing
	Variant string // what tells it from others of its kind, of which there may be one each (a PhoneUse), or empty
	Masked  string // for its owner's eyes
	Address string // number or address to tell its owner about changes, or empty
}

// Verdict is what a turn proves.
type Verdict int

// The verdicts. The zero value proves nothing.
const (
	Undecided Verdict = iota // go on with Step
	Wrong                    // a try is gone
	Proven
)

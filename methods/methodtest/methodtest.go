// Package methodtest is the conformance suite that every method passes: what the backend relies on, whatever the method.
package methodtest

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// Subject is a method under test, with a person who knows how to use it.
type Subject struct {
	Method  app.Method
	Holder  func() Holder // the person's half of a new credential
	Enrol   []app.Input   // inputs for the steps before the proof, while registering
	Prove   []app.Input   // the same at a gate, with Settings.ConfirmFirst and nothing proven
	Life    time.Duration // how long a proof stays good, counted from Start; zero for ever
	Resends bool          // whether it sends codes
	// Knowledge is proven by what the person knows: registering takes anything, and the same proof passes again and again.
	Knowledge bool
	// Settings changes the suite's settings; nil for none.
	Settings func(*app.MethodSettings)
	// Library is the field of a credential that a library reads, in its own way; empty for none.
	Library string
	// Late is the code of a proof that comes too late while registering, which costs no try; empty where it is a wrong one.
	Late app.Code
	// Wrong and Used are the codes of a wrong proof, and of one that was used; empty for CodeWrongCode and CodeCodeUsed.
	Wrong, Used app.Code
}

// Holder is the person's half: what the person sees and holds, and what proves it.
type Holder interface {
	// See takes in what a turn shows and sends.
	See(r app.Result)
	// Right is the right proof at now.
	Right(now time.Time) app.Input
	// Wrong is a wrong proof, another one for each n below 1000.
	Wrong(now time.Time, n int) app.Input
	// Secrets are what a page at a gate must not show.
	Secrets() []string
}

// Start is when each conversation begins: a whole minute, so that a lifetime counts from the beginning of a time step.
var Start = time.Date(2026, 3, 2, 9, 10, 0, 0, time.UTC)

// Ana is the person of the suite.
var Ana = app.Person{Account: "account-ana", UserID: "ana@harbour.example", Name: "Ana Lima"}

// Run runs the suite.
func Run(t *testing.T, s Subject) {
	t.Run("round trip", s.roundTrip)
	t.Run("a proof works once", s.replay)
	t.Run("a proof expires", s.expiry)
	t.Run("wrong proofs prove nothing", s.wrongProofs)
	t.Run("tampered state and credential", s.tampered)
	t.Run("what the method did not write", s.strict)
	t.Run("another person", s.anotherPerson)
	t.Run("a new code kills the old one", s.resend)
	t.Run("a conversation that is left", s.cancelled)
	t.Run("a turn changes nothing but its result", s.pure)
	t.Run("inputs out of turn", s.outOfTurn)
	t.Run("nothing secret at a gate", s.secrecy)
	t.Run("no randomness, no secret", s.noRandomness)
	t.Run("a decoy", s.decoy)
	t.Run("at rest", func(t *testing.T) { AtRest(t, s, "at-rest.txt") })
}

// conversation is an enrolment or a gate as the backend leads it.
type conversation struct {
	t      *testing.T
	method app.Method
	holder Holder
	turn   app.Turn
	prove  bool
}

func turn(seed uint64) app.Turn {
	return app.Turn{
		Now:    Start,
		Rand:   rand.NewChaCha8([32]byte(binary.BigEndian.AppendUint64(make([]byte, 24), seed))),
		Person: Ana,
		Settings: app.MethodSettings{
			Organisation: "Harbour Hospital",
			CodeLife:     5 * time.Minute,
			ResendAfter:  30 * time.Second,
			ConfirmFirst: true,
			OwnDomains:   []string{"harbour.example"},
			Key: app.KeySettings{
				RPID: "harbour.example", Origin: "https://reset.harbour.example", Algorithms: []int{-7, -8},
				Verification: app.VerifyRequired, Attestation: app.AttestNone,
			},
			Questions: app.QuestionSettings{Own: []map[string]string{{"": "Which ward did you work on first?"}}, Register: 5, Ask: 3},
		},
		TriesLeft: 5,
	}
}

// begin is turn under the settings of the subject.
func (s Subject) begin(seed uint64) app.Turn {
	t := turn(seed)
	if s.Settings != nil {
		s.Settings(&t.Settings)
	}
	return t
}

func (s Subject) enrol(t *testing.T, seed uint64) *conversation {
	return &conversation{t: t, method: s.Method, holder: s.Holder(), turn: s.begin(seed)}
}

// gate begins a reset's gate with the credential and the person of an enrolment that is over.
func (s Subject) gate(c *conversation, now time.Time) *conversation {
	g := &conversation{t: c.t, method: s.Method, holder: c.holder, turn: s.begin(uint64(now.UnixNano())), prove: true}
	g.turn.Credential, g.turn.Siblings, g.turn.Now = c.turn.Credential, [][]byte{c.turn.Credential}, now
	return g
}

// enrolled registers a credential and gives the conversation that did.
func (s Subject) enrolled(t *testing.T, seed uint64) *conversation {
	t.Helper()
	c := s.enrol(t, seed)
	c.reach(s.Enrol)
	r := c.mustSubmit(c.holder.Right(c.turn.Now))
	if r.Verdict != app.Proven || r.Credential == nil || len(r.Credential.Secret) == 0 {
		t.Fatalf("enrolment ended with verdict %v, credential %v", r.Verdict, r.Credential != nil)
	}
	c.turn.Credential = r.Credential.Secret
	return c
}

// submit gives one input, and carries out what the backend would: it keeps state, tries and an updated credential.
func (c *conversation) submit(in app.Input) (app.Result, error) {
	ask := c.method.Enrol
	if c.prove {
		ask = c.method.Prove
	}
	r, err := ask(c.turn, in)
	if err != nil {
		return r, err
	}
	c.turn.State = r.State
	if r.Update != nil {
		c.turn.Credential, c.turn.Siblings = r.Update, [][]byte{r.Update}
	}
	c.holder.See(r)
	return r, nil
}

// mustSubmit is submit where nothing may be refused.
func (c *conversation) mustSubmit(in app.Input) app.Result {
	c.t.Helper()
	r, err := c.submit(in)
	if err != nil {
		c.t.Fatalf("%T was refused: %v", in, err)
	}
	return r
}

// reach begins and goes on to the step that wants the proof.
func (c *conversation) reach(inputs []app.Input) app.Result {
	c.t.Helper()
	r := c.mustSubmit(nil)
	for _, in := range inputs {
		r = c.mustSubmit(in)
	}
	if r.Step == nil || r.Verdict != app.Undecided {
		c.t.Fatalf("no proof is wanted: step %T, verdict %v", r.Step, r.Verdict)
	}
	return r
}

// later is when a person comes back: long after what registering used.
func later() time.Time { return Start.Add(time.Hour) }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

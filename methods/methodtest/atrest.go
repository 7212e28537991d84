package methodtest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

var write = flag.Bool("write-at-rest", false, "write the file of a method's states and credentials where there is none")

// AtRest holds every state and credential of a conversation against a file in testdata, to the byte, and goes on with
// those of the file: what an earlier version keeps is read, and a later one writes the same. A line is a stage and the
// JSON that is kept there.
func AtRest(t *testing.T, s Subject, name string) {
	r := &rest{t: t, path: filepath.Join("testdata", name)}
	r.read()
	c := s.enrol(t, 24)
	for i, in := range append([]app.Input{nil}, s.Enrol...) {
		r.turn(c, fmt.Sprintf("enrol %d", i), in)
	}
	if !s.Knowledge {
		r.branch(c, "enrol, wrong", c.holder.Wrong(c.turn.Now, 0))
	}
	r.branches(c, "enrol")
	r.turn(c, "enrolled", c.holder.Right(c.turn.Now))

	g := s.gate(c, later())
	for i, in := range append([]app.Input{nil}, s.Prove...) {
		r.turn(g, fmt.Sprintf("prove %d", i), in)
	}
	r.branch(g, "prove, wrong", g.holder.Wrong(g.turn.Now, 0))
	r.branches(g, "prove")
	r.turn(g, "proven", g.holder.Right(g.turn.Now))
	once := s.gate(c, later().Add(time.Hour))
	once.turn.Settings.ConfirmFirst = false
	r.turn(once, "prove, nothing to confirm", nil)
	r.made(s)
	r.end()
}

// rest is the file, and what is to be in it.
type rest struct {
	t    *testing.T
	path string
	file map[string][]byte // nil while it is written
	kept []string          // lines
}

func (r *rest) read() {
	r.t.Helper()
	data, err := os.ReadFile(r.path)
	if os.IsNotExist(err) && *write {
		return
	}
	if err != nil {
		r.t.Fatalf("nothing says what is at rest (make the file by -write-at-rest, once, and never again): %v", err)
	}
	r.file = map[string][]byte{}
	for line := range strings.Lines(string(data)) {
		stage, kept, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		r.file[stage] = []byte(kept)
	}
}

// keep compares what is kept at a stage with the file, and gives the file's.
func (r *rest) keep(stage string, data []byte) []byte {
	r.t.Helper()
	if data == nil {
		return nil
	}
	r.kept = append(r.kept, stage+"\t"+string(data)+"\n")
	if r.file == nil {
		return data
	}
	if want := r.file[stage]; !bytes.Equal(data, want) {
		r.t.Errorf("%s: at rest is\n%s\nand was\n%s", stage, data, want)
	}
	return slices.Clone(r.file[stage])
}

// turn gives an input, and goes on with what the file says is kept then.
func (r *rest) turn(c *conversation, stage string, in app.Input) {
	r.t.Helper()
	got := c.mustSubmit(in)
	c.turn.State = r.keep(stage+": state", got.State)
	secret := got.Update
	if got.Credential != nil {
		secret = got.Credential.Secret
	}
	if secret = r.keep(stage+": credential", secret); secret != nil {
		c.turn.Credential, c.turn.Siblings = secret, [][]byte{secret}
	}
}

// branch gives an input that the conversation does not go on with; one that is refused keeps nothing.
func (r *rest) branch(c *conversation, stage string, in app.Input) {
	r.t.Helper()
	ask := c.method.Enrol
	if c.prove {
		ask = c.method.Prove
	}
	if got, err := ask(c.turn, in); err == nil {
		r.keep(stage+": state", got.State)
		r.keep(stage+": credential", got.Update)
	}
}

// branches goes back, and asks for another code.
func (r *rest) branches(c *conversation, stage string) {
	r.t.Helper()
	aside := *c
	aside.turn.Now = aside.turn.Now.Add(aside.turn.Settings.ResendAfter)
	r.branch(&aside, stage+", back", app.Back{})
	r.branch(&aside, stage+", resent", app.Resend{})
}

// made are the credentials that come about without a conversation.
func (r *rest) made(s Subject) {
	r.t.Helper()
	if method, can := s.Method.(app.Decoyer); can {
		made, err := method.Decoy(turn(25), 1)
		if err != nil {
			r.t.Fatal(err)
		}
		r.keep("decoy: credential", made.Secret)
	}
	if method, can := s.Method.(app.Contactable); can {
		made, err := method.Contact(turn(26), s.Enrol[0])
		if err != nil {
			r.t.Fatal(err)
		}
		r.keep("contact: credential", made.Secret)
	}
}

// end writes the file where there was none, and finds lines that nothing made.
func (r *rest) end() {
	r.t.Helper()
	if r.file != nil {
		if len(r.kept) != len(r.file) {
			r.t.Errorf("%d stages keep something; the file has %d", len(r.kept), len(r.file))
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(r.path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(r.path, []byte(strings.Join(r.kept, "")), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

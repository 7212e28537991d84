package methodtest

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// tampered cuts and replaces states and credentials. A method refuses with an error what it did not write. A byte that is
// changed within is for the backend's seal to notice, and must do no harm.
func (s Subject) tampered(t *testing.T) {
	c := s.enrol(t, 8)
	c.reach(s.Enrol)
	g := s.gate(s.enrolled(t, 9), later())
	g.reach(s.Prove)
	for _, c := range []*conversation{c, g} {
		good := c.turn
		right := c.holder.Right(c.turn.Now)
		for _, bad := range cuts(good.State) {
			c.turn = good
			c.turn.State = bad
			refused(c, right, "state %.40q", bad)
		}
		for _, bad := range cuts(good.Credential) {
			c.turn = good
			c.turn.Credential = bad
			if c.prove {
				refused(c, right, "credential %.40q", bad)
			}
		}
		for i := range good.State {
			if s.Knowledge && !c.prove {
				break // there is no wrong proof
			}
			c.turn = good
			c.turn.State = bytes.Clone(good.State)
			c.turn.State[i] ^= 1
			_, _ = c.submit(c.holder.Wrong(c.turn.Now, i)) // must not panic
		}
		c.turn = good
		if r := c.mustSubmit(right); r.Verdict != app.Proven {
			t.Errorf("the true state gave verdict %v: the test proves nothing", r.Verdict)
		}
	}
}

// cuts lists damaged forms of data: each beginning of it, more behind it, other JSON, no JSON.
func cuts(data []byte) [][]byte {
	var bad [][]byte
	for i := range data {
		bad = append(bad, data[:i:i])
	}
	for _, s := range []string{"null", "{}", "[]", "0", `""`, "\x00", `{"owner":1}`, strings.Repeat("[", 10000)} {
		bad = append(bad, []byte(s))
	}
	return append(bad, append(bytes.Clone(data), data...), append(bytes.Clone(data), 0))
}

func refused(c *conversation, in app.Input, format string, args ...any) {
	c.t.Helper()
	if r, err := c.submit(in); err == nil || r.Verdict != app.Undecided || r.Credential != nil || r.Update != nil || len(r.Send) > 0 {
		c.t.Errorf("%s: verdict %v, error %v", fmt.Sprintf(format, args...), r.Verdict, err)
	}
}

// anotherPerson uses Ana's state and credential for another person, and one use's state for the other.
func (s Subject) anotherPerson(t *testing.T) {
	bo := app.Person{Account: "account-bo", UserID: "bo@harbour.example", Name: "Bo Berg"}
	c := s.enrol(t, 10)
	c.reach(s.Enrol)
	c.turn.Person = bo
	refused(c, c.holder.Right(c.turn.Now), "Ana's enrolment for Bo")

	g := s.gate(s.enrolled(t, 11), later())
	g.reach(s.Prove)
	right := g.holder.Right(g.turn.Now)
	g.turn.Person = bo
	refused(g, right, "Ana's credential for Bo")
	refused(g, nil, "a gate of Bo's with Ana's credential")

	one, two := s.enrol(t, 12), s.gate(s.enrolled(t, 12), later())
	one.reach(s.Enrol)
	two.reach(s.Prove)
	one.turn.State, two.turn.State = two.turn.State, one.turn.State
	refused(one, one.holder.Right(one.turn.Now), "a gate's state for registering")
	refused(two, two.holder.Right(two.turn.Now), "an enrolment's state at a gate")
}

// outOfTurn gives every input where it is not wanted, and rubbish where a proof is wanted.
func (s Subject) outOfTurn(t *testing.T) {
	foreign := []app.Input{app.SignIn{}, app.GiveUserID{}, app.GiveReason{}, app.Choose{}, app.GivePassword{},
		app.ContactAdmin{}, app.CheckAgain{}, app.Finish{}}
	c := s.enrol(t, 13)
	c.reach(s.Enrol)
	g := s.gate(s.enrolled(t, 14), later())
	g.reach(s.Prove)
	for _, c := range []*conversation{c, g} {
		for _, in := range foreign {
			if r, err := c.submit(in); app.CodeOf(err) != app.CodeNotNow || r.Verdict != app.Undecided {
				t.Errorf("%T gave verdict %v, error %v", in, r.Verdict, err)
			}
		}
		for _, text := range []string{"", " ", "12345", "1234567", "abcdef", "12345\x00", "１２３", strings.Repeat("9", 1<<16), "\xff\xfe"} {
			if r, err := c.submit(app.GiveCode{Digits: app.NewSecret(text)}); err == nil || r.Verdict != app.Undecided {
				t.Errorf("code %.20q gave verdict %v, error %v", text, r.Verdict, err)
			}
		}
		fresh := *c
		fresh.turn.State = nil
		for _, in := range append(foreign, c.holder.Right(c.turn.Now), app.Resend{}, app.Back{}) {
			if _, err := fresh.submit(in); app.CodeOf(err) != app.CodeNotNow {
				t.Errorf("%T before anything began gave %v", in, err)
			}
		}
		if r := c.mustSubmit(c.holder.Right(c.turn.Now)); r.Verdict != app.Proven {
			t.Errorf("the right proof afterwards: verdict %v", r.Verdict)
		}
	}
}

// secrecy walks through a gate, wrongly and rightly, and looks at all that a page gets.
func (s Subject) secrecy(t *testing.T) {
	g := s.gate(s.enrolled(t, 15), later())
	seen := []app.Result{g.mustSubmit(nil)}
	for _, in := range s.Prove {
		seen = append(seen, g.mustSubmit(in))
	}
	seen = append(seen, g.mustSubmit(g.holder.Wrong(g.turn.Now, 1)))
	for _, r := range seen {
		shown := texts(reflect.ValueOf(r.Step))
		for _, secret := range g.holder.Secrets() {
			if strings.Contains(shown, secret) {
				t.Errorf("%T shows %q", r.Step, secret)
			}
		}
	}
	if len(g.holder.Secrets()) == 0 {
		t.Error("no secret was looked for")
	}
}

// texts collects every string below v, those of secrets too.
func texts(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return v.String() + "\n"
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			return texts(v.Elem())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return string(v.Bytes()) + "\n"
		}
		var b strings.Builder
		for i := range v.Len() {
			b.WriteString(texts(v.Index(i)))
		}
		return b.String()
	case reflect.Struct:
		if secret, ok := v.Interface().(app.Secret); ok {
			return secret.Reveal() + "\n"
		}
		var b strings.Builder
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				b.WriteString(texts(v.Field(i)))
			}
		}
		return b.String()
	}
	return ""
}

// noRandomness fails the source: a method then fails, and falls back to nothing.
func (s Subject) noRandomness(t *testing.T) {
	c := s.enrol(t, 16)
	c.turn.Rand = broken{}
	inputs := append([]app.Input{nil}, s.Enrol...)
	if s.Knowledge {
		c.holder.See(s.enrol(t, 16).mustSubmit(nil))
		inputs = append(inputs, c.holder.Right(Start))
	}
	for _, in := range inputs {
		r, err := c.submit(in)
		if err != nil {
			if r.Step != nil || r.State != nil || len(r.Send) > 0 {
				t.Errorf("failed, yet gave step %T and %d messages", r.Step, len(r.Send))
			}
			return
		}
	}
	t.Error("reached the proof without randomness")
}

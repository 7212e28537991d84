package methodtest

import (
	"bytes"
	"encoding/json"
	"maps"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// strict gives a method states and credentials that it did not write: another owner's, a state for the other use, with
// one field more, with something behind. Each is refused as it is read.
func (s Subject) strict(t *testing.T) {
	c := s.enrol(t, 27)
	c.reach(s.Enrol)
	g := s.gate(s.enrolled(t, 28), later())
	g.reach(s.Prove)
	for _, c := range []*conversation{c, g} {
		good, right := c.turn, c.holder.Right(c.turn.Now)
		for name, bad := range s.foreign(t, good.State, map[string]any{"owner": "account-bo", "use": otherUse(c)}) {
			c.turn = good
			c.turn.State = bad
			unread(c, right, "state", name)
		}
		if c.prove {
			for name, bad := range s.foreign(t, good.Credential, map[string]any{"owner": "account-bo"}) {
				c.turn = good
				c.turn.Credential = bad
				unread(c, right, "credential", name)
				unread(c, nil, "credential", name)
			}
			good.Credential = rewrite(t, good.Credential, func(map[string]any) {})
		}
		c.turn = good
		c.turn.State = rewrite(t, good.State, func(map[string]any) {})
		if r := c.mustSubmit(right); r.Verdict != app.Proven {
			t.Errorf("what the method wrote gave verdict %v: the test proves nothing", r.Verdict)
		}
	}
}

func otherUse(c *conversation) string {
	if c.prove {
		return "enrol"
	}
	return "prove"
}

// unread holds that an input is refused because of what is kept, not for any other reason.
func unread(c *conversation, in app.Input, what, name string) {
	c.t.Helper()
	r, err := c.submit(in)
	if app.CodeOf(err) != app.CodeInternal || r.Verdict != app.Undecided || r.Credential != nil || r.Update != nil || r.State != nil || len(r.Send) > 0 {
		c.t.Errorf("%s, %s: verdict %v, error %v", what, name, r.Verdict, err)
	}
}

// foreign lists forms of what is kept that its method did not write, by what is foreign in them. Each name in fields is a
// field that what is kept must have.
func (s Subject) foreign(t *testing.T, data []byte, fields map[string]any) map[string][]byte {
	t.Helper()
	all := map[string][]byte{
		"trailing bytes": append(bytes.Clone(data), "{}"...), "a trailing space": append(bytes.Clone(data), ' '),
		"an unknown field": rewrite(t, data, func(m map[string]any) { m["unknown"] = 1 }),
	}
	for name, value := range fields {
		all["another "+name] = rewrite(t, data, func(m map[string]any) {
			if _, has := m[name]; !has {
				t.Fatalf("nothing that is kept says its %s", name)
			}
			m[name] = value
		})
		all["no "+name] = rewrite(t, data, func(m map[string]any) { delete(m, name) })
	}
	for name := range parse(t, data) {
		if name == s.Library {
			continue
		}
		all["an unknown field in "+name] = rewrite(t, data, func(m map[string]any) { spoil(m, name) })
	}
	maps.DeleteFunc(all, func(_ string, bad []byte) bool { return bytes.Equal(bad, rewrite(t, data, func(map[string]any) {})) })
	return all
}

// spoil adds an unknown field to the object that a field holds, or to the first of its list.
func spoil(m map[string]any, name string) {
	value := m[name]
	if list, is := value.([]any); is && len(list) > 0 {
		value = list[0]
	}
	if object, is := value.(map[string]any); is {
		object["unknown"] = 1
	}
}

func parse(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatalf("what is kept is no JSON object: %v", err)
	}
	return m
}

// rewrite changes the fields of what is kept.
func rewrite(t *testing.T, data []byte, change func(map[string]any)) []byte {
	t.Helper()
	m := parse(t, data)
	change(m)
	again, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

package kept_test

import (
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

type state struct {
	kept.Owned
	kept.For
	Seen []inner `json:"seen,omitempty"`
}

type inner struct {
	Secret string `json:"secret"`
}

var ana = app.Turn{Person: app.Person{Account: "ana"}}

func read(data string, use kept.Use) (state, error) {
	t := ana
	t.State = []byte(data)
	return kept.ReadState[state](t, use)
}

func TestRoundTrip(t *testing.T) {
	s := state{kept.By(ana), kept.For{Use: kept.Prove}, []inner{{"canary"}}}
	r, err := kept.Result(s, app.EnterCode{TriesLeft: 3})
	if err != nil || string(r.State) != `{"owner":"ana","use":"prove","seen":[{"secret":"canary"}]}` {
		t.Fatalf("%s, %v", r.State, err)
	}
	if step, is := r.Step.(app.EnterCode); !is || step.TriesLeft != 3 || r.Verdict != app.Undecided {
		t.Errorf("%+v", r)
	}
	again, err := read(string(r.State), kept.Prove)
	if err != nil || len(again.Seen) != 1 || again.Seen[0] != s.Seen[0] || again.Owned != s.Owned || again.For != s.For {
		t.Errorf("%+v, %v", again, err)
	}
}

// TestRefused gives nothing of what is not the method's own, and says nothing of it.
func TestRefused(t *testing.T) {
	for name, data := range map[string]string{
		"another owner":   `{"owner":"bo","use":"prove","seen":[{"secret":"canary"}]}`,
		"no owner":        `{"use":"prove","seen":[{"secret":"canary"}]}`,
		"another use":     `{"owner":"ana","use":"enrol","seen":[{"secret":"canary"}]}`,
		"no use":          `{"owner":"ana","seen":[{"secret":"canary"}]}`,
		"unknown":         `{"owner":"ana","use":"prove","canary":1}`,
		"unknown, within": `{"owner":"ana","use":"prove","seen":[{"secret":"canary","canary":1}]}`,
		"another type":    `{"owner":"ana","use":"prove","seen":"canary"}`,
		"trailing":        `{"owner":"ana","use":"prove","seen":[{"secret":"canary"}]}canary`,
		"trailing space":  `{"owner":"ana","use":"prove","seen":[{"secret":"canary"}]} `,
		"cut":             `{"owner":"ana","use":"prove","seen":[{"secret":"canary"`,
		"empty":           "", "null": "null", "a list": "[]",
	} {
		s, err := read(data, kept.Prove)
		if app.CodeOf(err) != app.CodeInternal || len(s.Seen) > 0 || s.Owner != "" || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	if _, err := kept.ReadState[state](ana, kept.Enrol); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("nothing began: %v", err)
	}
}

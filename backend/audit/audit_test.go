package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/port"
)

func entry(action string) port.AuditEntry {
	return port.AuditEntry{
		At: time.Date(2026, 3, 1, 10, 30, 0, 1999, time.FixedZone("", 3600)), Action: action, Result: "failed",
		Reason: "code_wrong", Account: "A1", Role: "flow", Method: "email", Flow: "F1", Support: "H7K2-9QWD",
		Station: "kiosk 3", Network: "192.0.2.7",
	}
}

func trail(n int) []port.AuditEntry {
	var head port.AuditEntry
	var all []port.AuditEntry
	for range n {
		head = audit.Chain{}.Link(head, entry("reset.gate"))
		all = append(all, head)
	}
	return all
}

func TestGoodTrail(t *testing.T) {
	all := trail(5)
	if err := audit.Verify(port.AuditEntry{}, all); err != nil {
		t.Error(err)
	}
	if err := audit.Verify(all[1], all[2:]); err != nil {
		t.Errorf("from the middle: %v", err)
	}
	if all[0].Seq != 1 || all[4].Seq != 5 || !bytes.Equal(all[4].Prev, all[3].Hash) || len(all[0].Prev) != 0 {
		t.Errorf("numbers or hashes are not linked: %+v", all)
	}
	if want := time.Date(2026, 3, 1, 9, 30, 0, 1000, time.UTC); all[0].At != want {
		t.Errorf("At = %v, want %v", all[0].At, want)
	}
}

func TestEveryEditIsFound(t *testing.T) {
	edits := map[string]func(*port.AuditEntry){
		"at":         func(e *port.AuditEntry) { e.At = e.At.Add(time.Microsecond) },
		"era":        func(e *port.AuditEntry) { e.At = time.UnixMicro(1 << 62) },
		"action":     func(e *port.AuditEntry) { e.Action = "x" },
		"result":     func(e *port.AuditEntry) { e.Result = "x" },
		"reason":     func(e *port.AuditEntry) { e.Reason = "" },
		"account":    func(e *port.AuditEntry) { e.Account = "x" },
		"role":       func(e *port.AuditEntry) { e.Role = "x" },
		"method":     func(e *port.AuditEntry) { e.Method = "x" },
		"flow":       func(e *port.AuditEntry) { e.Flow = "x" },
		"support":    func(e *port.AuditEntry) { e.Support = "x" },
		"station":    func(e *port.AuditEntry) { e.Station = "x" },
		"station_id": func(e *port.AuditEntry) { e.StationID = "x" },
		"network":    func(e *port.AuditEntry) { e.Network = "x" },
		"prev":       func(e *port.AuditEntry) { e.Prev = make([]byte, 32) },
		"hash":       func(e *port.AuditEntry) { e.Hash = make([]byte, 32) },
		// The words run on into each other, and the sum of all texts is the same.
		"moved between fields": func(e *port.AuditEntry) { e.Flow, e.Support = "F1H7K2", "-9QWD" },
	}
	for name, edit := range edits {
		all := trail(4)
		edit(&all[2])
		fault(t, name, all, 3, "edited")
	}
	fault(t, "number", edited(2, func(e *port.AuditEntry) { e.Seq = 9 }), 3, "missing")
	rehashed := trail(4)
	rehashed[1] = audit.Chain{}.Link(rehashed[0], entry("sign_in"))
	fault(t, "replaced by one with a right hash", rehashed, 3, "edited")
}

func edited(i int, edit func(*port.AuditEntry)) []port.AuditEntry {
	all := trail(4)
	edit(&all[i])
	return all
}

func TestRemovedAndMovedEntriesAreFound(t *testing.T) {
	fault(t, "first removed", trail(4)[1:], 1, "missing")
	fault(t, "one removed", slices.Delete(trail(4), 1, 2), 2, "missing")
	swapped := trail(4)
	swapped[1], swapped[2] = swapped[2], swapped[1]
	fault(t, "swapped", swapped, 2, "missing")
	swapped[1].Seq, swapped[2].Seq = 2, 3
	fault(t, "swapped and numbered again", swapped, 2, "edited")
	fault(t, "one twice", slices.Insert(trail(4), 1, trail(1)[0]), 2, "missing")
}

func fault(t *testing.T, name string, all []port.AuditEntry, seq int64, why string) {
	t.Helper()
	var at *audit.Break
	if err := audit.Verify(port.AuditEntry{}, all); !errors.As(err, &at) || at.Seq != seq || at.Why != why {
		t.Errorf("%s: %v, want entry %d: %s", name, err, seq, why)
	}
}

// TestHashIsOfTheLine holds what docs/audit.md says: anyone can check an exported line.
func TestHashIsOfTheLine(t *testing.T) {
	odd := audit.Chain{}.Link(port.AuditEntry{}, port.AuditEntry{Action: "<&>\u2028"})
	for _, e := range []port.AuditEntry{trail(2)[1], odd} {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		text := string(line)
		sum := sha256.Sum256([]byte(text[:strings.LastIndex(text, `,"hash":`)] + "}"))
		if !bytes.Equal(sum[:], e.Hash) {
			t.Errorf("the hash of %s is not over the line", text)
		}
	}
}

func TestGoldenHash(t *testing.T) {
	const want = `{"seq":1,"at":"2026-03-01T09:30:00.000001Z","action":"sign_in","result":"failed","reason":"code_wrong",` +
		`"account":"A1","role":"flow","method":"email","flow":"F1","support":"H7K2-9QWD","station":"kiosk 3",` +
		`"network":"192.0.2.7","prev":null}`
	sum := sha256.Sum256([]byte(want))
	if got := (audit.Chain{}).Link(port.AuditEntry{}, entry("sign_in")); !bytes.Equal(got.Hash, sum[:]) {
		t.Errorf("hash = %x, want %x: the form changed, and no old trail verifies", got.Hash, sum)
	}
}

// TestNothingCanBeInjected: what a stranger names himself can't begin a new line or forge a field.
func TestNothingCanBeInjected(t *testing.T) {
	for _, text := range []string{
		"x\n{\"seq\":2}", "x\r\nforged", `x","result":"succeeded`, "\x1b[2J", "\x00", "a\u2028b", "\xff\xfe", "\u202ereversed",
	} {
		e := entry("sign_in")
		e.Station, e.Account = text, text
		linked := audit.Chain{}.Link(port.AuditEntry{}, e)
		line, err := json.Marshal(linked)
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.IndexFunc(line, func(r rune) bool { return r < ' ' || r == '\u2028' || r == 0x7f }); i >= 0 {
			t.Errorf("%q: a control character stands in the line at %d: %q", text, i, line)
		}
		var back port.AuditEntry
		if err := json.Unmarshal(line, &back); err != nil {
			t.Fatal(err)
		}
		if back.Result != "failed" || back.Station != strings.ToValidUTF8(text, "\uFFFD") {
			t.Errorf("%q came back as %+v", text, back)
		}
		if err := audit.Verify(port.AuditEntry{}, []port.AuditEntry{back}); err != nil {
			t.Errorf("%q, after a round trip: %v", text, err)
		}
	}
}

func BenchmarkLink(b *testing.B) {
	var head port.AuditEntry
	for b.Loop() {
		head = audit.Chain{}.Link(head, entry("reset.gate"))
	}
}

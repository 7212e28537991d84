package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gofrs/flock"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/port"
)

var seed = app.NewSecret(strings.Repeat("k", 32))

// signedTrail is a trail of n entries with a head at each of the numbers, and the file of these heads.
func signedTrail(t *testing.T, n int, at ...int64) ([]port.AuditEntry, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heads.jsonl")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	all := trail(n)
	sign(t, path, all, at...)
	return all, path
}

func sign(t *testing.T, path string, all []port.AuditEntry, at ...int64) {
	t.Helper()
	h, err := audit.OpenHeads(path, seed)
	if err != nil {
		t.Fatal(err)
	}
	for _, seq := range at {
		var last port.AuditEntry
		if seq > 0 {
			last = all[seq-1]
		}
		if err := h.Sign(last); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []audit.Head {
	t.Helper()
	heads, err := audit.ReadHeads(path, seed)
	if err != nil {
		t.Fatal(err)
	}
	return heads
}

// verify takes the entries in pages of three, as a store gives them.
func verify(heads []audit.Head, all []port.AuditEntry) (*audit.Verifier, error) {
	v := audit.NewVerifier(heads)
	for page := range slices.Chunk(all, 3) {
		if err := v.Next(page); err != nil {
			return v, err
		}
	}
	return v, v.End()
}

func TestASignedTrailHolds(t *testing.T) {
	all, path := signedTrail(t, 10, 0, 4, 4, 8, 6) // twice, and out of order, as two writers may
	v, err := verify(read(t, path), all)
	if err != nil {
		t.Fatal(err)
	}
	if entries, vouched := v.Sums(); entries != 10 || vouched != 8 {
		t.Errorf("%d entries, %d vouched for; want 10 and 8", entries, vouched)
	}
}

func TestWhatTheChainAloneCantShow(t *testing.T) {
	for name, c := range map[string]struct {
		heads        []int64
		change       func([]port.AuditEntry) []port.AuditEntry
		first, until int64
		why          string
	}{
		"the tail is cut":        {[]int64{0, 4, 8}, func(all []port.AuditEntry) []port.AuditEntry { return all[:5] }, 6, 8, "missing"},
		"everything is gone":     {[]int64{4}, func([]port.AuditEntry) []port.AuditEntry { return nil }, 1, 4, "missing"},
		"computed anew":          {[]int64{0, 4, 8}, func([]port.AuditEntry) []port.AuditEntry { return anew(0, 10) }, 1, 4, "rewritten"},
		"computed anew from 6":   {[]int64{0, 4, 8}, func([]port.AuditEntry) []port.AuditEntry { return anew(5, 10) }, 5, 8, "rewritten"},
		"anew, cut and all":      {[]int64{0, 4, 8}, func([]port.AuditEntry) []port.AuditEntry { return anew(5, 7) }, 8, 8, "missing"},
		"edited before its head": {[]int64{8}, func(all []port.AuditEntry) []port.AuditEntry { all[2].Result = "succeeded"; return all }, 3, 3, "edited"},
	} {
		all, path := signedTrail(t, 10, c.heads...)
		_, err := verify(read(t, path), c.change(all))
		var at *audit.Break
		if !errors.As(err, &at) || *at != (audit.Break{Seq: c.first, Until: c.until, Why: c.why}) {
			t.Errorf("%s: %v, want entries %d to %d: %s", name, err, c.first, c.until, c.why)
		}
	}
}

// anew is a trail of n entries whose hashes are right, and that was changed after the first few.
func anew(few, n int) []port.AuditEntry {
	all := trail(few)
	var head port.AuditEntry
	if few > 0 {
		head = all[few-1]
	}
	for len(all) < n {
		head = audit.Chain{}.Link(head, entry("harmless"))
		all = append(all, head)
	}
	return all
}

// TestARestartDoesNotLaunder: a head over a rewritten trail does not take the older ones back.
func TestARestartDoesNotLaunder(t *testing.T) {
	_, path := signedTrail(t, 10, 0, 10)
	forged := anew(2, 6)
	sign(t, path, forged, 6)
	forged = append(forged, audit.Chain{}.Link(forged[5], entry("sign_in")))
	if _, err := verify(read(t, path), forged); err == nil {
		t.Error("a trail that was cut, computed anew and signed again holds")
	}
}

func TestHeadsThatNobodySignedAreRefused(t *testing.T) {
	_, path := signedTrail(t, 4, 0, 2, 4)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"another number": strings.Replace(string(good), `"seq":2`, `"seq":3`, 1),
		"another time":   strings.Replace(string(good), `"at":"2026`, `"at":"2027`, 1),
		"no signature":   `{"seq":2,"hash":null,"at":"2026-03-01T09:30:00Z"}` + "\n",
		"not JSON":       string(good) + "x\n",
		"an empty line":  "\n" + string(good),
	} {
		if bad == string(good) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if heads, err := audit.ReadHeads(path, seed); err == nil {
			t.Errorf("%s: taken for %+v", name, heads)
		}
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.ReadHeads(path, app.NewSecret(strings.Repeat("x", 32))); err == nil {
		t.Error("heads hold under another key")
	}
	for _, short := range []string{"", "k", strings.Repeat("k", 64)} {
		if _, err := audit.ReadHeads(path, app.NewSecret(short)); err == nil {
			t.Errorf("a key of %d bytes was taken", len(short))
		}
	}
}

func TestATornLineIsDropped(t *testing.T) {
	all, path := signedTrail(t, 4, 2, 4)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, good[:len(good)-7], 0o600); err != nil {
		t.Fatal(err)
	}
	if heads := read(t, path); len(heads) != 1 || heads[0].Seq != 2 {
		t.Fatalf("got %+v, want the first head alone", heads)
	}
	sign(t, path, all, 4)
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, good) {
		t.Errorf("after another head the file is\n%s, want\n%s (%v)", again, good, err)
	}
}

// TestTwoWritersKeepEachOthersHeads: each has the file open by itself, as two processes have.
func TestTwoWritersKeepEachOthersHeads(t *testing.T) {
	const each = 40
	all, path := signedTrail(t, 2*each)
	var wg sync.WaitGroup
	for first := range 2 {
		wg.Go(func() {
			for i := first; i < 2*each; i += 2 {
				sign(t, path, all, int64(i+1)) // opens it anew each time, as a command does
			}
		})
	}
	wg.Wait()
	if heads := read(t, path); len(heads) != 2*each {
		t.Errorf("%d heads were signed, %d are there", 2*each, len(heads))
	}
}

// TestALineThatIsBeingWrittenIsNotDropped: to whoever opens the file meanwhile it looks as if it was cut short.
func TestALineThatIsBeingWrittenIsNotDropped(t *testing.T) {
	all, path := signedTrail(t, 4, 2, 4)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	half := bytes.IndexByte(good, '\n') + 20
	if err := os.WriteFile(path, good[:half], 0o600); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(audit.LockFile(path))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	h, err := audit.OpenHeads(path, seed)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, good[:half]) {
		t.Fatalf("opening the file changed it: %q, %v", got, err)
	}
	signed := make(chan error)
	go func() { signed <- h.Sign(all[3]) }()
	select {
	case err := <-signed:
		t.Fatalf("a head was signed while another process writes: %v", err)
	default:
	}
	if err := appendTo(path, good[half:]); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(lock.Unlock(), <-signed); err != nil {
		t.Fatal(err)
	}
	if heads := read(t, path); len(heads) != 3 {
		t.Errorf("got %+v, want three heads", heads)
	}
}

func appendTo(path string, rest []byte) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(rest)
	return errors.Join(err, file.Close())
}

func TestHeadsAreNotMadeByTheWay(t *testing.T) {
	if _, err := audit.OpenHeads(filepath.Join(t.TempDir(), "none"), seed); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
}

// TestASignatureIsOverTheLine holds what docs/audit.md says: anyone who has the public key can check a head.
func TestASignatureIsOverTheLine(t *testing.T) {
	_, path := signedTrail(t, 2, 0, 2)
	public := ed25519.NewKeyFromSeed([]byte(seed.Reveal())).Public().(ed25519.PublicKey)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var h audit.Head
		if err := json.Unmarshal([]byte(line), &h); err != nil {
			t.Fatal(err)
		}
		text := "sparekey audit head\n" + line[:strings.LastIndex(line, `,"sig":`)] + "}"
		if !ed25519.Verify(public, []byte(text), h.Sig) {
			t.Errorf("the signature of %s is not over the line", line)
		}
	}
}

func FuzzReadHeads(f *testing.F) {
	f.Add([]byte(`{"seq":2,"hash":"AA==","at":"2026-03-01T09:30:00Z","sig":"AA=="}` + "\n"))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"at":"9999-12-31T23:59:59-23:59"}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "heads")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if heads, err := audit.ReadHeads(path, seed); err == nil && len(heads) > 0 {
			t.Errorf("%q was taken for %+v", data, heads)
		}
	})
}

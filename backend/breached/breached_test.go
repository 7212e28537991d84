package breached

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// list gives the list of passwords as the public ones are: hashes in order, with counts.
func list(passwords ...string) string {
	var lines []string
	for i, p := range passwords {
		lines = append(lines, fmt.Sprintf("%X:%d\r\n", sha1.Sum([]byte(p)), i+1))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// numbered gives the nth password of a synthetic list.
func numbered(n int) string { return fmt.Sprintf("password-%d", n) }

// built builds a filter file of a list and gives its path.
func built(t testing.TB, list io.Reader) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "breached.filter")
	if _, err := Build(list, path, Options{}); err != nil {
		t.Fatal(err)
	}
	return path
}

func opened(t testing.TB, path string) *Filter {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func contains(t *testing.T, f *Filter, password string) bool {
	t.Helper()
	found, err := f.Contains(app.NewSecret(password))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestWhatIsInTheListIsFound(t *testing.T) {
	f := opened(t, built(t, strings.NewReader(list("password", "hunter2", "pässwörd", ""))))
	for password, want := range map[string]bool{
		"password": true, "hunter2": true, "pässwörd": true, "pa\u0308sswo\u0308rd": true, "": true,
		"Password": false, "hunter3": false, "harbour lamp seven": false,
	} {
		if contains(t, f, password) != want {
			t.Errorf("%q: %v", password, !want)
		}
	}
	if f.Count() != 4 {
		t.Errorf("%d passwords", f.Count())
	}
}

func TestBothFormsOfALine(t *testing.T) {
	plain := strings.ToLower(strings.NewReplacer(":1\r", "", ":2\r", "", ":3\r", "").Replace(list("a", "b", "c")))
	one, err := os.ReadFile(built(t, strings.NewReader(plain+"\n")))
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(built(t, strings.NewReader(list("a", "b", "b", "c"))))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, other) {
		t.Error("counts, case or a repeated line make another filter")
	}
}

// synthetic is a list of the hashes of n numbered passwords.
func synthetic(n int) io.Reader {
	sums := make([][sha1.Size]byte, n)
	for i := range sums {
		sums[i] = sha1.Sum([]byte(numbered(i)))
	}
	slices.SortFunc(sums, func(a, b [sha1.Size]byte) int { return bytes.Compare(a[:], b[:]) })
	var b bytes.Buffer
	for _, s := range sums {
		fmt.Fprintf(&b, "%X\n", s)
	}
	return &b
}

// TestRate counts over several shards: nothing that is listed is missed, and of 200,000 passwords that are not listed no
// more than twice the 1 in 65,536 that 16 bits give is taken for listed. The keys are the same in each run.
func TestRate(t *testing.T) {
	const listed, absent = 3*shardSize + 5, 200_000
	f := opened(t, built(t, synthetic(listed)))
	if len(f.directory) != 4 {
		t.Fatalf("%d shards", len(f.directory))
	}
	// Each shard is read once, not for each key.
	var keys []uint64
	for i := range listed + absent {
		keys = append(keys, keyOf(app.NewSecret(numbered(i))))
	}
	missed, wrong := 0, 0
	for s := range f.directory {
		shard, err := f.shard(s)
		if err != nil {
			t.Fatal(err)
		}
		for i, key := range keys {
			if f.find(key) != s {
				continue
			}
			found := shard.Contains(key)
			if i < listed && !found {
				missed++
			}
			if i >= listed && found {
				wrong++
			}
		}
	}
	t.Logf("%d of %d absent passwords are taken for listed: 1 in %d", wrong, absent, absent/max(wrong, 1))
	if missed > 0 || wrong > absent/(1<<15) {
		t.Errorf("%d missed, %d of %d absent ones found", missed, wrong, absent)
	}
}

func TestShardsMeet(t *testing.T) {
	f := opened(t, built(t, synthetic(2*shardSize+1)))
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		if n := random.IntN(2*shardSize + 1); !contains(t, f, numbered(n)) {
			t.Errorf("%s is missed", numbered(n))
		}
	}
	for _, e := range f.directory {
		for _, key := range []uint64{e.first, e.first - 1} {
			found, err := f.contains(key)
			if err != nil || found != (key == e.first) {
				t.Errorf("key %d at a shard's beginning: %v, %v", key, found, err)
			}
		}
	}
}

func TestWrongLinesAreNamed(t *testing.T) {
	good := strings.Repeat("A", 40)
	for name, c := range map[string]struct {
		list string
		want []string
	}{
		"words":        {good + "\npassword\n", []string{"line 2: must begin with a SHA-1 in 40 hex digits"}},
		"NTLM":         {strings.Repeat("A", 32) + ":3\n", []string{"line 1: must begin"}},
		"no count":     {good + ":\n", []string{`line 1: must have a whole number behind ":"`}},
		"a word":       {good + ":many\n", []string{"line 1: must have a whole number"}},
		"two wrong":    {"x\n" + good + "\ny\n", []string{"line 1: ", "line 3: "}},
		"not in order": {good + ":1\n" + strings.Repeat("9", 40) + ":1\n", []string{"line 2: comes before the line above"}},
		"too long":     {good + "\n" + strings.Repeat("A", 70_000), []string{"line 2: ", "too long"}},
		"empty":        {"\n\n", []string{"the list is empty"}},
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte("SPAREKBF, the old one"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Build(strings.NewReader(c.list), path, Options{})
		for _, want := range c.want {
			if err == nil || !strings.Contains(said(err), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		}
		kept, _ := os.ReadFile(path)
		left, _ := os.ReadDir(filepath.Dir(path))
		if string(kept) != "SPAREKBF, the old one" || len(left) != 1 {
			t.Errorf("%s: a refused list left %q and %d files", name, kept, len(left))
		}
	}
	_, err := Build(strings.NewReader(strings.Repeat("x\n", 1000)), filepath.Join(t.TempDir(), "f"), Options{})
	if n := strings.Count(said(err), "line "); n != maxProblems {
		t.Errorf("%d lines are named", n)
	}
}

// said is an error as a command says it, a line for each problem.
func said(err error) string {
	if all, several := err.(interface{ Unwrap() []error }); several {
		var lines []string
		for _, one := range all.Unwrap() {
			lines = append(lines, said(one))
		}
		return strings.Join(lines, "\n")
	}
	return words.Problem(app.ProblemOf(err))
}

func TestProgress(t *testing.T) {
	var seen []int64
	if _, err := Build(synthetic(2*shardSize+1), filepath.Join(t.TempDir(), "f"), Options{Progress: func(n int64) { seen = append(seen, n) }}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []int64{shardSize, 2 * shardSize}) {
		t.Errorf("progress: %v", seen)
	}
}

// TestDamage changes, cuts and lengthens a file at every place: none is opened.
func TestDamage(t *testing.T) {
	whole, err := os.ReadFile(built(t, strings.NewReader(list("a", "b", "c"))))
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, data []byte) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if f, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s is opened: %v, %v", what, f, err)
		}
	}
	for i := range whole {
		changed := bytes.Clone(whole)
		changed[i] ^= 0x10
		refused(fmt.Sprintf("a file with byte %d changed", i), changed)
		refused(fmt.Sprintf("a file of %d bytes", i), whole[:i])
	}
	refused("a longer file", append(bytes.Clone(whole), 0))
	newer := bytes.Clone(whole)
	newer[len(magic)] = version + 1
	if _, err := read(bytes.NewReader(newer), int64(len(newer))); err == nil || !strings.Contains(err.Error(), "version 3") {
		t.Errorf("a file of a later version: %v", err)
	}
	for want, file := range map[string][]byte{"is of version 3, this program knows version 2": newer, "import the list again": whole[:20]} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil || !strings.HasPrefix(said(err), path+": ") || !strings.HasSuffix(said(err), want) {
			t.Errorf("it is not said why a file is refused: %v, want %q", err, want)
		}
	}
	if _, err := read(bytes.NewReader(whole[:20]), 20); !errors.Is(err, errDamaged) {
		t.Errorf("a cut file: %v", err)
	}
}

// TestAFileThatFailsLater must not pass for "not leaked".
func TestAFileThatFailsLater(t *testing.T) {
	f, err := Open(built(t, strings.NewReader(list("a"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if found, err := f.Contains(app.NewSecret("a")); err == nil {
		t.Errorf("a file that can't be read says %v", found)
	}
}

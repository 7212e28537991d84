package backup_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/sparekey/sparekey/backend/backup"
)

func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	i, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// kept are files by their names, in memory.
type kept map[string]*bytes.Buffer

func (k kept) open(name string) (io.ReadCloser, error) {
	if k[name] == nil {
		return nil, os.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(k[name].Bytes())), nil
}

func (k kept) into(name string) (io.WriteCloser, error) {
	k[name] = &bytes.Buffer{}
	return closing{k[name]}, nil
}

type closing struct{ io.Writer }

func (closing) Close() error { return nil }

var made = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// aBackup has two files, one of which is longer than what age seals at once (64 KiB).
func aBackup(t *testing.T, to ...backup.Recipient) (raw []byte, m backup.Manifest, from kept) {
	t.Helper()
	from = kept{"a.db": bytes.NewBufferString(strings.Repeat("long ", 40_000)), "b": bytes.NewBufferString("")}
	m = backup.Manifest{Program: "v1", Made: made, Schema: 14, Trail: backup.Trail{Seq: 3, Hash: []byte("h")},
		Keys: []backup.KeyUse{{ID: 2, Values: 5}}, Files: []backup.File{{Name: "a.db"}, {Name: "b"}}}
	var out bytes.Buffer
	if err := errors.Join(m.Describe(from.open), backup.Write(&out, to, m, from.open)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), m, from
}

func TestABackupComesBackAsItWas(t *testing.T) {
	one, two := identity(t), identity(t)
	raw, m, from := aBackup(t, one.Recipient(), two.Recipient())
	for _, by := range []age.Identity{one, two} {
		to := kept{}
		got, err := backup.Read(bytes.NewReader(raw), []age.Identity{by}, to.into)
		if err != nil {
			t.Fatal(err)
		}
		m.Format = backup.Format
		want, _ := json.Marshal(m)
		if is, _ := json.Marshal(got); string(is) != string(want) {
			t.Errorf("manifest: %s\nwant %s", is, want)
		}
		for name := range from {
			if to[name].String() != from[name].String() {
				t.Errorf("%s is another", name)
			}
		}
	}
	if _, err := backup.Read(bytes.NewReader(raw), []age.Identity{identity(t)}, kept{}.into); !errors.Is(err, backup.ErrIdentity) {
		t.Errorf("by somebody else: %v", err)
	}
}

func TestEachSpoiltBackupIsNamed(t *testing.T) {
	mine := identity(t)
	raw, _, _ := aBackup(t, mine.Recipient())
	for at := range len(raw) {
		if at > 400 && at%997 != 0 && at < len(raw)-40 {
			continue
		}
		if _, err := backup.Read(bytes.NewReader(raw[:at]), []age.Identity{mine}, kept{}.into); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("cut at %d: %v", at, err)
		}
		altered := bytes.Clone(raw)
		altered[at] ^= 1
		if _, err := backup.Read(bytes.NewReader(altered), []age.Identity{mine}, kept{}.into); !errors.Is(err, backup.ErrDamaged) && !errors.Is(err, backup.ErrIdentity) {
			t.Errorf("altered at %d: %v", at, err)
		}
	}
}

// TestAForgedArchiveReachesNoOtherFile: whoever knows the recipient can encrypt to it.
func TestAForgedArchiveReachesNoOtherFile(t *testing.T) {
	mine := identity(t)
	const good = `{"format": 1, "files": [{"name": "a", "size": 1, "sha256": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}]}`
	forge := func(entries ...string) []byte { // name, content by turns
		var out bytes.Buffer
		w, err := age.Encrypt(&out, mine.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		archive := tar.NewWriter(w)
		for i := 0; i < len(entries); i += 2 {
			h := &tar.Header{Name: entries[i], Size: int64(len(entries[i+1])), Mode: 0o600}
			if link, is := strings.CutPrefix(entries[i+1], "->"); is {
				h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, link, 0
			}
			_ = archive.WriteHeader(h)
			if h.Size > 0 {
				_, _ = io.WriteString(archive, entries[i+1])
			}
		}
		if err := errors.Join(archive.Close(), w.Close()); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	to := kept{}
	if _, err := backup.Read(bytes.NewReader(forge("manifest.json", good, "a", "a")), []age.Identity{mine}, to.into); err != nil || to["a"].String() != "a" {
		t.Fatalf("a good one: %v", err)
	}
	named := func(name string) string { return strings.Replace(good, `"name": "a"`, `"name": "`+name+`"`, 1) }
	for what, raw := range map[string][]byte{
		"no manifest":        forge("a", "a"),
		"nothing":            forge(),
		"no JSON":            forge("manifest.json", "{"),
		"a folder above":     forge("manifest.json", named("../a"), "../a", "a"),
		"an absolute path":   forge("manifest.json", named("/a"), "/a", "a"),
		"another system's":   forge("manifest.json", named(`..\\a`), `..\a`, "a"),
		"a hidden file":      forge("manifest.json", named(".a"), ".a", "a"),
		"the manifest again": forge("manifest.json", named("manifest.json"), "manifest.json", "a"),
		"another name":       forge("manifest.json", good, "b", "a"),
		"other content":      forge("manifest.json", good, "a", "b"),
		"a longer one":       forge("manifest.json", good, "a", "aa"),
		"a link":             forge("manifest.json", good, "a", "->/etc/passwd"),
		"one missing":        forge("manifest.json", good),
		"one more":           forge("manifest.json", good, "a", "a", "b", "b"),
	} {
		to := kept{}
		if _, err := backup.Read(bytes.NewReader(raw), []age.Identity{mine}, to.into); !errors.Is(err, backup.ErrDamaged) || strings.Contains(err.Error(), "%!") {
			t.Errorf("%s: %v", what, err)
		}
		for name := range to {
			if name != "a" {
				t.Errorf("%s: %q was written", what, name)
			}
		}
	}
	newer := forge("manifest.json", `{"format": 2, "what": "nobody knows"}`)
	if _, err := backup.Read(bytes.NewReader(newer), []age.Identity{mine}, kept{}.into); !errors.Is(err, backup.ErrFormat) {
		t.Errorf("a newer program's: %v", err)
	}
}

func TestWhatCannotBeWrittenIsNoDamage(t *testing.T) {
	mine := identity(t)
	raw, _, _ := aBackup(t, mine.Recipient())
	full := errors.New("the disk is full")
	_, err := backup.Read(bytes.NewReader(raw), []age.Identity{mine}, func(string) (io.WriteCloser, error) { return failing{full}, nil })
	if !errors.Is(err, full) || errors.Is(err, backup.ErrDamaged) {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Close() error              { return nil }

func TestRecipientsAndIdentitiesAreFilesOfAge(t *testing.T) {
	mine := identity(t)
	folder := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for what, text := range map[string]string{
		"one": mine.Recipient().String(), "a file": put("r", "# us\n"+mine.Recipient().String()+"\n\n"+mine.Recipient().String()+"\n"),
		"Windows' file": put("w", "\ufeff"+mine.Recipient().String()+"\r\n"),
	} {
		if got, err := backup.Recipients(text); err != nil || len(got) == 0 {
			t.Errorf("%s: %v, %v", what, got, err)
		}
	}
	for what, text := range map[string]string{"no file": filepath.Join(folder, "none"), "empty": put("e", ""), "an identity": put("i", mine.String()), "mistyped": mine.Recipient().String()[:40]} {
		if got, err := backup.Recipients(text); err == nil {
			t.Errorf("%s: %v", what, got)
		}
	}
	if got, err := backup.Identities(put("k", mine.String()+"\n")); err != nil || len(got) != 1 {
		t.Errorf("identities: %v, %v", got, err)
	}
	if _, err := backup.Identities(put("x", mine.Recipient().String())); err == nil || strings.Contains(err.Error(), mine.String()) {
		t.Errorf("a recipient as an identity: %v", err)
	}
}

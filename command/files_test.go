package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/command/setup"
)

// textFiles are the commands that take a text file, each with a good one; FILE stands for it.
func textFiles(t *testing.T) map[string]struct{ args, content string } {
	t.Helper()
	_, policied := running(t, "")
	_, peopled := running(t, "")
	audited := trailed(t)
	settings, _ := setUp(t)
	heads, err := os.ReadFile(setup.FoldersAt(audited).Heads())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]struct{ args, content string }{
		"policy check":    {"policy check FILE", string(document())},
		"policy apply":    {"policy apply FILE --data " + policied, string(document(called("Quay")))},
		"users import":    {"users import FILE --data " + peopled, "user_id,mobile\nana.reyes@harbour.example,+61491570156\n"},
		"people import":   {"people import FILE --config " + settings, "user_id,name\nana,Ana Reyes\n"},
		"breached import": {"breached import FILE " + filepath.Join(t.TempDir(), "filter"), listed},
		"audit verify":    {"audit verify --heads FILE --data " + audited, string(heads)},
	}
}

func TestEveryTextFileIsReadAlike(t *testing.T) {
	for name, c := range textFiles(t) {
		run := func(content string) (code int, errs string) {
			args := strings.Fields(strings.ReplaceAll(c.args, "FILE", file(t, "given.txt", content)))
			code, _, errs = said(t, args...)
			return code, errs
		}
		for content, want := range map[string]string{
			"\xff\xfe" + wide(c.content): "the file is in UTF-16: save it as UTF-8",
			wide(c.content):              "the file is in UTF-16: save it as UTF-8",
			"PK\x03\x04\x14\x00":         "the file is a workbook or a ZIP archive",
			"\x1f\x8b\x08\x00":           "the file is packed (gzip)",
		} {
			if code, errs := run(content); code == 0 || !strings.Contains(errs, "given.txt") || !strings.Contains(errs, want) {
				t.Errorf("%s of %.8q: exit code %d: %s, want %q", name, content, code, errs, want)
			}
		}
		if code, errs := run("\ufeff" + c.content); code != 0 {
			t.Errorf("%s with a byte order mark: exit code %d: %s", name, code, errs)
		}
	}
}

// wide is an ASCII text in little-endian UTF-16.
func wide(text string) string { return strings.Join(strings.Split(text, ""), "\x00") + "\x00" }

// TestAMarkIsNotKept: what is shown of a policy can be checked again.
func TestAMarkIsNotKept(t *testing.T) {
	_, data := running(t, "")
	if code, _, errs := said(t, "policy", "apply", file(t, "p.toml", "\ufeff"+string(document(called("Quay")))), "--data", data); code != 0 {
		t.Fatal(errs)
	}
	_, shown, _ := said(t, "policy", "show", "--data", data)
	if code, _, errs := said(t, "policy", "check", file(t, "again.toml", shown)); code != 0 || strings.Contains(shown, "\ufeff") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// TestNoFileIsLostToACommand that writes one.
func TestNoFileIsLostToACommand(t *testing.T) {
	list, policed := file(t, "list.txt", listed), ours(t)
	other := filepath.Join(t.TempDir(), "other")
	if err := os.Link(list, other); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ target, want string }{
		"itself":                {list, "is the file that is read: name another one to write"},
		"another name of it":    {other, "is the file that is read: name another one to write"},
		"a policy":              {policed, "exists already and is something else, which would be lost"},
		"a folder in its place": {filepath.Dir(policed), "exists already and is something else, which would be lost"},
	} {
		if code, _, errs := said(t, "breached", "import", list, c.target); code != 2 || !strings.Contains(errs, c.target+" "+c.want) {
			t.Errorf("%s: exit code %d: %s", name, code, errs)
		}
	}
	if contents(t, list) != listed || contents(t, policed) != string(document()) {
		t.Error("a file was written over")
	}
}

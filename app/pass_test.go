package app_test

import (
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

func TestReadPass(t *testing.T) {
	for _, typed := range []string{
		"7Q4MXD0K92TB", "7Q4M-XD0K-92TB", "7q4m xd0k 92tb", " 7q4mxd0k92tb\n", "7Q4M‑XDOK–92TB", "7q4mxdok92tb",
	} {
		got, err := app.ReadPass(app.NewSecret(typed))
		if err != nil || got.Reveal() != "7Q4MXD0K92TB" {
			t.Errorf("%q is read as %q, %v", typed, got.Reveal(), err)
		}
	}
	if got, err := app.ReadPass(app.NewSecret("IIII-LLLL-OOOO")); err != nil || got.Reveal() != "111111110000" {
		t.Errorf("look-alikes are read as %q, %v", got.Reveal(), err)
	}
	for _, typed := range []string{"", "7Q4MXD0K92T", "7Q4MXD0K92TBX", "7Q4MXD0K92TU", "7Q4MXD0K92T!", "７Q4MXD0K92TB", "7Q4M\x00XD0K92TB"} {
		if got, err := app.ReadPass(app.NewSecret(typed)); app.CodeOf(err) != app.CodeBadPass {
			t.Errorf("%q is read as %q, %v", typed, got.Reveal(), err)
		}
	}
}

func TestAPassShowsInGroups(t *testing.T) {
	p := app.Pass{Code: app.NewSecret("7Q4MXD0K92TB")}
	if got := p.Shown().Reveal(); got != "7Q4M-XD0K-92TB" {
		t.Errorf("shown as %q", got)
	}
}

func TestTheAlphabetHasNoLookAlikes(t *testing.T) {
	seen := map[rune]bool{}
	for _, r := range app.PassAlphabet {
		seen[r] = true
	}
	if len(seen) != 32 || strings.ContainsAny(app.PassAlphabet, "ILOU") {
		t.Errorf("%d characters: %s", len(seen), app.PassAlphabet)
	}
}

// FuzzReadPass: what is read is twelve characters of the alphabet, and is read as itself again, however it is shown.
func FuzzReadPass(f *testing.F) {
	for _, seed := range []string{"7Q4M-XD0K-92TB", "7q4m xdok 92tb", "", "\xff\xfe", strings.Repeat("-", 100), "7Q4MXD0K92TBX"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		read, err := app.ReadPass(app.NewSecret(typed))
		if err != nil {
			if app.CodeOf(err) != app.CodeBadPass {
				t.Fatalf("%q: %v", typed, err)
			}
			return
		}
		code := read.Reveal()
		if len(code) != app.PassLength || strings.Trim(code, app.PassAlphabet) != "" {
			t.Fatalf("%q is read as %q", typed, code)
		}
		again, err := app.ReadPass(app.Pass{Code: read}.Shown())
		if err != nil || again.Reveal() != code {
			t.Fatalf("%q shown is read as %q, %v", code, again.Reveal(), err)
		}
	})
}

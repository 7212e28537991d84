package email

import (
	"net/mail"
	"strings"
	"testing"
	"unicode"

	"github.com/sparekey/sparekey/app"
)

func TestParse(t *testing.T) {
	long := strings.Repeat("a", 64) + "@" + strings.Repeat(strings.Repeat("b", 60)+".", 3) + "example"
	for typed, mailbox := range map[string]string{
		"a@example.org":                "a@example.org",
		"  Ana.Lima+x@Example.ORG\r\n": "Ana.Lima+x@example.org",
		"ana@bücher.example":           "ana@xn--bcher-kva.example",
		"ana@例え.jp":                    "ana@xn--r8jz45g.jp",
		"o'neil@example.org":           "o'neil@example.org",
		"a@exam\u200dple.org\u202e":    "a@example.org",
		"\ufeffa\u00a0＠example.org":    "a@example.org",
		"ana@bu\u0308cher.example":     "ana@xn--bcher-kva.example",
		long + ".o":                    "",
		long[:len(long)-8] + ".org":    strings.ToLower(long[:len(long)-8] + ".org"),
		"":                             "", "@": "", "a@": "", "@example.org": "", "a": "", "a@localhost": "",
		"a@b@example.org": "", "Ana <a@example.org>": "", "<a@example.org>": "", `"a b"@example.org`: "",
		`"a"@example.org`: "", "a@[192.0.2.1]": "", "a@192.0.2.1": "", "a(c)@example.org": "", "a@example.org (c)": "",
		"a@example.org, b@example.org": "", "a@example.org\r\nBcc: b@example.org": "", "a\x00@example.org": "",
		".a@example.org": "", "a.@example.org": "", "a..b@example.org": "", "a@example..org": "", "a@.example.org": "",
		"a@example.org.": "", "a@-example.org": "", "a@exa_mple.org": "", "ana ana@example.org": "", "añа@example.org": "",
		"a@example.org\x7f": "", `["a@example.org"]`: "", "a@\xff.org": "",
		"a%40x@example.org": "a%40x@example.org", "group:a@example.org;": "",
		strings.Repeat("a", 65) + "@example.org": "", "a@" + strings.Repeat("b", 64) + ".org": "",
	} {
		a, err := parse(typed)
		if (err == nil) != (mailbox != "") || a.Mailbox != mailbox {
			t.Errorf("%q: %q, %v; want %q", typed, a.Mailbox, err, mailbox)
		}
		if err != nil && app.CodeOf(err) != app.CodeBadAddress {
			t.Errorf("%q: code %s", typed, app.CodeOf(err))
		}
	}
}

func TestMasked(t *testing.T) {
	for typed, want := range map[string]string{"a@example.org": "a•••@example.org", "ab@example.org": "a•••@example.org",
		"anabelle.lima@Bücher.example": "a•••@Bücher.example"} {
		a, err := parse(typed)
		if err != nil || a.masked() != want {
			t.Errorf("%s: %s, %v", typed, a.masked(), err)
		}
	}
}

// FuzzParse holds that what is accepted is one bare mailbox, sendable as it is, and reads the same again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"a@example.org", "Ana <a@example.org>", `"x"@y.z`, "ana@bücher.example", "a@b@c.d", "a@ß.example",
		"a@x.xn--a", "a@\u200d.org", "a@EXAMPLE。org"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a, err := parse(typed)
		if err != nil {
			if a != (address{}) || app.CodeOf(err) != app.CodeBadAddress {
				t.Fatalf("%q: %v, %v", typed, a, err)
			}
			return
		}
		read, err := mail.ParseAddress(a.Mailbox)
		if err != nil || read.Address != a.Mailbox || read.Name != "" {
			t.Fatalf("%q gives %q, which is no bare address: %v", typed, a.Mailbox, err)
		}
		for _, r := range a.Mailbox {
			if r > unicode.MaxASCII || r <= ' ' || r == 0x7f || strings.ContainsRune(`"(),:;<>[\]`, r) {
				t.Fatalf("%q gives %q", typed, a.Mailbox)
			}
		}
		if strings.Count(a.Mailbox, "@") != 1 || len(a.Mailbox) > maxAddress || !a.valid() {
			t.Fatalf("%q gives %q", typed, a.Mailbox)
		}
		again, err := parse(a.Mailbox)
		if err != nil || !again.same(a) {
			t.Fatalf("%q gives %q, and that %q, %v", typed, a.Mailbox, again.Mailbox, err)
		}
		local, _, _ := strings.Cut(a.Shown, "@")
		if m := a.masked(); strings.HasPrefix(m, local) && len(local) > 1 || !strings.HasPrefix(m, local[:1]+"•••@") {
			t.Fatalf("%q is masked as %q", typed, m)
		}
	})
}

package typed_test

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
)

// unseen is what pastes bring along and nobody sees: a zero-width space, a byte order mark, marks of direction, a soft
// hyphen, a word joiner, no-break spaces, line ends, a tab.
var unseen = []string{"\u200b", "\ufeff", "\u202a", "\u200e", "\u2066", "\u00ad", "\u2060", "\u00a0", "\u202f", "\n", "\r\n", "\t", "\u2028", " "}

// TestIdentifiersAreTheSameWhateverAPasteBrings: nothing unseen at the ends changes what is meant.
func TestIdentifiersAreTheSameWhateverAPasteBrings(t *testing.T) {
	for _, clean := range []string{"ana@letters.example", `HARBOUR\ana`, "ana maría", "+442079460000", "用户"} {
		for _, x := range unseen {
			for _, dirty := range []string{x + clean, clean + x, x + x + clean + " " + x} {
				if got := typed.Identifier(dirty); got != clean {
					t.Errorf("%q becomes %q, want %q", dirty, got, clean)
				}
			}
		}
	}
	for dirty, clean := range map[string]string{
		"ana@\u200bletters.example": "ana@letters.example", "an\u00ada": "ana", "+44\u00a020\u202f7946": "+44207946", "cre\u0300me": "crème",
	} {
		if got := typed.Identifier(dirty); got != clean {
			t.Errorf("%q becomes %q, want %q", dirty, got, clean)
		}
	}
}

// TestUserIDs: what a user ID may hold, the directory says.
func TestUserIDs(t *testing.T) {
	for given, want := range map[string]string{
		"  ana  ": "ana", "ana maria": "ana maria", `HARBOUR\ana`: `HARBOUR\ana`, "ana;(x)*": "ana;(x)*", "\ufeffana\n": "ana",
		strings.Repeat("ü", 320): strings.Repeat("ü", 320), "A": "A",
	} {
		if got, err := typed.UserID(given); got != want || err != nil {
			t.Errorf("%q becomes %q, %v", given, got, err)
		}
	}
	for _, bad := range []string{"", " ", "\u200b", "a\x00b", "a\nb", "a\x1b[0m", "\xff", strings.Repeat("ü", 321)} {
		if got, err := typed.UserID(bad); got != "" || app.CodeOf(err) != app.CodeBadUserID || err.(*app.Error).Field != "user_id" {
			t.Errorf("%q becomes %q, %v", bad, got, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for given, want := range map[string]string{"\u200bana@letters.example": "ana@letters.example", "ana＠ｌetters．example": "ana@letters.example"} {
		if got := typed.Address(given); got != want {
			t.Errorf("%q becomes %q, want %q", given, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for given, want := range map[string]string{
		"My key\r\n": "My key", "My\tkey": "My key", "My\u2028blue\u00a0 key": "My blue key", "\u202eMy key\ufeff": "My key",
		"cle\u0301": "clé", "می\u200cخواهم": "می\u200cخواهم", " ": "",
	} {
		got := typed.Name(given)
		if got != want || !typed.Printable(got) {
			t.Errorf("%q becomes %q, want %q", given, got, want)
		}
	}
	for _, bad := range []string{"a\x00", "\x1b[0m", "\xff", "a\u200bb"} {
		if typed.Printable(bad) {
			t.Errorf("%q can be seen", bad)
		}
	}
}

func TestPasswordForms(t *testing.T) {
	for given, want := range map[string][]string{
		"crème": {"crème"}, "cre\u0300me": {"crème", "cre\u0300me"}, " a b ": {" a b "}, "": {""}, "\u212b": {"\u00c5", "\u212b"},
	} {
		forms := typed.PresentPassword(app.NewSecret(given))
		if len(forms) != len(want) || typed.Password(app.NewSecret(given)).Reveal() != want[0] {
			t.Fatalf("%q has %d forms", given, len(forms))
		}
		for i, form := range forms {
			if form.Reveal() != want[i] {
				t.Errorf("%q: form %d is %q", given, i, form.Reveal())
			}
		}
	}
}

func TestSpaceAtEnds(t *testing.T) {
	for text, want := range map[string]bool{"": false, "a b": false, " a": true, "a ": true, "a\u00a0": true, "\u3000a": true, "ü": false} {
		if typed.SpaceAtEnds(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// TestTheSameWordsAreFoldedToOneForm: each group is the same to a person, and the groups differ.
func TestTheSameWordsAreFoldedToOneForm(t *testing.T) {
	seen := map[string]int{}
	for i, group := range [][]string{
		{"İstanbul", "istanbul", "ISTANBUL", "Istanbul", "ıstanbul"},
		{"Diyarbakır", "DIYARBAKIR", "diyarbakir", "DİYARBAKIR"},
		{"O’Brien", "O'Brien", "o`brien", "Oʼbrien", "O′Brien"},
		{"Aix–en–Provence", "aix-en-provence", "Aix—en—provence", "AIX−EN−PROVENCE", "aix‐en‑provence"},
		{"علی", "علي", "على"}, {"کتاب", "كتاب", "كـتاب", "كِتاب"}, {"أحمد", "احمد"}, {"فاطمة", "فاطمه"},
		{"١٩٨٧", "1987", "۱۹۸۷", "१९८७", "１９８７", "𝟏𝟗𝟖𝟕"}, {"Королёв", "КОРОЛЕВ"}, {"“Rex”", "\"rex\"", "«Rex»", "„Rex“"},
		{"straße", "STRASSE"}, {"ΌΣΟΣ", "όσος", "όσοσ"}, {"cre\u0300me", "Crème"}, {"creme"}, {"東京"}, {"rehov"},
	} {
		for _, written := range group {
			folded := typed.Fold(written)
			if first, known := seen[folded]; known && first != i {
				t.Errorf("%q is the same as one of group %d", written, first)
			}
			if folded != typed.Fold(group[0]) {
				t.Errorf("%q becomes %q, and %q becomes %q", written, folded, group[0], typed.Fold(group[0]))
			}
			seen[folded] = i
		}
	}
}

// TestFoldedStaysFolded holds for any text, for each character by itself, and for each mark behind a letter.
func TestFoldedStaysFolded(t *testing.T) {
	if testing.Short() {
		t.Skip("goes through every case, one after the other: `make test` runs it without the race detector")
	}
	held := func(t interface{ Fatalf(string, ...any) }, text string) {
		once := typed.Fold(text)
		if again := typed.Fold(once); again != once || !norm.NFKC.IsNormalString(once) {
			t.Fatalf("%q becomes %q, and that %q", text, once, again)
		}
	}
	rapid.Check(t, func(t *rapid.T) { held(t, rapid.String().Draw(t, "text")) })
	for r := rune(0); r <= unicode.MaxRune; r++ {
		held(t, string(r))
		if unicode.Is(unicode.M, r) {
			held(t, "i"+string(r))
		}
	}
}

// TestDigitsHaveTheirValues: Unicode may add scripts; each has its ten digits in one run.
func TestDigitsHaveTheirValues(t *testing.T) {
	n := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.Is(unicode.Nd, r) {
			if got := typed.Fold(string(r)); got != string('0'+rune(n%10)) {
				t.Fatalf("%U is %q, want %d", r, got, n%10)
			}
			n++
		}
	}
	if n < 600 {
		t.Fatalf("only %d digits", n)
	}
}

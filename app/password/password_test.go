package password

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/sparekey/sparekey/app"
)

func state(t *testing.T, rules app.PasswordRules, password string, rule Rule) State {
	t.Helper()
	for _, c := range Judge(rules, password) {
		if c.Rule == rule {
			return c.State
		}
	}
	t.Fatalf("%s was not judged", rule)
	return Unmet
}

func TestLength(t *testing.T) {
	rules := app.PasswordRules{MinLength: 4, MaxLength: 6}
	for password, want := range map[string][2]State{
		"":                      {Unmet, Met},
		"abc":                   {Unmet, Met},
		"abcd":                  {Met, Met},
		"abcdef":                {Met, Met},
		"abcdefg":               {Met, Unmet},
		"日本語":                   {Unmet, Met},
		"日本語で":                  {Met, Met},
		"u\u0308u\u0308u\u0308": {Unmet, Met}, // three letters, however composed
		"üüüü":                  {Met, Met},
		"👩‍👩‍👧":                 {Met, Met}, // five code points
	} {
		if got := state(t, rules, password, RuleLengthMin); got != want[0] {
			t.Errorf("%q: length_min %v", password, got)
		}
		if got := state(t, rules, password, RuleLengthMax); got != want[1] {
			t.Errorf("%q: length_max %v", password, got)
		}
	}
}

func TestClasses(t *testing.T) {
	for password, want := range map[string]int{"": 0, "abc": 1, "abC": 2, "abC1": 3, "abC1!": 4, "äÖ٣ ": 4, "日本": 1, "a日": 2} {
		for least := 1; least <= 4; least++ {
			got := state(t, app.PasswordRules{MinClasses: least}, password, RuleClasses)
			if got != met(want >= least) {
				t.Errorf("%q: %v of %d classes", password, got, least)
			}
		}
	}
}

func TestForbidden(t *testing.T) {
	rules := app.PasswordRules{Forbidden: []string{"Li", "ana", "Harbour", " Groß ", "Jose\u0301", "", "    "}}
	for password, want := range map[string]State{
		"my HARBOUR view": Unmet, "xharbourx": Unmet, "GROSS und klein": Unmet, "JOSÉ is here": Unmet,
		"Li and ana": Met, "harbo ur": Met, "correct    horse": Met,
	} {
		if got := state(t, rules, password, RuleForbidden); got != want {
			t.Errorf("%q: %v", password, got)
		}
	}
	for _, c := range Judge(rules, "my HARBOUR view") {
		if c.Rule == RuleForbidden && len(c.Params) > 0 {
			t.Errorf("a part of the password stands in %v", c.Params)
		}
	}
}

// TestADirectorysWords count as they stand, from three characters.
func TestADirectorysWords(t *testing.T) {
	rules := app.PasswordRules{Words: []string{"ple", "na@", "jo", "É1b", ""}}
	for password, want := range map[string]State{
		"a simple road": Unmet, "SIMPLE": Unmet, "Ana@home": Unmet, "xe\u03011By": Unmet, "simp1e jo, naa": Met, "": Met,
	} {
		if got := state(t, rules, password, RuleWords); got != want {
			t.Errorf("%q: %v", password, got)
		}
	}
}

func TestPrintable(t *testing.T) {
	for password, want := range map[string]State{
		"correct horse": Met, "пароль": Met, "می\u200cخواهم": Met, "👩‍👩‍👧": Met, "a\u00a0b\u3000c": Met, "": Met,
		"a\tb": Unmet, "a\x00b": Unmet, "a\nb": Unmet, "a\u202eb": Unmet, "\ufeffab": Unmet, "a\xffb": Unmet, "a\x7f": Unmet,
		"a\u2028": Unmet, "\ue000": Unmet,
	} {
		if got := state(t, app.PasswordRules{}, password, RulePrintable); got != want {
			t.Errorf("%q: %v", password, got)
		}
	}
}

func TestCommon(t *testing.T) {
	rules := app.PasswordRules{Common: true}
	for _, password := range []string{"password", "PassWord", "P@ssw0rd", "password1", "iloveyou", "qwertyuiop", "1234567890",
		"passwordpassword", "password123456789", "aaaaaaaaaaaaaaaaaaaa", "abcdefghijklmnop", "monkey13!", "Rosebud!!!!!"} {
		if state(t, rules, password, RuleCommon) != Unmet {
			t.Errorf("%q passes for uncommon", password)
		}
	}
	for _, password := range []string{"", "correcthorsebatterystaple", "Tr0ub4dour&3", "eheuczkqyq", "welcome83927410582",
		"harbour lamp seven", "monkey monkeys gather", strings.Repeat("password", 20)} {
		if state(t, rules, password, RuleCommon) != Met {
			t.Errorf("%q passes for common", password)
		}
	}
}

func TestHistoryIsTheDirectorys(t *testing.T) {
	rules := app.PasswordRules{MinLength: 4, History: 24}
	if got := state(t, rules, "abcd", RuleHistory); got != OnServer {
		t.Errorf("history is %v before the directory was asked", got)
	}
	if c, broken := First(Judge(rules, "abcd")); broken {
		t.Errorf("%s stands in the way, yet only the directory knows", c.Rule)
	}
	if c, broken := First(Judge(rules, "abc")); !broken || c.Rule != RuleLengthMin || c.Params["min"] != "4" {
		t.Errorf("the first broken rule is %+v", c)
	}
}

// TestStrength locks the estimate to what the original in JavaScript gives.
func TestStrength(t *testing.T) {
	for password, want := range map[string]int{
		"123456": 0, "password1": 0, "rosebud": 0, "wang": 0, "zxcvbnm,./": 1, "monkey13": 1, "temppass22": 1,
		"D0g..................": 1, "abcdefghijk987654321": 1, "qwER43@!": 2, "Tr0ub4dour&3": 2, "pässwörd": 2,
		"AOEUIDHG&*()LS_": 3, "eheuczkqyq": 3, "do you know": 3, "correcthorsebatterystaple": 4, "briansmith4mayor": 4,
		"correct-horse-battery-staple": 4, "alpha bravo charlie delta": 4, "a b c 1 2 3": 4, "verlineVANDERMARK": 4,
		"rWibMFACxAUGZmxhVncy": 4, "Ba9ZyWABu99[BK#6MBgbH88Tofv)vs": 4,
	} {
		if got := Strength(password, nil); got != want {
			t.Errorf("%q: %d, want %d", password, got, want)
		}
	}
	if with, without := Strength("harbourhospital", []string{"harbourhospital"}), Strength("harbourhospital", nil); with >= without {
		t.Errorf("a known name is worth %d, an unknown one %d", with, without)
	}
}

// TestLongPasswords bounds the work by characters, not by a clock: what comes after the first 64 is not looked at.
func TestLongPasswords(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 10_000} {
		got := utf8.RuneCountInString(beginning(strings.Repeat("語", n)))
		if got != min(n, longest) {
			t.Errorf("of %d characters %d are looked at", n, got)
		}
	}
	if got := Strength(strings.Repeat("correct horse ", 100_000), nil); got != 4 {
		t.Errorf("1.4 MB of words score %d", got)
	}
}

// TestProperties holds for any password: each rule that is set is judged once, typing on never takes back what length
// gave, and the form in which letters were composed decides nothing.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := app.PasswordRules{
			MinLength:  rapid.IntRange(0, 40).Draw(t, "min"),
			MaxLength:  rapid.IntRange(0, 60).Draw(t, "max"),
			MinClasses: rapid.IntRange(0, 4).Draw(t, "classes"),
			Forbidden:  rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "forbidden"),
			Banned:     rapid.Bool().Draw(t, "banned"),
			OwnTerms:   rapid.Bool().Draw(t, "own terms"),
			Common:     rapid.Bool().Draw(t, "common"),
			Breached:   rapid.Bool().Draw(t, "breached"),
			History:    rapid.IntRange(0, 3).Draw(t, "history"),
		}
		password := rapid.String().Draw(t, "password")
		seen := map[Rule]State{}
		for _, c := range Judge(rules, password) {
			if _, twice := seen[c.Rule]; twice {
				t.Fatalf("%s was judged twice", c.Rule)
			}
			seen[c.Rule] = c.State
		}
		for _, c := range Judge(rules, password+rapid.String().Draw(t, "more")) {
			if c.Rule == RuleLengthMin && c.State == Unmet && seen[c.Rule] == Met {
				t.Fatal("typing on made the password too short")
			}
		}
		for _, c := range Judge(rules, norm.NFD.String(password)) {
			if c.Rule != RulePrintable && c.State != seen[c.Rule] {
				t.Fatalf("%s: %v composed, %v decomposed", c.Rule, seen[c.Rule], c.State)
			}
		}
	})
}

func FuzzJudge(f *testing.F) {
	for _, s := range []string{"", "password", "\xff\xfe", "日本語で", "İstanbul", "a\u0300\u0301", strings.Repeat("a1", 200), "13/3/1997"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, password, term string) {
		rules := app.PasswordRules{MinLength: 15, MaxLength: 256, MinClasses: 3, Forbidden: []string{term},
			Banned: true, Common: true, Breached: true, History: 1}
		if got := len(Judge(rules, password)); got != 9 {
			t.Fatalf("%d of 9 rules were judged", got)
		}
		if s := Strength(password, []string{term}); s < 0 || s > 4 {
			t.Fatalf("strength %d", s)
		}
	})
}

package password

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sparekey/sparekey/app"
)

// TestWorkedExamples are the two that Microsoft publishes for Entra Password Protection.
func TestWorkedExamples(t *testing.T) {
	terms := []string{"contoso", "blank"}
	for password, want := range map[string]struct {
		points    int
		guessable bool
	}{"C0ntos0Blank12": {4, true}, "ContoS0Bl@nkf9!": {5, false}} {
		if got := points([]rune(normal(password)), bannedTerms(terms)); got != want.points {
			t.Errorf("%s: %d points, want %d", password, got, want.points)
		}
		if got := Guessable(password, terms); got != want.guessable {
			t.Errorf("%s: guessable %v", password, got)
		}
	}
}

func TestPoints(t *testing.T) {
	terms := bannedTerms([]string{"Harbour", "rowing", "row", "groß", "BL@NK"})
	for password, want := range map[string]int{
		"": 0, "abc": 3, "abcde": 5, "abcdefgh": 5,
		"harbour": 1, "H@RB0UR": 1, "harbourharbour": 2, "harbourrowing7": 3, "GROSS": 1, "blank": 1, "row": 3,
		"harbor": 1, "arbour": 1, "harbou": 1, "hxrbour": 1, "harbouxr": 1, "harbourx": 2, "xharbour": 2, // one edit
		"hrbor": 5, "hxrboxr": 5, // two
		"harbor12rowin": 4, "harborow": 3, "harbour123": 4, "harbour1234": 5,
	} {
		if got := points([]rune(normal(password)), terms); got != want {
			t.Errorf("%q: %d points, want %d", password, got, want)
		}
	}
}

func TestGuessable(t *testing.T) {
	for _, password := range []string{"Summer2027!", "P@ssw0rdP@ssw0rd", "welcomewelcome!!", "qwerty1234567890", "FebruaryFebruary1", "Septembre2027"} {
		if want := strings.HasSuffix(password, "2027!") || strings.HasPrefix(password, "Septembre"); Guessable(password, nil) == want {
			t.Errorf("%q: guessable %v", password, !want)
		}
	}
	for _, password := range []string{"harbour lamp seven", "correct horse battery staple", "Tr0ub4dour&3", "日本語で五文字"} {
		if Guessable(password, nil) {
			t.Errorf("%q is refused", password)
		}
	}
}

func TestBannedIsJudgedWhereItsTermsAre(t *testing.T) {
	for _, c := range []struct {
		own      bool
		password string
		want     State
	}{
		{false, "passwordpassword", Unmet}, {false, "harbour lamp seven", Met},
		{true, "passwordpassword", Unmet}, {true, "harbour lamp seven", OnServer},
	} {
		if got := state(t, app.PasswordRules{Banned: true, OwnTerms: c.own}, c.password, RuleBanned); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if got := state(t, app.PasswordRules{Breached: true}, "password", RuleBreached); got != OnServer {
		t.Errorf("breached is %v, though only the server has the list", got)
	}
}

func TestNamesAreForbiddenWithLookAlikes(t *testing.T) {
	rules := app.PasswordRules{Forbidden: []string{"Okafor", "Ana"}}
	for password, want := range map[string]State{"my name is 0k@f0r": Unmet, "ana was here": Met} {
		if got := state(t, rules, password, RuleForbidden); got != want {
			t.Errorf("%q: %v", password, got)
		}
	}
}

// few is an alphabet in which terms meet passwords often.
var few = rapid.StringOfN(rapid.SampledFrom([]rune("ab0oS$é ")), 0, 14, -1)

// TestMoreTermsForgiveNothing: the judge is monotone in the banned list.
func TestMoreTermsForgiveNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms, more := rapid.SliceOfN(few, 0, 5).Draw(t, "terms"), rapid.SliceOfN(few, 0, 5).Draw(t, "more")
		password := few.Draw(t, "password") + few.Draw(t, "rest")
		fewer := points([]rune(normal(password)), bannedTerms(terms))
		if with := points([]rune(normal(password)), bannedTerms(slices.Concat(more, terms))); with > fewer {
			t.Fatalf("%d points with more terms, %d with fewer", with, fewer)
		}
		if Guessable(password, terms) && !Guessable(password, slices.Concat(more, terms)) {
			t.Fatal("more terms turned a refusal into a pass")
		}
	})
}

// TestMatchIsOneEdit compares match with the definition: a beginning of the text within edit distance 1, where nothing
// is put before or behind the term.
func TestMatchIsOneEdit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SliceOfN(rapid.SampledFrom([]rune("abc")), 0, 9)
		text, term := letters.Draw(t, "text"), letters.Filter(func(r []rune) bool { return len(r) >= shortestTerm }).Draw(t, "term")
		want, got := map[int]bool{}, map[int]bool{}
		for _, form := range oneEdit(term) {
			if begins(text, 0, form) {
				want[len(form)] = true
			}
		}
		match(text, term, func(n int) { got[n] = true })
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%q at the beginning of %q: lengths %v, want %v", string(term), string(text), got, want)
		}
	})
}

// oneEdit gives all forms of a term with at most one edit, over the letters a, b and c.
func oneEdit(term []rune) [][]rune {
	forms := [][]rune{term}
	for i := range term {
		forms = append(forms, slices.Delete(slices.Clone(term), i, i+1))
		for _, r := range "abc" {
			forms = append(forms, slices.Replace(slices.Clone(term), i, i+1, r))
			if i > 0 {
				forms = append(forms, slices.Insert(slices.Clone(term), i, r))
			}
		}
	}
	return forms
}

func TestNormalIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := normal(rapid.String().Draw(t, "text"))
		if twice := normal(once); twice != once {
			t.Fatalf("%q, then %q", once, twice)
		}
	})
}

// BenchmarkHostile judges what takes longest: texts full of matches, as long as may be typed.
func BenchmarkHostile(b *testing.B) {
	rules := app.PasswordRules{MinLength: 15, MaxLength: 256, Forbidden: []string{"Okafor"}, Banned: true, Common: true}
	terms := make([]string, 1000)
	for i := range terms {
		terms[i] = strings.Repeat("a", 4+i%61)
	}
	for name, password := range map[string]string{
		"words64": strings.Repeat("p@ssw0rd", 8), "years64": strings.Repeat("19871231", 8), "letters256": strings.Repeat("a", 256),
		"mixed64": strings.Repeat("a1!A@4s$", 8), "leet64": strings.Repeat("4@8({[<3690!1|7$5+%2", 4)[:64], "passphrase": "harbour lamp seven",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Judge(rules, password)
				Guessable(password, terms)
				Strength(password, nil)
			}
		})
	}
}

// TestTermsAreFoundInAnyScript: what keyboards choose for the writer hides no name and no banned word.
func TestTermsAreFoundInAnyScript(t *testing.T) {
	rules := app.PasswordRules{Forbidden: []string{"İstanbul Limanı", "O’Brien", "علي كريمي", "Королёв"}, Banned: true}
	for _, password := range []string{"ISTANBUL LIMANI 58", "mr o'brien walks", "x علی کریمی x", "королев и чай", "istanbul limani"} {
		if state(t, rules, password, RuleForbidden) != Unmet {
			t.Errorf("%q holds no name", password)
		}
	}
	if state(t, rules, "ｐａｓｓｗｏｒｄ", RuleBanned) != Unmet {
		t.Error("full-width letters hide a banned word")
	}
}

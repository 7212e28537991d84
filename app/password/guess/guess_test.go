package guess

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/trustelem/zxcvbn"
	"pgregory.net/rapid"
)

// pieces are texts out of which passwords are put together that hold every pattern.
var pieces = []string{
	"password", "P@ssw0rd", "monkey", "drowssap", "c0rr3ct", "hOrSe", "STAPLE", "batterY", "qwerty", "zaq1", "poiuy", "aoeu", "7410", "1qaz@WSX",
	"aaaa", "abab", "abcabc", "abcd", "9753", "zyx", "1997", "2015", "13.3.97", "1991-12-20", "4/4/2044", "111504", "91", "!", "_", " ", "x7", "Ω", "é", "日本",
}

// password draws a password out of pieces and single characters.
func password(t *rapid.T) string {
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("abcwerTYP019.-/ @$!")), 0, 6, -1)
	return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), letters), 0, 5).Draw(t, "pieces"), "")
}

// TestGuessesAreThoseOfTheLibrary compares with another implementation, which agrees with the original in JavaScript. It
// counts in bytes, so that beyond ASCII both differ; and it loses readings where four letters and more have look-alikes.
func TestGuessesAreThoseOfTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := password(t)
		if strings.ContainsFunc(text, func(r rune) bool { return r > '~' }) || lettersWithSigns(text) > 3 {
			t.Skip("the library goes its own way")
		}
		terms := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"monkey", "Harbour", "horse7", "x7"}), 0, 2, rapid.ID).Draw(t, "terms")
		want, got := zxcvbn.PasswordStrength(text, terms), Of(text, terms)
		if math.Abs(got.Guesses-want.Guesses) > want.Guesses*1e-9 || got.Score() != want.Score {
			t.Fatalf("%q: %v guesses, %v; the library %v, %v", text, got.Guesses, got.Pieces, want.Guesses, want.Sequence)
		}
		if len(got.Pieces) != len(want.Sequence) || slices.Contains(got.Pieces, Random) != randomIn(want) {
			t.Fatalf("%q: %v, the library %+v", text, got.Pieces, want.Sequence)
		}
	})
}

func lettersWithSigns(text string) int {
	n := 0
	for _, s := range similar {
		if strings.ContainsAny(text, s.signs) {
			n++
		}
	}
	return n
}

func randomIn(r zxcvbn.Result) bool {
	for _, m := range r.Sequence {
		if m.Pattern == "bruteforce" {
			return true
		}
	}
	return false
}

// TestEveryWordIsWorthItsRank: each word of the list, alone, backwards and with look-alikes.
func TestEveryWordIsWorthItsRank(t *testing.T) {
	if testing.Short() {
		t.Skip("every case")
	}
	for word, rank := range ranks() {
		if got := Of(word, nil); got.Guesses > float64(rank)+1 {
			t.Fatalf("%q takes %v guesses, its rank is %d", word, got.Guesses, rank)
		}
	}
}

func TestPatterns(t *testing.T) {
	for text, want := range map[string][]Pattern{
		"password": {Word}, "drowssap": {Word}, "P@$$w0rd": {Word}, "bgyujmko0": {Walk}, "abababab": {Repeat}, "aaaaa": {Repeat},
		"ghijklmn": {Sequence}, "абвгдежз": {Sequence}, "13.3.1997": {Date}, "1997": {Year}, "": nil, "xqjkz": {Random},
	} {
		if got := Of(text, nil); !slices.Equal(got.Pieces, want) {
			t.Errorf("%q: %v, want %v", text, got.Pieces, want)
		}
	}
}

// TestTermsAreFoundInAnyScript: a name counts by its characters, however many bytes they take.
func TestTermsAreFoundInAnyScript(t *testing.T) {
	for _, term := range []string{"Müller", "José", "Королёв", "山田太郎"} {
		if got := Of(strings.ToUpper(term), []string{term}); len(got.Pieces) != 1 || got.Pieces[0] != Word {
			t.Errorf("%q as a known name: %+v", term, got)
		}
	}
	if with, without := Of("Müllerküche", []string{"Müller"}), Of("Müllerküche", nil); with.Guesses >= without.Guesses {
		t.Errorf("a known name takes %v guesses, an unknown one %v", with.Guesses, without.Guesses)
	}
}

// TestAnyTextHasAnEstimate holds for any text: it is finite, and its pieces cover the text.
func TestAnyTextHasAnEstimate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Custom(password)).Draw(t, "text")
		got := Of(text, []string{rapid.SampledFrom(pieces).Draw(t, "term")})
		if got.Guesses < 1 || math.IsInf(got.Guesses, 0) || (len(got.Pieces) == 0) != (text == "") {
			t.Fatalf("%q: %+v", text, got)
		}
	})
}

func TestWhatIsNoTextIsWeak(t *testing.T) {
	if got := Of("correct horse\xff battery", nil); got.Score() != 0 {
		t.Errorf("%+v", got)
	}
}

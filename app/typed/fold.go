package typed

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold makes one of the ways in which the same words are written, to compare them and nothing else: compatibility forms
// (NFKC), case, and what keyboards and programs choose for the writer: the dots of a Turkish i, signs that look alike,
// letters that Arabic and Persian keyboards have twice, the digits of every script. What is folded stays as it is. What is
// no UTF-8 becomes U+FFFD.
func Fold(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		return strings.ReplaceAll(strings.ToLower(text), "`", "'") // the same, for the thousand terms of an organisation
	}
	const rounds = 8 // folding can bring forth something to compose, and settles after a few
	text = strings.ToValidUTF8(text, "\uFFFD")
	for range rounds {
		next := norm.NFKC.String(alike(Caseless(norm.NFKC.String(text))))
		if next == text {
			break
		}
		text = next
	}
	return text
}

// Caseless takes case away. Cherokee is folded to its capitals, as Unicode has it; cases.Fold turns them back and forth.
func Caseless(text string) string {
	var b strings.Builder
	caser := cases.Fold()
	for _, r := range text {
		if unicode.Is(unicode.Cherokee, r) {
			b.WriteRune(unicode.ToUpper(r))
		} else {
			b.WriteString(caser.String(string(r)))
		}
	}
	return b.String()
}

// alike writes what looks or means the same in one way; text is caseless.
func alike(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Nd, r):
			return '0' + digit(r)
		case unicode.Is(unicode.Pd, r):
			return '-'
		case strings.ContainsRune(unwritten, r):
			return -1
		}
		if one, is := twins[r]; is {
			return one
		}
		return r
	}, dotted.Replace(text))
}

// dotted are the forms of the Turkish and Azerbaijani i: İ is caseless an i with a dot above it.
var dotted = strings.NewReplacer("i\u0307", "i", "ı", "i")

// unwritten are signs that Arabic is written with or without: the stroke that draws a word out, and the vowels.
const unwritten = "\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"

// twins are the signs and letters of which one stands for the other.
var twins = pairs(
	"'", "\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd`´ʿʾ\u05f3",
	"\"", "“”„‟«»″\u05f4",
	"-", "\u2212\u2043\u02d7",
	"\u06cc", "\u064a\u0649", // yeh: Persian; Arabic, and Arabic without dots
	"\u06a9", "\u0643", // kaf: Persian; Arabic
	"\u0647", "\u0629\u06c0\u06d5\u06c1", // heh; teh marbuta, heh with yeh above, ae, heh goal
	"\u0627", "\u0622\u0623\u0625\u0671", // alef; with madda, with hamza above, below, wasla
	"е", "ё",
)

func pairs(list ...string) map[rune]rune {
	all := make(map[rune]rune)
	for i := 0; i < len(list); i += 2 {
		for _, r := range list[i+1] {
			all[r] = []rune(list[i])[0]
		}
	}
	return all
}

// digit is the value of a decimal digit. Unicode gives each script its ten in one run, from 0 to 9 (section 4.6).
func digit(r rune) rune {
	var before rune
	for unicode.Is(unicode.Nd, r-before-1) {
		before++
	}
	return before % 10
}

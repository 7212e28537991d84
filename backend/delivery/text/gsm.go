package text

import (
	"strings"
	"unicode/utf16"
)

// What one segment of a text holds, and one of several, each of which gives up six bytes to say which it is (3GPP TS 23.040,
// 9.2.3.24.1): septets of the GSM 7 bit alphabet, or code units of UCS-2.
const (
	septetsAlone, septetsOf = 160, 153
	unitsAlone, unitsOf     = 70, 67
)

// basic are the letters of the GSM 7 bit default alphabet (3GPP TS 23.038, 6.2.1), and extended those of its extension table
// (6.2.1.1), which take two septets. There is no national table: receivers don't agree on them.
const (
	basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	extended = "\f^{}\\[~]|€"
)

// GSM reports whether the GSM 7 bit alphabet has each letter of a text. One letter that it hasn't makes a text UCS-2.
func GSM(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return septets(r) == 0 })
}

// septets is how many a letter takes; 0: the alphabet does not have it.
func septets(r rune) int {
	switch {
	case strings.ContainsRune(basic, r):
		return 1
	case strings.ContainsRune(extended, r):
		return 2
	}
	return 0
}

// Segments is how many messages a telephone network makes of a text, each of which is paid for. No letter is spread over two.
func Segments(text string) int {
	size, alone, of := septets, septetsAlone, septetsOf
	if !GSM(text) {
		size, alone, of = utf16.RuneLen, unitsAlone, unitsOf
	}
	all, segments, used := 0, 1, 0
	for _, r := range text {
		n := max(1, size(r))
		all += n
		if used += n; used > of {
			segments, used = segments+1, n
		}
	}
	if all <= alone {
		return 1
	}
	return segments
}

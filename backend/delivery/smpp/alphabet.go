package smpp

import (
	"errors"
	"unicode/utf16"

	"github.com/linxGnu/gosmpp/data"
)

// Alphabet is what a message centre takes for its default one, with data_coding 0.
type Alphabet string

// The alphabets.
const (
	AlphabetGSM    Alphabet = "gsm"    // 3GPP TS 23.038, one septet to an octet
	AlphabetLatin1 Alphabet = "latin1" // ISO 8859-1
)

// Alphabets are those that a centre may have.
func Alphabets() []string { return []string{string(AlphabetGSM), string(AlphabetLatin1)} }

// How much a text holds (3GPP TS 23.040, 9.2.3.24.1): alone, and as a part of a longer one, in septets and in UTF-16 units.
const (
	mostSeptets, partSeptets = 160, 153
	mostUnits, partUnits     = 70, 67
	mostParts                = 10
)

var errTooLong = errors.New("the text is too long")

// encoded is a text as it is sent.
type encoded struct {
	name   string        // of its alphabet
	coding data.Encoding // its data_coding
	parts  [][]byte      // one, unless it is too long for that
}

// character is one that no part may split.
type character struct {
	octets []byte
	weight int // in septets or UTF-16 units
}

// encode writes a text in the centre's default alphabet, or as UTF-16 (data_coding 8) where that has not all of its characters.
func encode(text string, usual Alphabet) (encoded, error) {
	e := encoded{name: "GSM 7-bit", coding: data.GSM7BIT}
	all, fits := septets(text)
	if usual == AlphabetLatin1 && fits {
		e.name = "ISO 8859-1"
		all, fits = latin(text, all)
	}
	if fits {
		e.parts = group(all, mostSeptets, partSeptets)
	} else {
		e.name, e.coding, e.parts = "UCS-2", data.UCS2, group(units(text), mostUnits, partUnits)
	}
	if len(e.parts) > mostParts {
		return encoded{}, errTooLong
	}
	return e, nil
}

// septets are a text's characters in the GSM alphabet, those of its extension table with their escape; fits is false where it has not
// all of them.
func septets(text string) (all []character, fits bool) {
	for _, r := range text {
		octets, err := data.GSM7BIT.Encode(string(r))
		if err != nil {
			return nil, false
		}
		all = append(all, character{octets, len(octets)})
	}
	return all, true
}

// latin are the same characters in ISO 8859-1. The centre brings them into the GSM alphabet, so their weight stays.
func latin(text string, in []character) (all []character, fits bool) {
	at := 0
	for _, r := range text {
		if r > 0xFF {
			return nil, false
		}
		all = append(all, character{[]byte{byte(r)}, in[at].weight})
		at++
	}
	return all, true
}

// units are a text's characters in UTF-16, big endian; those beyond the basic plane are two units each.
func units(text string) (all []character) {
	for _, r := range text {
		var octets []byte
		for _, u := range utf16.AppendRune(nil, r) {
			octets = append(octets, byte(u>>8), byte(u))
		}
		all = append(all, character{octets, len(octets) / 2})
	}
	return all
}

// group makes one part of a text that fits into it, and else parts of a smaller size, which share their room with a header.
func group(all []character, most, part int) [][]byte {
	total := 0
	for _, c := range all {
		total += c.weight
	}
	if total <= most {
		part = most
	}
	parts, room := [][]byte{nil}, part
	for _, c := range all {
		if c.weight > room {
			parts, room = append(parts, nil), part
		}
		last := len(parts) - 1
		parts[last], room = append(parts[last], c.octets...), room-c.weight
	}
	return parts
}

package smpp

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/backend/delivery/smpp/smpptest"
)

// The GSM alphabet by its octets, from 0x00 on, and its extension table (3GPP TS 23.038, 6.2.1): written down here a second time.
const (
	basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)

var extension = map[rune]byte{'\f': 0x0A, '^': 0x14, '{': 0x28, '}': 0x29, '\\': 0x2F, '[': 0x3C, '~': 0x3D, ']': 0x3E, '|': 0x40, '€': 0x65}

func TestEveryCharacterOfTheGSMAlphabet(t *testing.T) {
	if n := utf8.RuneCountInString(basic); n != 128 {
		t.Fatalf("the table has %d characters", n)
	}
	at := 0
	for _, r := range basic {
		want := []byte{byte(at)}
		at++
		if r == '\x1b' {
			continue
		}
		e, err := encode(string(r), AlphabetGSM)
		if err != nil || e.coding.DataCoding() != 0 || !bytes.Equal(e.parts[0], want) {
			t.Errorf("%q is %x (%v), want %x", r, e.parts, err, want)
		}
	}
	for r, b := range extension {
		e, err := encode(string(r), AlphabetGSM)
		if err != nil || e.coding.DataCoding() != 0 || !bytes.Equal(e.parts[0], []byte{0x1B, b}) {
			t.Errorf("%q is %x (%v)", r, e.parts, err)
		}
	}
}

// TestWhatIsOnTheWire, as Kannel writes the same texts.
func TestWhatIsOnTheWire(t *testing.T) {
	for _, row := range []struct {
		text, hex string
		coding    byte
		usual     Alphabet
	}{
		{"Your code is 4711", "596f757220636f64652069732034373131", 0, AlphabetGSM},
		{"äöü€", "7b7c7e1b65", 0, AlphabetGSM},
		{"[]{}^~|\\ @", "1b3c1b3e1b281b291b141b3d1b401b2f2000", 0, AlphabetGSM},
		{"日本", "65e5672c", 8, AlphabetGSM},
		{"ç", "00e7", 8, AlphabetGSM}, // which is not Ç
		{"😀", "d83dde00", 8, AlphabetGSM},
		{"äöü@[]", "e4f6fc405b5d", 0, AlphabetLatin1},
		{"äöü€", "00e400f600fc20ac", 8, AlphabetLatin1},
		{"ê", "00ea", 8, AlphabetLatin1}, // a centre could not bring it into the GSM alphabet
		{"", "", 0, AlphabetGSM},
	} {
		e, err := encode(row.text, row.usual)
		if err != nil || len(e.parts) != 1 || hex.EncodeToString(e.parts[0]) != row.hex || e.coding.DataCoding() != row.coding {
			t.Errorf("%q in %s: %x with %d, want %s with %d (%v)", row.text, row.usual, e.parts, e.coding.DataCoding(), row.hex, row.coding, err)
		}
	}
}

func TestWhereATextIsParted(t *testing.T) {
	for name, row := range map[string]struct {
		text  string
		sizes []int // octets
	}{
		"160 septets are one":                {strings.Repeat("a", 160), []int{160}},
		"161 are two":                        {strings.Repeat("a", 161), []int{153, 8}},
		"306 are two":                        {strings.Repeat("a", 306), []int{153, 153}},
		"80 characters with escapes are one": {strings.Repeat("€", 80), []int{160}},
		"an escape is not split":             {strings.Repeat("a", 152) + "€" + strings.Repeat("a", 20), []int{152, 22}},
		"an escape that just fits":           {strings.Repeat("a", 151) + "€" + strings.Repeat("a", 20), []int{153, 20}},
		"70 units are one":                   {strings.Repeat("ж", 70), []int{140}},
		"71 are two":                         {strings.Repeat("ж", 71), []int{134, 8}},
		"35 pairs are one":                   {strings.Repeat("😀", 35), []int{140}},
		"a pair is not split":                {strings.Repeat("😀", 36), []int{132, 12}},
	} {
		e, err := encode(row.text, AlphabetGSM)
		if err != nil || len(e.parts) != len(row.sizes) {
			t.Errorf("%s: %d parts (%v)", name, len(e.parts), err)
			continue
		}
		for i, size := range row.sizes {
			if len(e.parts[i]) != size {
				t.Errorf("%s: part %d has %d octets, want %d", name, i+1, len(e.parts[i]), size)
			}
		}
	}
	if _, err := encode(strings.Repeat("a", 153*mostParts+1), AlphabetGSM); err == nil {
		t.Error("a text has no end")
	}
}

// TestEachPartCanBeReadAlone, and all of them together are the text, whatever it is.
func TestEachPartCanBeReadAlone(t *testing.T) {
	alphabets := map[string][]rune{
		"gsm": append([]rune(strings.ReplaceAll(basic, "\x1b", "")), []rune("\f^{}\\[~]|€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€")...), "any": []rune("aé€ж日😀👍🏽ß[]"),
	}
	rapid.Check(t, func(t *rapid.T) {
		from := alphabets[rapid.SampledFrom([]string{"gsm", "any"}).Draw(t, "alphabet")]
		text := string(rapid.SliceOfN(rapid.SampledFrom(from), 0, 400).Draw(t, "text"))
		usual := Alphabet(rapid.SampledFrom(Alphabets()).Draw(t, "usual"))
		e, err := encode(text, usual)
		if err != nil {
			t.Skip("too long")
		}
		decode := data.FromDataCoding(e.coding.DataCoding())
		if e.name == "ISO 8859-1" {
			decode = data.LATIN1
		}
		whole := ""
		for _, part := range e.parts {
			most := 160
			if len(e.parts) > 1 {
				most = 153
			}
			if e.coding.DataCoding() == 8 {
				most = min(140, most*134/153)
				if len(e.parts) == 1 {
					most = 140
				}
			}
			if len(part) > most {
				t.Fatalf("a part has %d octets", len(part))
			}
			read, err := decode.Decode(part)
			if err != nil || strings.ContainsRune(read, utf8.RuneError) {
				t.Fatalf("a part reads as %q: %v", read, err)
			}
			whole += read
		}
		if whole != text {
			t.Fatalf("%q arrives as %q", text, whole)
		}
	})
}

// TestLongTextsArriveAsTheyWereWritten, by way of the peer, which puts them together.
func TestLongTextsArriveAsTheyWereWritten(t *testing.T) {
	p := smpptest.New(t)
	c := newCentre(t, p, nil)
	all := []string{
		strings.Repeat(strings.ReplaceAll(basic, "\x1b", ""), 3), strings.Repeat("[€]{~}|^\\", 40), strings.Repeat("Ваш код. 日本 😀 ", 12), "short",
	}
	for i, words := range all {
		if _, err := attempt(t.Context(), c, notice(string('a'+rune(i)), words)); err != nil {
			t.Fatal(err)
		}
	}
	got := p.Texts()
	if len(got) != len(all) {
		t.Fatalf("%d texts arrived", len(got))
	}
	for i, words := range all {
		if got[i].Words != words {
			t.Errorf("%q arrived as %q", words, got[i].Words)
		}
	}
}

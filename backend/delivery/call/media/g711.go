package media

import "github.com/sparekey/sparekey/assets/prompt"

// Codec is a form of speech on the wire (ITU-T G.711), by its static payload type (RFC 3551, table 4).
type Codec uint8

// The codecs: both have 8000 samples a second, of one byte each.
const (
	ULaw Codec = 0
	ALaw Codec = 8
)

// silence is a sample of nothing.
func (c Codec) silence() byte {
	if c == ALaw {
		return 0xd5
	}
	return 0xff
}

// encode puts prompts, which are µ-law, into the codec's form.
func (c Codec) encode(to, ulaw []byte) {
	if c == ULaw {
		copy(to, ulaw)
		return
	}
	for i, b := range ulaw {
		to[i] = uLawToALaw[b]
	}
}

// linear is a sample as a number.
func (c Codec) linear(sample byte) int16 {
	if c == ALaw {
		return aLawLinear[sample]
	}
	return prompt.Linear(sample)
}

var (
	aLawLinear = tableOfALaw()
	uLawToALaw = tableToALaw()
)

func tableOfALaw() (table [256]int16) {
	for i := range table {
		code := byte(i) ^ 0x55
		value := int16(code&0x0f)<<4 + 8
		if exponent := code >> 4 & 7; exponent > 0 {
			value = (value + 0x100) << (exponent - 1)
		}
		if code&0x80 == 0 {
			value = -value
		}
		table[i] = value
	}
	return table
}

// tableToALaw gives for each µ-law sample the A-law sample that is nearest.
func tableToALaw() (table [256]byte) {
	for i := range table {
		want, best := int(prompt.Linear(byte(i))), 1<<30
		for j, is := range aLawLinear {
			if off := max(want-int(is), int(is)-want); off < best {
				best, table[i] = off, byte(j)
			}
		}
	}
	return table
}

package prompt

import "math/bits"

// The form that telephones have for 14 bits of a sample in 8 (ITU-T G.711, µ-law).
const (
	uLawBias = 0x84
	uLawMost = 0x7fff - uLawBias
)

// Linear is a µ-law sample as a number of 16 bits.
func Linear(sample byte) int16 {
	code := ^sample
	value := (int16(code&0x0f)<<3+uLawBias)<<(code>>4&7) - uLawBias
	if code&0x80 != 0 {
		return -value
	}
	return value
}

// ULaw is a number of 16 bits as a sample in µ-law.
func ULaw(value int16) byte {
	sign, size := byte(0), int(value)
	if size < 0 {
		sign, size = 0x80, -size
	}
	size = min(size, uLawMost) + uLawBias
	exponent := bits.Len(uint(size >> 8)) // of what is above the lowest segment
	return ^(sign | byte(exponent)<<4 | byte(size>>(exponent+3)&0x0f))
}

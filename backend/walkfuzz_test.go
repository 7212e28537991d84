package backend_test

import (
	"math/rand/v2"
	"testing"
)

// choices is a source of randomness of which each draw is a byte of an input; when that is used up, it goes on by itself.
type choices struct {
	input []byte
	after *rand.PCG
}

func (c *choices) Uint64() uint64 {
	if len(c.input) == 0 {
		return c.after.Uint64()
	}
	b := uint64(c.input[0])
	c.input = c.input[1:]
	return b * 0x0101010101010101 // whether a draw looks at the upper bits or at the lower ones
}

// mostFuzzed bounds the walk of one input.
const mostFuzzed = 500

// led is a walk of which an input makes the choices, until it is used up.
func led(t testing.TB, input []byte, plant ...func(*walk)) {
	source := &choices{input, rand.NewPCG(uint64(len(input)), 1)}
	k := newWalk(t, rand.New(source), plant...)
	for steps := 0; steps < mostFuzzed && len(source.input) > 0; steps++ {
		k.goOn(1)
	}
}

// luckyInput is an input as long as walks of TestWalks are, by its number.
func luckyInput(number uint64, length int) []byte {
	luck := rand.NewChaCha8([32]byte{byte(number), byte(number >> 8)})
	input := make([]byte, length)
	_, _ = luck.Read(input) // it always fills it
	return input
}

// FuzzWalk is TestWalks, led by an input: each byte is a choice. It fails where the model and the backend disagree.
func FuzzWalk(f *testing.F) {
	for number := range uint64(4) {
		f.Add(luckyInput(number, 600))
	}
	f.Fuzz(func(t *testing.T, input []byte) { led(t, input) })
}

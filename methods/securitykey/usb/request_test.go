//go:build cgo && !nofido

package usb

import (
	"bytes"
	"testing"
)

func TestByteStringsAreUnwrapped(t *testing.T) {
	for _, n := range []int{0, 1, 23, 24, 37, 255, 256, 65535, 65536} {
		data := bytes.Repeat([]byte{0x58}, n)
		item := append(head(cborBytes, n), data...)
		got, ok := unwrap(item)
		if !ok || !bytes.Equal(got, data) {
			t.Errorf("%d bytes: got %d, %v", n, len(got), ok)
		}
		for _, bad := range [][]byte{item[:len(item)-1], append(item, 0), append([]byte{cborText}, item...)} {
			if got, ok := unwrap(bad); ok && bytes.Equal(got, data) {
				t.Errorf("%d bytes: took %d of %d", n, len(bad), len(item))
			}
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	f.Add([]byte{0x42, 1, 2})
	f.Fuzz(func(t *testing.T, item []byte) {
		if data, ok := unwrap(item); ok && !bytes.Equal(append(head(cborBytes, len(data)), data...), item) {
			t.Errorf("%x is no wrapping of %x", item, data)
		}
	})
}

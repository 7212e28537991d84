package breached

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"
)

func FuzzBuild(f *testing.F) {
	f.Add(list("a", "b"))
	f.Add("\n:\n")
	f.Add(strings.Repeat("f", 40) + "\n" + strings.Repeat("F", 40) + ":007\n")
	f.Fuzz(func(t *testing.T, list string) {
		var file bytes.Buffer
		count, err := build(strings.NewReader(list), &file, func(int64) {})
		if err != nil {
			return
		}
		filter, err := read(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil {
			t.Fatalf("what was built can't be read: %v", err)
		}
		if filter.Count() != count || count == 0 {
			t.Fatalf("%d built, %d read", count, filter.Count())
		}
		for line := range strings.Lines(list) {
			if sum, err := parse([]byte(strings.TrimSpace(line)), 1); err == nil {
				if found, err := filter.contains(binary.BigEndian.Uint64(sum)); err != nil || !found {
					t.Fatalf("%q is missed: %v", line, err)
				}
			}
		}
	})
}

// FuzzRead mends the checksum, so that what is behind it is reached.
func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	if _, err := build(strings.NewReader(list("a", "b", "c")), &file, func(int64) {}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes(), uint64(1))
	f.Add([]byte(magic+"\x01\x00\x00\x00"+strings.Repeat("\x00", tailSize)), uint64(0))
	f.Fuzz(func(t *testing.T, data []byte, key uint64) {
		if len(data) >= sumSize {
			sum := sha256.Sum256(data[:len(data)-sumSize])
			copy(data[len(data)-sumSize:], sum[:])
		}
		filter, err := read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		if _, err := filter.contains(key); err != nil {
			t.Fatalf("a file that was checked fails: %v", err)
		}
	})
}

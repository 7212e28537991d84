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
	f.Add("\ufeff" + strings.Repeat("f", 40) + ":00\n" + strings.Repeat("f", 40) + "\n")
	f.Fuzz(func(t *testing.T, list string) {
		var file bytes.Buffer
		made, err := build(strings.NewReader(list), &file, Options{})
		if err != nil {
			return
		}
		filter, err := read(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil {
			t.Fatalf("what was built can't be read: %v", err)
		}
		if filter.Count() != made.Count || made.Count == 0 {
			t.Fatalf("%d built, %d read", made.Count, filter.Count())
		}
		for line := range strings.Lines(strings.TrimPrefix(list, "\ufeff")) {
			if sum, leaked, err := parse([]byte(strings.TrimSpace(line)), 1); err == nil && leaked {
				if found, err := filter.contains(binary.BigEndian.Uint64(sum)); err != nil || !found {
					t.Fatalf("%q is missed: %v", line, err)
				}
			}
		}
	})
}

// mend makes a file's checksum that of its content.
func mend(file []byte) {
	if len(file) >= sumSize {
		sum := sha256.Sum256(file[:len(file)-sumSize])
		copy(file[len(file)-sumSize:], sum[:])
	}
}

// FuzzRead mends the checksum, so that what is behind it is reached.
func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	if _, err := build(strings.NewReader(list("a", "b", "c")), &file, Options{}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes(), uint64(1))
	f.Add([]byte(magic+"\x01\x00\x00\x00"+strings.Repeat("\x00", tailSize)), uint64(0))
	f.Fuzz(func(t *testing.T, data []byte, key uint64) {
		mend(data)
		filter, err := read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		if _, err := filter.contains(key); err != nil {
			t.Fatalf("a file that was checked fails: %v", err)
		}
	})
}

package prompt

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"
)

// all are the clips' samples.
func all(t *testing.T) map[string][]byte {
	t.Helper()
	entries, err := clips.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, e := range entries {
		data, err := clips.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if found[strings.TrimSuffix(e.Name(), ".wav")], err = Samples(data); err != nil {
			t.Fatalf("%s: %v", e.Name(), err)
		}
	}
	return found
}

// heard names the clips in what was put together, in their order.
func heard(t *testing.T, wav []byte) string {
	t.Helper()
	rest, err := Samples(wav)
	if err != nil {
		t.Fatal(err)
	}
	clips := all(t)
	var names []string
	for len(rest) > 0 {
		found := ""
		for name, clip := range clips {
			if bytes.HasPrefix(rest, clip) {
				found, rest = name, rest[len(clip):]
				break
			}
		}
		if found == "" {
			if rest[0] != 0 || rest[1] != 0 {
				t.Fatalf("after %q comes what no clip has", names)
			}
			rest = rest[sampleSize:] // a pause
			continue
		}
		names = append(names, found)
	}
	return strings.Join(names, " ")
}

// TestCode says the digits in their order, twice, and each of the ten.
func TestCode(t *testing.T) {
	if testing.Short() {
		t.Skip("compares every sample with every recording: `make test` runs it without the race detector")
	}
	for code, want := range map[string]string{
		"042917": "hello code 0 4 2 9 1 7 again 0 4 2 9 1 7 type goodbye",
		"335568": "hello code 3 3 5 5 6 8 again 3 3 5 5 6 8 type goodbye",
	} {
		wav, err := Code(code)
		if err != nil {
			t.Fatal(err)
		}
		if got := heard(t, wav); got != want {
			t.Errorf("%s is said %q", code, got)
		}
		if length := time.Duration(len(wav)-headerSize) * time.Second / (Rate * sampleSize); length < 10*time.Second || length > 25*time.Second {
			t.Errorf("%s takes %v", code, length)
		}
	}
	for _, bad := range []string{"", "12 34", "12a", "١٢"} {
		if wav, err := Code(bad); err == nil {
			t.Errorf("%q is said in %d bytes", bad, len(wav))
		}
	}
	if wav, err := TwoDigits(); err != nil || heard(t, wav) != "hello two goodbye" {
		t.Errorf("the other call: %v", err)
	}
}

// TestFile holds the header against what stands behind it.
func TestFile(t *testing.T) {
	wav, err := Code("123456")
	if err != nil {
		t.Fatal(err)
	}
	riff, data := binary.LittleEndian.Uint32(wav[4:]), binary.LittleEndian.Uint32(wav[40:])
	if int(riff) != len(wav)-8 || int(data) != len(wav)-headerSize {
		t.Errorf("%d bytes, the header says %d and %d", len(wav), riff, data)
	}
	for i := range headerSize + 2 {
		if _, err := Samples(wav[:i]); err == nil {
			t.Errorf("a file cut to %d bytes was read", i)
		}
	}
	other := bytes.Clone(wav)
	other[24]++ // another rate
	if _, err := Samples(other); err == nil {
		t.Error("a clip of another rate was read")
	}
}

// TestClipsAreSmall keeps the program small: together at most 300 KB, none silent.
func TestClipsAreSmall(t *testing.T) {
	total, clips := 0, all(t)
	for name, samples := range clips {
		loudest := 0
		for i := 0; i+1 < len(samples); i += sampleSize {
			loudest = max(loudest, int(int16(binary.LittleEndian.Uint16(samples[i:]))))
		}
		if total += headerSize + len(samples); loudest < 4000 {
			t.Errorf("%s is silent: %d", name, loudest)
		}
	}
	if total > 300_000 || len(clips) != 16 {
		t.Errorf("%d clips of %d bytes", len(clips), total)
	}
}

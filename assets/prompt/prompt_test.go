package prompt

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// all are the clips of a language, in the form of what is put together.
func all(t *testing.T, language string) map[string][]byte {
	t.Helper()
	entries, err := clips.ReadDir(language)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, e := range entries {
		name, is := strings.CutSuffix(e.Name(), ".wav")
		if !is {
			continue
		}
		if words, err := Words(language, Clip(name)); err != nil || words == "" {
			t.Errorf("%s/%s has the words %q, %v", language, name, words, err)
		}
		sound, err := Sound(language, Clip(name))
		if err != nil {
			t.Fatalf("%s/%s: %v", language, e.Name(), err)
		}
		for _, sample := range sound {
			found[name] = binary.LittleEndian.AppendUint16(found[name], uint16(Linear(sample)))
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
	clips := all(t, English)
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

// TestClipsAreSmall keeps the program small: a language takes at most 310 KB. Each has the same clips, and none is silent.
func TestClipsAreSmall(t *testing.T) {
	entries, err := clips.ReadDir(".")
	if err != nil || len(entries) != len(Languages()) {
		t.Fatalf("there are folders %v, %v", entries, err)
	}
	english := slices.Sorted(maps.Keys(all(t, English)))
	if len(english) != 22 {
		t.Errorf("%d clips", len(english))
	}
	for _, language := range Languages() {
		total, clips := 0, all(t, language)
		if names := slices.Sorted(maps.Keys(clips)); !slices.Equal(names, english) {
			t.Errorf("%s has %v", language, names)
		}
		for name, samples := range clips {
			loudest := 0
			for i := 0; i+1 < len(samples); i += sampleSize {
				loudest = max(loudest, int(int16(binary.LittleEndian.Uint16(samples[i:]))))
			}
			if total += headerSize + len(samples)/sampleSize; loudest < 4000 {
				t.Errorf("%s/%s is silent: %d", language, name, loudest)
			}
		}
		if total > 310_000 {
			t.Errorf("%s takes %d bytes", language, total)
		}
	}
	if _, err := Sound("it", Hello); err == nil {
		t.Error("there is Italian")
	}
}

// TestULawIsItsOwnInverse: each sample is the nearest to what it stands for, and numbers between two go to one of them.
func TestULawIsItsOwnInverse(t *testing.T) {
	for i := range 256 {
		if back := Linear(ULaw(Linear(byte(i)))); back != Linear(byte(i)) {
			t.Errorf("%#x is %d, and comes back as %d", i, Linear(byte(i)), back)
		}
	}
	for v, want := range map[int16]byte{0: 0xff, 32767: 0x80, -32768: 0x00, 1000: 0xce, -1000: 0x4e} {
		if got := ULaw(v); got != want {
			t.Errorf("%d is %#x, not %#x", v, got, want)
		}
	}
}

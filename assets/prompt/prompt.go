// Package prompt is what a call says: clips of speech in several languages, put together for a code. The clips are made by
// scripts/prompts.
package prompt

import (
	"bytes"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

//go:embed */*.wav */words.txt
var clips embed.FS

// Clip is what is said at once. A digit's is the digit.
type Clip string

// The clips besides digits.
const (
	Hello   Clip = "hello"
	Press   Clip = "press"   // a key, to hear the code
	Comes   Clip = "code"    // before the code
	Again   Clip = "again"   // before it comes a second time
	Type    Clip = "type"    // what to do with it
	Repeat  Clip = "repeat"  // press a key to hear it again
	Two     Clip = "two"     // asks for the two digits
	Right   Clip = "right"   // they were the ones
	Wrong   Clip = "wrong"   // they were not
	Over    Clip = "over"    // nobody waits for this call
	Goodbye Clip = "goodbye" // and what to do for who did not ask for it
	Test    Clip = "test"    // a test, which asks for any key
)

// English is the language that everything has.
const English = "en"

// Languages are those that there are clips in (ISO 639-1).
func Languages() []string { return []string{English, "de", "fr", "es"} }

// The form of what is put together: PCM, mono, as a telephone has it. Clips are the same in µ-law (ITU-T G.711).
const (
	Rate        = 8000 // samples a second
	sampleSize  = 2    // bytes: signed, little endian
	headerSize  = 44
	formatSize  = 16
	pcm         = 1
	uLaw        = 7
	BetweenTwo  = 250 * time.Millisecond // the pause after a digit
	BetweenMore = 600 * time.Millisecond // after a sentence
)

// Digits are the clips of a code. An error for what has other signs than the digits 0 to 9.
func Digits(code string) (all []Clip, err error) {
	for _, d := range code {
		if d < '0' || d > '9' {
			return nil, errors.New("prompt: a code has digits only")
		}
		all = append(all, Clip(d))
	}
	if len(all) == 0 {
		return nil, errors.New("prompt: no code")
	}
	return all, nil
}

// Sound gives a clip's samples in µ-law. They belong to the program: nobody writes to them.
func Sound(language string, c Clip) ([]byte, error) {
	if !slices.Contains(Languages(), language) {
		return nil, fmt.Errorf("prompt: there is no language %q", language)
	}
	data, err := clips.ReadFile(language + "/" + string(c) + ".wav")
	if err != nil {
		return nil, err
	}
	return chunk(data, format(uLaw))
}

// Words gives a clip's words, for who speaks them with a voice of their own.
func Words(language string, c Clip) (string, error) {
	if !slices.Contains(Languages(), language) {
		return "", fmt.Errorf("prompt: there is no language %q", language)
	}
	data, err := clips.ReadFile(language + "/words.txt")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(data)) {
		if words, is := strings.CutPrefix(line, string(c)+": "); is {
			return strings.TrimSpace(words), nil
		}
	}
	return "", fmt.Errorf("prompt: no words of %q", c)
}

// Code says a code twice, digit by digit, in English, as one WAV file. An error for what has other signs than the digits 0 to 9.
func Code(digits string) ([]byte, error) {
	spoken, err := Digits(digits)
	if err != nil {
		return nil, err
	}
	var w speech
	w.say(BetweenMore, Hello, Comes)
	w.say(BetweenTwo, spoken...)
	w.say(BetweenMore, Again)
	w.say(BetweenTwo, spoken...)
	w.say(BetweenMore, Type, Goodbye)
	return w.file()
}

// TwoDigits asks, in English, to type on the telephone what the screen shows, as a WAV file.
func TwoDigits() ([]byte, error) {
	var w speech
	w.say(BetweenMore, Hello, Two, Goodbye)
	return w.file()
}

// Samples gives the sound of a WAV file that was put together here, without its header.
func Samples(wav []byte) ([]byte, error) { return chunk(wav, format(pcm)) }

// chunk gives the sound of a WAV file of a format.
func chunk(wav, want []byte) ([]byte, error) {
	if len(wav) < 12 || string(wav[:4]) != "RIFF" || string(wav[8:12]) != "WAVE" {
		return nil, errors.New("prompt: not a WAV file")
	}
	fits := false
	for rest := wav[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:8]))
		if rest = rest[8:]; size > len(rest) {
			break
		}
		switch {
		case name == "fmt " && size >= formatSize:
			fits = bytes.Equal(rest[:formatSize], want)
		case name == "data" && fits:
			return rest[:size:size], nil
		}
		rest = rest[min(size+size%2, len(rest)):]
	}
	return nil, fmt.Errorf("prompt: not a WAV file of %d Hz, mono, in the right form", Rate)
}

// format is the content of the "fmt " chunk.
func format(kind uint16) []byte {
	size := uint16(sampleSize)
	if kind == uLaw {
		size = 1
	}
	var b bytes.Buffer
	for _, v := range []any{kind, uint16(1), uint32(Rate), uint32(Rate) * uint32(size), size, size * 8} {
		_ = binary.Write(&b, binary.LittleEndian, v) // a buffer takes it
	}
	return b.Bytes()
}

// speech is put together clip by clip.
type speech struct {
	samples []byte
	err     error
}

// say adds clips, each with a pause behind it.
func (w *speech) say(pause time.Duration, all ...Clip) {
	for _, c := range all {
		sound, err := Sound(English, c)
		w.err = errors.Join(w.err, err)
		for _, sample := range sound {
			w.samples = binary.LittleEndian.AppendUint16(w.samples, uint16(Linear(sample)))
		}
		w.samples = append(w.samples, make([]byte, int(pause.Seconds()*Rate)*sampleSize)...)
	}
}

// file is the speech as a WAV file.
func (w *speech) file() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	size := uint32(len(w.samples))
	file := append(make([]byte, 0, headerSize+len(w.samples)), "RIFF"...)
	file = binary.LittleEndian.AppendUint32(file, headerSize-8+size)
	file = append(file, "WAVEfmt "...)
	file = binary.LittleEndian.AppendUint32(file, formatSize)
	file = append(file, format(pcm)...)
	file = append(file, "data"...)
	file = binary.LittleEndian.AppendUint32(file, size)
	return append(file, w.samples...), nil
}

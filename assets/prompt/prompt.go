// Package prompt is what a call says: clips of speech, put together for a code. The clips are made by scripts/prompts.
package prompt

import (
	"bytes"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

//go:embed *.wav
var clips embed.FS

// The form of every clip and of what is put together: PCM, mono, as a telephone has it.
const (
	Rate        = 8000 // samples a second
	bits        = 16   // of a sample, signed, little endian
	sampleSize  = bits / 8
	headerSize  = 44
	formatSize  = 16
	pcm         = 1
	betweenTwo  = 250 * time.Millisecond // digits
	betweenMore = 600 * time.Millisecond // sentences
)

// Code says a code twice, digit by digit, as one WAV file. An error for what has other signs than the digits 0 to 9.
func Code(digits string) ([]byte, error) {
	var spoken []string
	for _, d := range digits {
		if d < '0' || d > '9' {
			return nil, errors.New("prompt: a code has digits only")
		}
		spoken = append(spoken, string(d))
	}
	if len(spoken) == 0 {
		return nil, errors.New("prompt: no code")
	}
	var w speech
	w.say(betweenMore, "hello", "code")
	w.say(betweenTwo, spoken...)
	w.say(betweenMore, "again")
	w.say(betweenTwo, spoken...)
	w.say(betweenMore, "type", "goodbye")
	return w.file()
}

// TwoDigits asks to type on the telephone what the screen shows, as a WAV file.
func TwoDigits() ([]byte, error) {
	var w speech
	w.say(betweenMore, "hello", "two", "goodbye")
	return w.file()
}

// Samples gives the sound of a WAV file in the form of the clips, without its header.
func Samples(wav []byte) ([]byte, error) {
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
			fits = bytes.Equal(rest[:formatSize], format())
		case name == "data" && fits:
			return rest[:size], nil
		}
		rest = rest[min(size+size%2, len(rest)):]
	}
	return nil, fmt.Errorf("prompt: not a WAV file of %d Hz, mono, %d bits", Rate, bits)
}

// format is the content of the "fmt " chunk.
func format() []byte {
	var b bytes.Buffer
	for _, v := range []any{uint16(pcm), uint16(1), uint32(Rate), uint32(Rate * sampleSize), uint16(sampleSize), uint16(bits)} {
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
func (w *speech) say(pause time.Duration, names ...string) {
	for _, name := range names {
		data, err := clips.ReadFile(name + ".wav")
		if err == nil {
			data, err = Samples(data)
		}
		w.err = errors.Join(w.err, err)
		w.samples = append(w.samples, data...)
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
	file = append(file, format()...)
	file = append(file, "data"...)
	file = binary.LittleEndian.AppendUint32(file, size)
	return append(file, w.samples...), nil
}

package breached

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"

	"github.com/FastFilter/xorfilter"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
)

// maxProblems is how many wrong lines are named before a list is given up.
const maxProblems = 10

// Options say how a list is taken.
type Options struct {
	Source   string            // path of the list, which the filter must not replace; empty where it is no file
	Partial  bool              // take a list that lacks a part
	Progress func(lines int64) // called after each shard with the lines read so far; may be nil
}

// Built is what became of a list.
type Built struct {
	Count   int64 // hashes, repeated ones once
	Padding int64 // lines left out, since their count is 0: nobody's password
	Missing Missing
}

// Build makes the filter file at path from a list of SHA-1 hashes in hex, one a line, in their order, each alone or with
// ":" and a count behind it. The error has an app.Problem for each wrong line, up to 10 of them, or for a list that lacks a
// part, or for a path at which there is something else than a filter; the file is replaced only when all went well.
func Build(list io.Reader, path string, o Options) (made Built, err error) {
	var sources []string
	if o.Source != "" {
		sources = append(sources, o.Source)
	}
	if err := files.Replaceable(path, magic, sources...); err != nil {
		return Built{}, err
	}
	// Nothing in it is secret, and the server may be another user than the one who imports.
	err = files.Replace(path, 0o644, func(w io.Writer) error {
		made, err = build(list, w, o)
		return err
	})
	return made, err
}

// build writes the filter to w.
func build(list io.Reader, w io.Writer, o Options) (Built, error) {
	text, err := files.NewReader(list)
	if err != nil {
		return Built{}, err
	}
	out := newWriter(w)
	padding, problems, err := out.take(text, o.Progress)
	if err != nil {
		return Built{}, err
	}
	made := Built{Count: out.count, Padding: padding, Missing: out.tally.missing()}
	switch {
	case len(problems) > 0:
	case made.Count == 0:
		problems = append(problems, app.NewProblem("", "hash_none"))
	case !o.Partial && made.Missing != (Missing{}):
		problems = append(problems, app.NewProblem("", "hash_partial", "missing", made.Missing, "percent", made.Missing.percent()))
	}
	if len(problems) > 0 {
		return Built{}, errors.Join(problems...)
	}
	return made, out.close(made.Missing)
}

// take takes the lines of a list, and gives how many of them are padding, and what is wrong with the others.
func (w *writer) take(list io.Reader, progress func(int64)) (padding int64, problems []error, err error) {
	in := bufio.NewScanner(list)
	var line int64
	var last []byte // hash of the line before
	for len(problems) < maxProblems && in.Scan() {
		line++
		text := bytes.TrimSpace(in.Bytes())
		if len(text) == 0 {
			continue
		}
		sum, leaked, err := parse(text, line)
		if err == nil && bytes.Compare(sum, last) < 0 {
			err = app.NewProblem("", "hash_order", "line", line)
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		last = sum
		if !leaked {
			padding++
			continue
		}
		full, err := w.add(binary.BigEndian.Uint64(sum))
		if err != nil {
			return 0, nil, err
		}
		if full && progress != nil {
			progress(line)
		}
	}
	if err := in.Err(); err != nil {
		problems = append(problems, app.NewProblem("", "hash_unread", "line", line+1, "cause", err))
	}
	return padding, problems, nil
}

// parse reads the line of a number: 40 hex digits, alone or with a count. One of 0 stands in lists whose parts are padded to
// hide their length; it has not leaked.
func parse(line []byte, number int64) (sum []byte, leaked bool, err error) {
	digits, count, counted := bytes.Cut(line, []byte(":"))
	sum = make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(sum, digits); err != nil || len(digits) != 40 {
		return nil, false, app.NewProblem("", "hash", "line", number)
	}
	if counted && (len(count) == 0 || len(bytes.Trim(count, "0123456789")) > 0) {
		return nil, false, app.NewProblem("", "hash_count", "line", number)
	}
	return sum, !counted || len(bytes.Trim(count, "0")) > 0, nil
}

// writer writes a filter file shard by shard.
type writer struct {
	out       *bufio.Writer
	sum       hash.Hash
	keys      []uint64 // of the shard at hand
	last      uint64
	count     int64
	tally     tally
	directory []entry
	builder   xorfilter.BinaryFuseBuilder
}

func newWriter(w io.Writer) *writer {
	sum := sha256.New()
	out := &writer{out: bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<20), sum: sum, keys: make([]uint64, 0, shardSize)}
	// A failed write stays with the buffer; close tells it.
	_, _ = out.out.WriteString(magic)
	_, _ = out.out.Write(order.AppendUint32(nil, version))
	return out
}

// add takes a key, not below the last one; full says that it filled a shard.
func (w *writer) add(key uint64) (full bool, err error) {
	if w.count > 0 && key == w.last {
		return false, nil
	}
	w.keys, w.last = append(w.keys, key), key
	w.count++
	w.tally[key>>56]++
	if len(w.keys) < shardSize {
		return false, nil
	}
	return true, w.flush()
}

// flush writes the shard at hand.
func (w *writer) flush() error {
	if len(w.keys) == 0 {
		return nil
	}
	if len(w.directory) == math.MaxUint32 {
		return errors.New("the list is too long")
	}
	first := w.keys[0]
	filter, err := xorfilter.BuildBinaryFuse[uint16](&w.builder, w.keys)
	if err != nil {
		return fmt.Errorf("building a shard: %w", err)
	}
	w.keys = w.keys[:0]
	w.directory = append(w.directory, entry{first, filter.Seed, filter.SegmentLength, filter.SegmentCount})
	buffer := make([]byte, 0, 2*len(filter.Fingerprints))
	for _, f := range filter.Fingerprints {
		buffer = order.AppendUint16(buffer, f)
	}
	_, err = w.out.Write(buffer)
	return err
}

// close writes the last shard, the directory and the tail.
func (w *writer) close(missing Missing) error {
	if err := w.flush(); err != nil {
		return err
	}
	var buffer []byte
	for _, e := range w.directory {
		buffer = e.append(buffer)
	}
	buffer = append(buffer, missing[:]...)
	buffer = order.AppendUint32(buffer, uint32(len(w.directory)))
	buffer = order.AppendUint64(buffer, uint64(w.count))
	if _, err := w.out.Write(buffer); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	if _, err := w.out.Write(w.sum.Sum(nil)); err != nil {
		return err
	}
	return w.out.Flush()
}

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
	"os"
	"path/filepath"

	"github.com/FastFilter/xorfilter"

	"github.com/sparekey/sparekey/app"
)

// maxProblems is how many wrong lines are named before a list is given up.
const maxProblems = 10

// Build makes the filter file at path from a list of SHA-1 hashes in hex, one a line, in their order, each alone or with
// ":" and a count behind it, and gives how many hashes it took; repeated ones count once. Progress, if not nil, is called
// after each shard with the lines read so far. The error has an app.Problem for each wrong line, up to 10 of them; the file
// is replaced only when all went well.
func Build(list io.Reader, path string, progress func(lines int64)) (count int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // it may be closed already
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if progress == nil {
		progress = func(int64) {}
	}
	count, err = build(list, f, progress)
	if err != nil {
		return 0, err
	}
	// Nothing in it is secret, and the server may be another user than the one who imports.
	if err = errors.Join(f.Chmod(0o644), f.Sync()); err != nil {
		return 0, err
	}
	if err = f.Close(); err != nil {
		return 0, err
	}
	return count, os.Rename(f.Name(), path)
}

// build writes the filter to w.
func build(list io.Reader, w io.Writer, progress func(int64)) (int64, error) {
	out := newWriter(w)
	var problems []error
	in := bufio.NewScanner(list)
	var line int64
	var last []byte // hash of the line before
	for in.Scan() {
		line++
		text := bytes.TrimSpace(in.Bytes())
		if len(text) == 0 {
			continue
		}
		sum, err := parse(text, line)
		if err == nil && bytes.Compare(sum, last) < 0 {
			err = app.NewProblem("", "hash_order", "line", line)
		}
		if err != nil {
			problems = append(problems, err)
			if len(problems) == maxProblems {
				break
			}
			continue
		}
		last = sum
		full, err := out.add(binary.BigEndian.Uint64(sum))
		if err != nil {
			return 0, err
		}
		if full {
			progress(line)
		}
	}
	if err := in.Err(); err != nil {
		problems = append(problems, app.NewProblem("", "hash_unread", "line", line+1, "cause", err))
	}
	if len(problems) == 0 && out.count == 0 {
		problems = append(problems, app.NewProblem("", "hash_none"))
	}
	if len(problems) > 0 {
		return 0, errors.Join(problems...)
	}
	return out.count, out.close()
}

// parse reads the line of a number: 40 hex digits, alone or with a count.
func parse(line []byte, number int64) ([]byte, error) {
	digits, count, counted := bytes.Cut(line, []byte(":"))
	sum := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(sum, digits); err != nil || len(digits) != 40 {
		return nil, app.NewProblem("", "hash", "line", number)
	}
	if counted && (len(count) == 0 || len(bytes.Trim(count, "0123456789")) > 0) {
		return nil, app.NewProblem("", "hash_count", "line", number)
	}
	return sum, nil
}

// writer writes a filter file shard by shard.
type writer struct {
	out       *bufio.Writer
	sum       hash.Hash
	keys      []uint64 // of the shard at hand
	last      uint64
	count     int64
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
func (w *writer) close() error {
	if err := w.flush(); err != nil {
		return err
	}
	var buffer []byte
	for _, e := range w.directory {
		buffer = e.append(buffer)
	}
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

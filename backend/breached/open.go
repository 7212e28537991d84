package breached

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"

	"github.com/FastFilter/xorfilter"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/backend/port"
)

// errDamaged is what a file that is no filter, or no longer one, is refused with.
var errDamaged = errors.New("no breached-password filter, or a damaged one")

// versionError is the version of a file that this program does not know.
type versionError uint32

// Error is for a log.
func (v versionError) Error() string { return fmt.Sprintf("version %d", uint32(v)) }

// entry is a shard in the directory.
type entry struct {
	first         uint64 // the least key of the shard
	seed          uint64
	length, count uint32 // of its segments
}

func (e entry) append(b []byte) []byte {
	b = order.AppendUint64(b, e.first)
	b = order.AppendUint64(b, e.seed)
	b = order.AppendUint32(b, e.length)
	return order.AppendUint32(b, e.count)
}

func parseEntry(b []byte) entry {
	return entry{order.Uint64(b), order.Uint64(b[8:]), order.Uint32(b[16:]), order.Uint32(b[20:])}
}

// sound reports whether the shard is of a size that is ever built, and its look-ups stay within its fingerprints: a
// segment's length is a power of two.
func (e entry) sound() bool {
	return e.count > 0 && e.length > 0 && e.length&(e.length-1) == 0 && (uint64(e.count)+2)*uint64(e.length) <= 4*shardSize
}

// bytes is how long the shard's fingerprints are.
func (e entry) bytes() int64 { return 2 * (int64(e.count) + 2) * int64(e.length) }

// Filter is an open filter file. It is safe for concurrent use.
type Filter struct {
	file      io.ReaderAt
	close     func() error
	directory []entry
	at        []int64 // where each shard's fingerprints begin
	count     int64
	missing   Missing
}

var _ port.Breached = (*Filter)(nil)

// Open opens a filter file and reads it once as a whole, to see that it is undamaged; the error is an
// app.Problem. Close it after use.
func Open(path string) (*Filter, error) {
	file, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	filter, err := open(file)
	if err != nil {
		return nil, errors.Join(problemOf(path, err), file.Close())
	}
	filter.close = file.Close
	return filter, nil
}

// problemOf says why a file can't be used.
func problemOf(path string, err error) error {
	var other versionError
	switch {
	case errors.Is(err, errDamaged):
		return app.NewProblem("", "filter_damaged", "file", path)
	case errors.As(err, &other):
		return app.NewProblem("", "filter_version", "file", path, "is", uint32(other), "known", version)
	}
	return app.NewProblem("", "filter_unread", "file", path, "cause", err)
}

func open(file *os.File) (*Filter, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return read(file, info.Size())
}

// read reads the directory of a filter of size bytes, and checks all of it.
func read(file io.ReaderAt, size int64) (*Filter, error) {
	if size < int64(headSize+tailSize) {
		return nil, errDamaged
	}
	ends := make([]byte, headSize+tailSize)
	head, tail := ends[:headSize], ends[headSize:]
	if _, err := file.ReadAt(head, 0); err != nil {
		return nil, err
	}
	if string(head[:len(magic)]) != magic {
		return nil, errDamaged
	}
	f := &Filter{file: file}
	end := size - int64(tailSize) // of the directory
	switch v := order.Uint32(head[len(magic):]); v {
	case 1:
	case version:
		end -= int64(len(f.missing))
	default:
		return nil, versionError(v)
	}
	if end < int64(headSize) {
		return nil, errDamaged
	}
	if _, err := file.ReadAt(tail, size-int64(tailSize)); err != nil {
		return nil, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(file, 0, size-sumSize)); err != nil {
		return nil, err
	}
	if !bytes.Equal(sum.Sum(nil), tail[tailSize-sumSize:]) {
		return nil, errDamaged
	}
	if _, err := file.ReadAt(f.missing[:size-int64(tailSize)-end], end); err != nil {
		return nil, err
	}
	f.count = int64(order.Uint64(tail[4:]))
	return f, f.readDirectory(int64(order.Uint32(tail)), end)
}

// readDirectory reads the entries of so many shards, up to an end, and checks that they fill the file.
func (f *Filter) readDirectory(shards, end int64) error {
	end -= shards * int64(entrySize)
	if shards == 0 || end < int64(headSize) {
		return errDamaged
	}
	raw := make([]byte, shards*int64(entrySize))
	if _, err := f.file.ReadAt(raw, end); err != nil {
		return err
	}
	at := int64(headSize)
	for b := range slices.Chunk(raw, entrySize) {
		e := parseEntry(b)
		if !e.sound() || len(f.directory) > 0 && e.first <= f.directory[len(f.directory)-1].first {
			return errDamaged
		}
		f.directory, f.at = append(f.directory, e), append(f.at, at)
		at += e.bytes()
	}
	if at != end {
		return errDamaged
	}
	return nil
}

// Count gives the number of passwords in the list.
func (f *Filter) Count() int64 { return f.count }

// Missing gives what the list lacked.
func (f *Filter) Missing() Missing { return f.missing }

// Close closes the file.
func (f *Filter) Close() error { return f.close() }

// Contains implements port.Breached: false is certain, true is wrong for one in 65,536 passwords that are not in the list.
// The password is looked for as a whole, with its case, after NFC. An error means that the file could not be read.
func (f *Filter) Contains(password app.Secret) (bool, error) { return f.contains(keyOf(password)) }

func (f *Filter) contains(key uint64) (bool, error) {
	i := f.find(key)
	if i < 0 {
		return false, nil
	}
	shard, err := f.shard(i)
	if err != nil {
		return false, err
	}
	return shard.Contains(key), nil
}

// find gives the shard in which a key would be; -1 when it is before the first.
func (f *Filter) find(key uint64) int {
	return sort.Search(len(f.directory), func(i int) bool { return f.directory[i].first > key }) - 1
}

// shard reads a shard.
func (f *Filter) shard(i int) (*xorfilter.BinaryFuse[uint16], error) {
	e := f.directory[i]
	raw := make([]byte, e.bytes())
	if _, err := f.file.ReadAt(raw, f.at[i]); err != nil {
		return nil, err
	}
	shard := &xorfilter.BinaryFuse[uint16]{
		Seed: e.seed, SegmentLength: e.length, SegmentLengthMask: e.length - 1,
		SegmentCount: e.count, SegmentCountLength: e.count * e.length, Fingerprints: make([]uint16, len(raw)/2),
	}
	for i := range shard.Fingerprints {
		shard.Fingerprints[i] = order.Uint16(raw[2*i:])
	}
	return shard, nil
}

// Package work is the proof of work before a start from a network that nobody vouches for: finding a number whose
// memory-hard hash (argon2id, RFC 9106) begins with so many zero bits takes a moment, checking it takes one hash. The
// window looks for it, the backend checks it.
package work

import (
	"context"
	"encoding/binary"
	"math/bits"
	"sync"

	"golang.org/x/crypto/argon2"

	"github.com/sparekey/sparekey/app"
)

// Cost is what a puzzle takes.
type Cost struct {
	Memory int // KiB
	Passes int
	Bits   int // each doubles the number of tries
}

// Default is what people are asked for: 128 tries on average. Each takes 8 MiB, so that a machine made for guessing gains
// little.
var Default = Cost{Memory: 8 * 1024, Passes: 1, Bits: 7}

// What the window does at most, whatever a server asks for.
const (
	saltSize   = 16 // bytes
	mostMemory = 64 * 1024
	mostPasses = 4
	mostBits   = 12
)

const hashSize = 32 // bytes

// Holds reports whether a number solves a puzzle. A puzzle that nobody would ask for has no solution.
func Holds(p app.ProveWork, nonce int64) bool {
	if !sane(p) || nonce < 0 {
		return false
	}
	number := binary.BigEndian.AppendUint64(nil, uint64(nonce))
	sum := argon2.IDKey(number, p.Salt, uint32(p.Passes), uint32(p.Memory), 1, hashSize)
	return bits.LeadingZeros64(binary.BigEndian.Uint64(sum)) >= p.Bits
}

// sane keeps a puzzle within what a computer can be asked to do.
func sane(p app.ProveWork) bool {
	return len(p.Salt) == saltSize && p.Memory >= 8 && p.Memory <= mostMemory && p.Passes >= 1 && p.Passes <= mostPasses &&
		p.Bits >= 0 && p.Bits <= mostBits
}

// Solve looks for a number with so many workers at once, until ctx ends. CodeBadRequest for a puzzle that asks too much.
func Solve(ctx context.Context, p app.ProveWork, workers int) (int64, error) {
	if !sane(p) {
		return 0, app.Errorf(app.CodeBadRequest, "a puzzle that no server of ours sets")
	}
	searching, stop := context.WithCancel(ctx)
	defer stop()
	found := make(chan int64, workers)
	var all sync.WaitGroup
	for first := range workers {
		all.Go(func() {
			for nonce := int64(first); searching.Err() == nil; nonce += int64(workers) {
				if Holds(p, nonce) {
					found <- nonce
					stop()
					return
				}
			}
		})
	}
	all.Wait()
	select {
	case nonce := <-found:
		return nonce, nil
	default:
		return 0, context.Cause(ctx)
	}
}

// Package breached holds leaked passwords as a compact filter on disk, made from a public list of their SHA-1 hashes.
// It finds every password of the list, and one in 65,536 of those that are not on it. Of a list, 10 million passwords
// take some 25 MB; the filter stays on disk but for its directory.
//
// A file holds shards, each a binary fuse filter of 16-bit fingerprints over neighbouring hashes, then their directory:
//
//	magic    8 bytes  "SPAREKBF"
//	version  uint32   2
//	shards            the fingerprints of each, uint16, one shard after the other
//	directory         for each shard its first key, its seed (uint64) and its segments' length and number (uint32)
//	missing  32 bytes a bit for each first byte of which the list lacks hashes; a file of version 1 has none
//	shards   uint32   how many
//	count    uint64   keys in all
//	checksum 32 bytes SHA-256 of all that stands before
//
// All numbers are little-endian. A key is the first 8 bytes of a password's SHA-1, as a big-endian number, so that keys
// are in the order of the hashes.
package breached

import (
	"crypto/sha1" // the public lists are in SHA-1; it protects nothing here
	"encoding/binary"

	"golang.org/x/text/unicode/norm"

	"github.com/sparekey/sparekey/app"
)

const (
	magic   = "SPAREKBF"
	version = 2

	headSize  = len(magic) + 4
	entrySize = 8 + 8 + 4 + 4
	tailSize  = 4 + 8 + sumSize
	sumSize   = 32
)

// shardSize is how many keys a shard holds; the last one holds fewer. A look-up reads one shard.
const shardSize = 1 << 14

var order = binary.LittleEndian

// keyOf is the key of a password, after NFC.
func keyOf(password app.Secret) uint64 {
	sum := sha1.Sum([]byte(norm.NFC.String(password.Reveal())))
	return binary.BigEndian.Uint64(sum[:])
}

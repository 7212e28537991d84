//go:build linux && cgo

package ctaptest

/*
#include <malloc.h>

static size_t in_use(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}
*/
import "C"

// Unhurried are the settings of glibc under which CHeap is exact: one arena, and no chunks that each thread keeps for
// itself, which count as in use.
var Unhurried = []string{"MALLOC_ARENA_MAX=1", "GLIBC_TUNABLES=glibc.malloc.tcache_count=0"}

// CHeap gives the bytes that C code has taken from the heap of this process and not given back.
func CHeap() int { return int(C.in_use()) }

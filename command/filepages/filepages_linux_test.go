package filepages

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// smaps has, by rising addresses: the program's header, code, tables, relocations (RELRO) and data; the program's file once more, as
// a tool may map it; a library. Of each entry, what is read of it and a line besides.
const smaps = `00400000-00403000 r--p 00000000 fe:00 4711                               /usr/bin/sparekey
Rss:                  12 kB
Anonymous:             0 kB
Swap:                  0 kB
00403000-01369000 r-xp 00003000 fe:00 4711                               /usr/bin/sparekey
Private_Dirty:        64 kB
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd ex mr mw me
01369000-026b5000 r--p 00f69000 fe:00 4711                               /usr/bin/sparekey
Anonymous:             0 kB
Swap:                  0 kB
026b5000-026b8000 r--p 022b5000 fe:00 4711                               /usr/bin/sparekey
Anonymous:             4 kB
Swap:                  0 kB
026b8000-0281a000 rw-p 022b8000 fe:00 4711                               /usr/bin/sparekey
Anonymous:             0 kB
Swap:                  0 kB
0281a000-04865000 rw-p 00000000 00:00 0
Anonymous:           164 kB
Swap:                  0 kB
7f0000000000-7f0000010000 r--p 00000000 fe:00 4711                       /usr/bin/sparekey
Anonymous:             0 kB
Swap:                  0 kB
7f0000010000-7f0000020000 r-xp 00000000 fe:00 815                        /usr/lib/libc.so.6
Anonymous:             0 kB
Swap:                  0 kB
`

var whole = []span{{0x400000, 0x403000}, {0x403000, 0x1369000}, {0x1369000, 0x26b5000}}

func TestWhatMayBeGivenBack(t *testing.T) {
	at := func(line, was, is string) string {
		before, after, found := strings.Cut(smaps, line)
		if !found {
			t.Fatalf("no line begins with %q", line)
		}
		return before + line + strings.Replace(after, was, is, 1)
	}
	for name, test := range map[string]struct {
		smaps string
		code  uintptr
		want  []span
	}{
		"code and tables":                 {smaps, 0x500000, whole},
		"by an address in the header":     {smaps, 0x400000, whole},
		"by an address of nothing":        {smaps, 0x300000, nil},
		"by one behind the program":       {smaps, 0x281a000, nil},
		"a breakpoint in the code":        {at("00403000-", "Anonymous:             0", "Anonymous:             4"), 0x500000, []span{whole[0], whole[2]}},
		"relocations that were swapped":   {at("01369000-", "Swap:                  0", "Swap:                  4"), 0x500000, whole[:2]},
		"it isn't said what is swapped":   {at("01369000-", "Swap:                  0 kB\n", ""), 0x500000, whole[:2]},
		"it isn't said what is written":   {at("01369000-", "Anonymous:             0 kB\n", ""), 0x500000, whole[:2]},
		"tables that can be written":      {at("01369000-026b5000 ", "r--p", "rw-p"), 0x500000, whole[:2]},
		"tables that are shared":          {at("01369000-026b5000 ", "r--p", "r--s"), 0x500000, whole[:2]},
		"another file lies behind":        {at("01369000-026b5000 r--p 00f69000 fe:00 ", "4711", "4712"), 0x500000, whole[:2]},
		"a gap before the tables":         {strings.Replace(smaps, "01369000-", "0136a000-", 1), 0x500000, whole[:2]},
		"a gap before the code":           {strings.Replace(smaps, "-00403000", "-00402000", 1), 0x500000, whole[1:]},
		"read as far as the tables":       {smaps[:strings.Index(smaps, "026b5000 r--p")+40], 0x500000, whole[:2]},
		"code that is no longer a file's": {strings.ReplaceAll(smaps, "fe:00 4711", "00:00 0   "), 0x500000, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := unwritten(strings.NewReader(test.smaps), test.code); !slices.Equal(got, test.want) {
				t.Errorf("%x, want %x", got, test.want)
			}
		})
	}
}

// mapped maps a file of so many pages, each of which begins with an "f".
func mapped(t *testing.T, pages int) []byte {
	t.Helper()
	page := os.Getpagesize()
	path := filepath.Join(t.TempDir(), "file")
	text := bytes.Repeat(append([]byte("f"), make([]byte, page-1)...), pages)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m, err := unix.Mmap(int(file.Fd()), 0, len(text), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(m) })
	return m
}

// protect has a mapping only be read from now on, as the linker does with relocations.
func protect(t *testing.T, m []byte) (at uintptr) {
	t.Helper()
	if err := unix.Mprotect(m, unix.PROT_READ); err != nil {
		t.Fatal(err)
	}
	return uintptr(unsafe.Pointer(&m[0]))
}

func TestWhatWasWrittenIsLeftAlone(t *testing.T) {
	const pages = 16
	page := os.Getpagesize()
	m := mapped(t, pages)
	m[3*page] = 'w'
	giveBack(protect(t, m))
	for i := range pages {
		want := byte('f')
		if i == 3 {
			want = 'w'
		}
		if m[i*page] != want {
			t.Errorf("page %d begins with %q, want %q", i, m[i*page], want)
		}
	}
}

func TestPagesThatWereGivenBackComeAgain(t *testing.T) {
	const pages = 16
	page := os.Getpagesize()
	m := mapped(t, pages)
	at := protect(t, m)
	for round := range 2 {
		for i := range pages {
			if m[i*page] != 'f' {
				t.Errorf("round %d: page %d begins with %q", round, i, m[i*page])
			}
		}
		if got := residentAt(t, at, pages); got != pages {
			t.Errorf("round %d: %d pages are resident", round, got)
		}
		giveBack(at)
		if got := residentAt(t, at, pages); got != 0 {
			t.Errorf("round %d: %d pages are resident when all were given back", round, got)
		}
	}
	runtime.KeepAlive(m)
}

// residentAt is how many of so many pages at an address are mapped.
func residentAt(t *testing.T, at uintptr, pages int) (n int) {
	t.Helper()
	pagemap, err := os.Open("/proc/self/pagemap") // 8 bytes for each page, the highest bit of which says that it is there
	if err != nil {
		t.Fatal(err)
	}
	defer pagemap.Close()
	entries := make([]byte, 8*pages)
	if _, err := pagemap.ReadAt(entries, int64(at)/int64(os.Getpagesize())*8); err != nil {
		t.Fatal(err)
	}
	for i := range pages {
		if binary.NativeEndian.Uint64(entries[8*i:])>>63 == 1 {
			n++
		}
	}
	return n
}

func TestTheProgramRunsOnWithoutItsPages(t *testing.T) {
	for round := range 3 {
		p := &Pages{}
		before := resident()
		if !p.giveBack(0) {
			t.Fatalf("round %d: nothing was given back", round)
		}
		if after := resident(); after >= before {
			t.Errorf("round %d: %d bytes of files are resident, of %d", round, after, before)
		}
		done := make(chan string)
		go func() { done <- regexp.MustCompile("[a-c]+").FindString(fmt.Sprint("xyz", 'x', "abcd")) }()
		runtime.GC()
		if got := <-done; got != "abc" {
			t.Errorf("round %d: the program says %q", round, got)
		}
	}
}

func TestLittleIsNotGivenBack(t *testing.T) {
	p := &Pages{}
	if p.giveBack(math.MaxInt) {
		t.Error("less than the least was given back")
	}
	if !p.giveBack(0) || p.giveBack(resident()/2) {
		t.Error("given back again, when little has come since")
	}
}

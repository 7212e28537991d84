//go:build linux && cgo && !nofido

package usb_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// TestNoPINStaysOnTheCHeap: neither the driver nor libfido2 leaves a PIN in memory that is C's. That the search finds
// anything is shown by a name that the loader keeps there.
func TestNoPINStaysOnTheCHeap(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{}), 0)
	d := usb.New()
	id := known(t, d, 1)[0].ID
	first, second := []byte("Quince-Orchard-"), []byte("Walnut-Harvest-")
	first, second = fmt.Append(first, 4711), fmt.Append(second, 815)
	old, next := app.NewSecret(string(first)), app.NewSecret(string(second))
	if err := d.SetPIN(t.Context(), id, old); err != nil {
		t.Fatal(err)
	}
	if err := d.ChangePIN(t.Context(), app.KeyAccess{ID: id, PIN: old}, next); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := d.Run(t.Context(), create(), with(string(second))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Credentials(t.Context(), app.KeyAccess{ID: id, PIN: next}); err != nil {
		t.Fatal(err)
	}
	for _, pin := range [][]byte{first, second} {
		if n := inC(t, pin); n != 0 {
			t.Errorf("%d copies of a PIN", n)
		}
	}
	if inC(t, []byte("libfido2.so")) == 0 {
		t.Error("the search finds nothing at all")
	}
}

// inC counts a text in the writable memory of this process that is not Go's.
func inC(t *testing.T, text []byte) int {
	t.Helper()
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = maps.Close() }()
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = memory.Close() }()
	n, here := 0, int64(uintptr(unsafe.Pointer(&text[0]))) // all of Go's heap is one mapping
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if !strings.HasPrefix(fields[1], "rw-p") {
			continue
		}
		var from, to int64
		if _, err := fmt.Sscanf(fields[0], "%x-%x", &from, &to); err != nil {
			t.Fatal(err)
		}
		const most = 64 << 20 // C's heap and stacks are smaller; what is larger is the race detector's
		if from <= here && here < to || strings.Contains(lines.Text(), "[anon: Go") || to-from > most {
			continue
		}
		part := make([]byte, to-from)
		if read, err := memory.ReadAt(part, from); err == nil {
			n += bytes.Count(part[:read], text)
		}
		clear(part)
	}
	return n
}

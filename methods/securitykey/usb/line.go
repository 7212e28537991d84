//go:build cgo && !nofido

package usb

/*
#cgo linux pkg-config: libfido2
#cgo darwin pkg-config: libfido2
#cgo windows LDFLAGS: -lfido2
#include "glue.h"
*/
import "C"

import (
	"context"
	"sync"
	"time"
	"unsafe"

	"github.com/sparekey/sparekey/app"
)

const (
	// grace is how long a key may take to obey a cancel.
	grace = 1500 * time.Millisecond
	// patience is how long a conversation waits for the one before it on the same key.
	patience = 4 * time.Second
	// brisk is the limit of what needs no person.
	brisk = 5 * time.Second
)

// line is an open key. Only cancel may be called beside the conversation.
type line struct {
	mu   sync.Mutex
	dev  *C.fido_dev_t
	left int // tries after a wrong PIN or finger, or app.Untold
}

// status is a status of libfido2's: CTAP's (positive) or its own (negative).
type status C.int

func (s status) Error() string { return "libfido2: " + C.GoString(C.fido_strerr(C.int(s))) }

// check makes an error of what a call of libfido2's answered.
func check(r C.int) error {
	if r == C.FIDO_OK {
		return nil
	}
	return status(r)
}

// connect opens the key, unless it is open already. What another program says to it meanwhile is heard here, too, and upsets libfido2: where that came
// at once, the key is asked again, since nothing has been asked of it yet.
func (k *key) connect(l *line, limit time.Duration) error {
	if l.dev != nil {
		return check(C.fido_dev_set_timeout(l.dev, C.int(limit.Milliseconds())))
	}
	began := time.Now()
	for try := 1; ; try++ {
		err := l.open(k.path, limit)
		if err != status(C.FIDO_ERR_RX) || try == attempts || time.Since(began) > grace || !k.present() {
			return err
		}
	}
}

func (l *line) open(path string, limit time.Duration) error {
	dev := C.fido_dev_new()
	if dev == nil {
		return status(C.FIDO_ERR_INTERNAL)
	}
	var a arena
	defer a.free()
	if err := check(C.sk_open(dev, a.text(path), C.int(limit.Milliseconds()))); err != nil {
		C.fido_dev_free(&dev)
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dev = dev
	if !C.fido_dev_is_fido2(dev) {
		return status(C.FIDO_ERR_INVALID_COMMAND)
	}
	return nil
}

func (l *line) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dev != nil {
		C.fido_dev_close(l.dev)
		C.fido_dev_free(&l.dev)
	}
}

// cancel asks the key to give up what it waits for.
func (l *line) cancel() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dev != nil {
		C.fido_dev_cancel(l.dev)
	}
}

// job is one conversation with a key.
type job struct {
	limit time.Duration
	pins  []*pin              // freed when it is over
	do    func(l *line) error // runs beside the caller, perhaps for longer
}

// talk has a conversation, and comes back soon after ctx or the limit ended whatever the key does. A conversation that
// does not end is left behind; libfido2's own limit ends it, and the key is busy until then.
func (k *key) talk(ctx context.Context, j job) error {
	wait, enough := context.WithTimeout(ctx, patience)
	defer enough()
	l := &line{left: app.Untold}
	select {
	case k.turn <- struct{}{}:
	case l = <-k.held:
	case <-wait.Done():
		freeAll(j.pins)
		if ctx.Err() == nil {
			return &app.Error{Code: app.CodeKeyAtWork}
		}
		return k.explain(ctx, nil, ctx.Err())
	}
	ctx, stop := context.WithTimeout(ctx, j.limit)
	defer stop()
	result := make(chan error, 1)
	go func() {
		err := k.connect(l, j.limit+grace)
		if err == nil {
			k.behind.Store(false)
			err = j.do(l)
			l.count(err)
		}
		l.close()
		freeAll(j.pins)
		<-k.turn
		result <- err
	}()
	select {
	case err := <-result:
		return k.explain(ctx, l, err)
	case <-ctx.Done():
	}
	go l.cancel()
	select {
	case err := <-result:
		return k.explain(ctx, l, err)
	case <-time.After(grace):
		k.behind.Store(true)
		return k.explain(ctx, nil, ctx.Err())
	}
}

// pin is a PIN as libfido2 wants it, on the C heap, where it is overwritten before it is freed.
type pin struct {
	text *C.char
	size C.size_t
}

// pointer gives the PIN, or NULL for none.
func (p *pin) pointer() *C.char {
	if p == nil {
		return nil
	}
	return p.text
}

func freeAll(pins []*pin) {
	for _, p := range pins {
		if p != nil && p.text != nil {
			C.sk_wipe(unsafe.Pointer(p.text), p.size)
			p.text = nil
		}
	}
}

// arena keeps what C is lent, until free.
type arena []unsafe.Pointer

// text copies a string, nil for an empty one.
func (a *arena) text(s string) *C.char {
	if s == "" {
		return nil
	}
	p := C.CString(s)
	*a = append(*a, unsafe.Pointer(p))
	return p
}

// bytes copies b, nil for none.
func (a *arena) bytes(b []byte) (*C.uchar, C.size_t) {
	if len(b) == 0 {
		return nil, 0
	}
	p := C.CBytes(b)
	*a = append(*a, p)
	return (*C.uchar)(p), C.size_t(len(b))
}

func (a *arena) free() {
	for _, p := range *a {
		C.free(p)
	}
	*a = nil
}

// goBytes copies what C lends.
func goBytes(p *C.uchar, n C.size_t) []byte {
	if p == nil || n == 0 {
		return nil
	}
	return C.GoBytes(unsafe.Pointer(p), C.int(n))
}

//go:build linux && cgo && !nofido

package usb_test

import (
	"os"
	"strconv"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// TestSignalsBreakNoConversation: Go's own (to preempt, to profile) may reach a thread that waits for the key.
func TestSignalsBreakNoConversation(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{}), 0)
	d := usb.New()
	known(t, d, 1)
	stop := make(chan struct{})
	var storm sync.WaitGroup
	defer storm.Wait()
	defer close(stop)
	storm.Go(func() { signalEveryThread(stop) })
	for range 5 {
		made := register(t, d, with("0815"))
		must[app.KeyAnswer](t)(d.Run(t.Context(), get(func(g *app.KeyGet) { g.Allow = [][]byte{made.ID} }), with("0815")))
	}
}

// signalEveryThread of this process, over and over, with the signal that Go preempts by.
func signalEveryThread(stop <-chan struct{}) {
	for {
		threads, _ := os.ReadDir("/proc/self/task")
		for _, thread := range threads {
			select {
			case <-stop:
				return
			default:
			}
			if id, err := strconv.Atoi(thread.Name()); err == nil {
				_ = unix.Tgkill(os.Getpid(), id, unix.SIGURG) // a thread that has ended meanwhile
			}
		}
	}
}

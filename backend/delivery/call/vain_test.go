package call

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/sparekey/sparekey/backend/delivery/call/calltest"
	"github.com/sparekey/sparekey/backend/port"
)

// ringsOn is a telephone that rings until the call is taken back, and has a place for each call that rings.
func ringsOn(t *testing.T) (phone *calltest.Phone, rings chan *calltest.Call) {
	rings = make(chan *calltest.Call, 9)
	return calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
		c.Reply(180, "Ringing")
		rings <- c
		select {
		case <-c.Cancelled:
		case <-time.After(patience):
		}
	}}), rings
}

// TestACallThatNobodyWaitsForRingsNoLonger: its code was replaced meanwhile, and nobody hears it.
func TestACallThatNobodyWaitsForRingsNoLonger(t *testing.T) {
	t.Parallel()
	phone, rings := ringsOn(t)
	var vain atomic.Bool
	p, all := open(t, phone, func(c *Config) {
		c.Ring, c.Look = time.Minute, time.Millisecond
		c.Talk.Pointless = func(_ context.Context, message string) string {
			if message == codeCall().ID && vain.Load() {
				return "replaced"
			}
			return ""
		}
	})
	attempt, err := deliver(t, p, codeCall(), 3*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	c := <-rings
	vain.Store(true)
	if r := all.next(t); r != (port.Receipt{Provider: attempt.Provider, ID: attempt.Receipt, Reason: "replaced"}) {
		t.Errorf("the receipt is %+v", r)
	}
	select {
	case <-c.Cancelled:
	case <-time.After(patience):
		t.Error("it rings on")
	}
}

// TestACallThatIsBegunInVainIsGivenUp: it does not ring yet, and no other provider is asked.
func TestACallThatIsBegunInVainIsGivenUp(t *testing.T) {
	t.Parallel()
	phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
		c.Reply(100, "Trying")
		<-c.Cancelled
	}})
	p, _ := open(t, phone, func(c *Config) {
		c.Look = time.Millisecond
		c.Talk.Pointless = func(context.Context, string) string { return "ended" }
	})
	if _, err := deliver(t, p, codeCall(), 3*time.Second); !errors.Is(err, port.ErrUndeliverable) {
		t.Errorf("%v", err)
	}
}

// TestTheCallBeforeMakesWay: the telephone rings for a code that was replaced when it is called for the new one, and is free by then. A
// call that somebody waits for rings on, as does one to another number.
func TestTheCallBeforeMakesWay(t *testing.T) {
	t.Parallel()
	phone, rings := ringsOn(t)
	p, _ := open(t, phone, func(c *Config) {
		c.Ring, c.Look = time.Minute, time.Hour // it learns it from the next call alone
		c.Talk.Pointless = func(_ context.Context, message string) string {
			if message == "old" || message == "elsewhere" {
				return "replaced"
			}
			return ""
		}
	})
	ring := func(id, number string) *calltest.Call {
		t.Helper()
		m := codeCall()
		m.ID, m.To = id, number
		if _, err := deliver(t, p, m, 3*time.Second); err != nil {
			t.Fatal(err)
		}
		return <-rings
	}
	isCancelled := func(c *calltest.Call) bool {
		select {
		case <-c.Cancelled:
			return true
		default:
			return false
		}
	}
	old, elsewhere := ring("old", theNumber), ring("elsewhere", "+493087654321")
	waited := ring("waited for", theNumber)
	if !isCancelled(old) {
		t.Error("the call for the new code came while the old one rang")
	}
	next := ring("next", theNumber)
	if isCancelled(waited) || isCancelled(elsewhere) || isCancelled(next) {
		t.Error("a call was taken back that somebody waits for, or to another number")
	}
	if n := len(phone.Seen(sip.CANCEL)); n != 1 {
		t.Errorf("%d calls were taken back", n)
	}
}

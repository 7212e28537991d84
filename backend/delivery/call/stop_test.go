package call

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/sparekey/sparekey/backend/delivery/call/calltest"
)

// TestAStopTakesBackWhatRings: no telephone rings on for a server that is gone, nor is its call picked up by nobody.
func TestAStopTakesBackWhatRings(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"udp", "tcp"} {
		for range 5 {
			phone := calltest.New(t, calltest.Config{Network: network, Behave: func(c *calltest.Call) { c.Reply(180, "Ringing") }})
			p, all := open(t, phone, func(c *Config) {
				if network == "tcp" {
					c.Server += ";transport=tcp"
				}
			})
			if _, err := deliver(t, p, codeCall(), 3*time.Second); err != nil {
				t.Fatal(err)
			}
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
			if r := all.next(t); r.Arrived {
				t.Errorf("%s: the receipt is %+v", network, r)
			}
			if n := len(phone.Seen(sip.CANCEL)); n != 1 {
				t.Fatalf("%s: %d CANCELs", network, n)
			}
		}
	}
}

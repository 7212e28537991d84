package policy

import (
	"testing"

	"github.com/sparekey/sparekey/app"
)

func TestHelpfulNetworks(t *testing.T) {
	f := Feature{Disclosure: Private, ProofOfWork: WorkUntrusted, HelpfulNetworks: []string{"10.20.0.0/16", "2001:db8::/32"}}
	for address, trusted := range map[string]bool{
		"10.20.255.1": true, "10.21.0.1": false, "::ffff:10.20.0.9": true, "2001:db8::7": true, "fe80::1%eth0": false,
		"2001:db9::7": false, "local": false, "": false,
	} {
		from := app.Origin{Network: address, Station: "kiosk 1"}
		if f.HelpfulTo(from) != trusted || f.AsksWork(from) == trusted {
			t.Errorf("%q: helpful %v, work %v", address, f.HelpfulTo(from), f.AsksWork(from))
		}
		if from.Enrolled = "S1"; !f.HelpfulTo(from) || f.AsksWork(from) {
			t.Errorf("%q: an enrolled station there is a stranger", address)
		}
	}
	stranger := app.Origin{Network: "198.51.100.7"}
	if f.Disclosure = Helpful; !f.HelpfulTo(stranger) {
		t.Error("helpful disclosure keeps silent")
	}
	if f.ProofOfWork = WorkOff; f.AsksWork(stranger) {
		t.Error("work is asked for though it is off")
	}
}

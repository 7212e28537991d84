package policy

import "testing"

func TestHelpfulNetworks(t *testing.T) {
	f := Feature{Disclosure: Private, ProofOfWork: WorkUntrusted, HelpfulNetworks: []string{"10.20.0.0/16", "2001:db8::/32"}}
	for address, trusted := range map[string]bool{
		"10.20.255.1": true, "10.21.0.1": false, "::ffff:10.20.0.9": true, "2001:db8::7": true, "fe80::1%eth0": false,
		"2001:db9::7": false, "local": false, "": false,
	} {
		if f.HelpfulTo(address) != trusted || f.AsksWork(address) == trusted {
			t.Errorf("%q: helpful %v, work %v", address, f.HelpfulTo(address), f.AsksWork(address))
		}
	}
	if f.Disclosure = Helpful; !f.HelpfulTo("198.51.100.7") {
		t.Error("helpful disclosure keeps silent")
	}
	if f.ProofOfWork = WorkOff; f.AsksWork("198.51.100.7") {
		t.Error("work is asked for though it is off")
	}
}

// Package ctaptest is a security key in software, for tests: CTAP 2.1 over CTAPHID (FIDO Alliance, Client to
// Authenticator Protocol, 2.1), with a touch that the test decides about and faults on demand. A Bus puts it under the
// real libfido2 as a virtual /dev/hidraw node; scripts/virtualusb starts a program on such a bus.
package ctaptest

// Package usb drives security keys that are plugged in, by libfido2. It is the workstation's half of the method: it
// builds WebAuthn's client data, talks to the key, and answers in WebAuthn's forms; what the answers prove, the backend
// judges.
//
// libfido2 is kept in quarantine: go-libfido2 finds the keys, and everything that holds one open or touches a PIN calls
// libfido2 directly, since go-libfido2 leaves PINs on the C heap, has no exclude list, no time limit and no several
// assertions, and its open handle races. One conversation at a time for each key, each in a thread that is left behind
// when it does not come back in time.
//
// With the build tag nofido, or without cgo, there is a driver that finds no key and says so.
package usb

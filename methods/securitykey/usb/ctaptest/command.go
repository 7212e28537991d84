package ctaptest

import (
	"context"
	"errors"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// status is an answer's first byte when it is an error (section 8.2).
type status byte

func (s status) Error() string { return "ctaptest: CTAP error" }

const (
	errInvalidCommand   status = 0x01
	errInvalidParameter status = 0x02
	errInvalidCBOR      status = 0x12
	errMissingParameter status = 0x14
	errFingersFull      status = 0x17
	errExcluded         status = 0x19
	errAlgorithm        status = 0x26
	errDenied           status = 0x27
	errStoreFull        status = 0x28
	errInvalidOption    status = 0x2c
	errCancelled        status = 0x2d
	errNoCredentials    status = 0x2e
	errActionTimeout    status = 0x2f
	errNotAllowed       status = 0x30
	errPINInvalid       status = 0x31
	errPINBlocked       status = 0x32
	errAuthInvalid      status = 0x33
	errAuthBlocked      status = 0x34
	errPINNotSet        status = 0x35
	errTokenRequired    status = 0x36
	errPINPolicy        status = 0x37
	errUVBlocked        status = 0x3c
	errInvalidSub       status = 0x3e
	errUVInvalid        status = 0x3f
)

// Commands of the authenticator (section 6).
const (
	cmdMake       = 0x01
	cmdGet        = 0x02
	cmdInfo       = 0x04
	cmdPIN        = 0x06
	cmdReset      = 0x07
	cmdNext       = 0x08
	cmdBio        = 0x09
	cmdCredential = 0x0a
	cmdSelect     = 0x0b
	cmdConfig     = 0x0d

	// The same two under the numbers that they had before CTAP 2.1 was final: libfido2 1.12 knows only these.
	cmdBioEarly        = 0x40
	cmdCredentialEarly = 0x41
)

// call is one command at work. It holds the key's lock, but for the time in which it waits for a person.
type call struct {
	context.Context
	k       *Key
	waiting func(bool)
}

var encoding = must(cbor.CTAP2EncOptions().EncMode())

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// answer runs a command and gives its status and its CBOR.
func (c *call) answer(request []byte) []byte {
	c.k.mu.Lock()
	defer c.k.mu.Unlock()
	body, err := c.run(request[0], request[1:])
	var s status
	switch {
	case errors.As(err, &s):
		return []byte{byte(s)}
	case err != nil:
		return []byte{byte(errInvalidCBOR)}
	case body == nil:
		return []byte{0}
	}
	return append([]byte{0}, must(encoding.Marshal(body))...)
}

func (c *call) run(command byte, body []byte) (any, error) {
	if command != cmdNext {
		c.k.now.asserting = nil
	}
	if err := c.refusesAlways(command); err != nil {
		return nil, err
	}
	switch command {
	case cmdInfo:
		return c.k.info(), nil
	case cmdMake:
		return with(body, c.makeCredential)
	case cmdGet:
		return with(body, c.getAssertion)
	case cmdNext:
		return c.nextAssertion()
	case cmdPIN:
		if c.k.o.Pinless {
			return nil, errInvalidCommand
		}
		return with(body, c.clientPIN)
	case cmdReset:
		return nil, c.reset()
	case cmdSelect:
		return nil, c.selected()
	case cmdConfig:
		return with(body, c.configure)
	}
	return c.lookAfter(command, body)
}

// lookAfter carries out what manages credentials and fingerprints, by its own command or by the preview's.
func (c *call) lookAfter(command byte, body []byte) (any, error) {
	switch {
	case !c.k.o.NoManaging && (command == cmdCredential || command == cmdCredentialEarly && !c.k.o.NoPreview):
		return with(body, c.manage)
	case c.k.o.Sensor && (command == cmdBio || command == cmdBioEarly && !c.k.o.NoPreview):
		return with(body, c.bio)
	}
	return nil, errInvalidCommand
}

// with reads a command's parameters.
func with[P any](body []byte, run func(P) (any, error)) (any, error) {
	var p P
	if err := cbor.Unmarshal(body, &p); err != nil {
		return nil, err
	}
	return run(p)
}

// wait asks the gate, with the lock open.
func (c *call) wait(g Gate) error {
	c.k.mu.Unlock()
	c.waiting(true)
	outcome := g(c)
	c.waiting(false)
	c.k.mu.Lock()
	switch {
	case c.Err() != nil:
		return errCancelled
	case outcome == Granted:
		return nil
	case outcome == Refused:
		return errDenied
	case outcome == NoMatch:
		return errUVInvalid
	}
	return errActionTimeout
}

// reset is a factory reset (section 6.6): soon after power-up, and after a touch.
func (c *call) reset() error {
	if time.Since(c.k.now.since) > c.k.o.ResetWindow {
		return errNotAllowed
	}
	if err := c.confirmReset(); err != nil {
		return err
	}
	c.k.wipe()
	c.k.now = volatile{since: c.k.now.since, agreement: newAgreement()}
	return nil
}

//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
)

const (
	// sampling is how long the key waits for one sample.
	sampling = 20 * time.Second
	// misses is how many samples may go wrong in a row, before enrolling a finger is given up.
	misses = 10
)

// samples are libfido2's reasons.
var samples = map[C.uint8_t]app.Sample{
	C.FIDO_BIO_ENROLL_FP_GOOD:                     app.SampleGood,
	C.FIDO_BIO_ENROLL_FP_TOO_HIGH:                 app.SamplePlace,
	C.FIDO_BIO_ENROLL_FP_TOO_LOW:                  app.SamplePlace,
	C.FIDO_BIO_ENROLL_FP_TOO_LEFT:                 app.SamplePlace,
	C.FIDO_BIO_ENROLL_FP_TOO_RIGHT:                app.SamplePlace,
	C.FIDO_BIO_ENROLL_FP_TOO_SKEWED:               app.SamplePlace,
	C.FIDO_BIO_ENROLL_FP_TOO_FAST:                 app.SamplePace,
	C.FIDO_BIO_ENROLL_FP_TOO_SLOW:                 app.SamplePace,
	C.FIDO_BIO_ENROLL_FP_TOO_SHORT:                app.SamplePace,
	C.FIDO_BIO_ENROLL_FP_POOR_QUALITY:             app.SamplePoor,
	C.FIDO_BIO_ENROLL_FP_MERGE_FAILURE:            app.SamplePoor,
	C.FIDO_BIO_ENROLL_FP_EXISTS:                   app.SampleKnown,
	C.FIDO_BIO_ENROLL_NO_USER_ACTIVITY:            app.SampleNobody,
	C.FIDO_BIO_ENROLL_NO_USER_PRESENCE_TRANSITION: app.SampleLift,
}

// Fingerprints lists the fingers that the key knows.
func (d *Driver) Fingerprints(ctx context.Context, access app.KeyAccess) ([]app.Fingerprint, error) {
	k, err := d.key(access.ID)
	if err != nil {
		return nil, err
	}
	var all []app.Fingerprint
	err = d.open(ctx, access, brisk, func(l *line, p *pin) error {
		list := C.fido_bio_template_array_new()
		if list == nil {
			return status(C.FIDO_ERR_INTERNAL)
		}
		defer C.fido_bio_template_array_free(&list)
		err := check(C.fido_bio_dev_get_template_array(l.dev, list, p.pointer()))
		if err == status(C.FIDO_ERR_INVALID_OPTION) || err == status(C.FIDO_ERR_RX_NOT_CBOR) && !k.told().Fingers {
			return nil // how keys say that they know none (CTAP 2.1, section 6.7.6), or some, without a word
		}
		for i := range C.fido_bio_template_array_count(list) {
			t := C.fido_bio_template(list, i)
			all = append(all, app.Fingerprint{
				ID: goBytes(C.fido_bio_template_id_ptr(t), C.fido_bio_template_id_len(t)), Name: C.GoString(C.fido_bio_template_name(t)),
			})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// EnrolFingerprint takes samples of a finger until the key is content, and names it. The key knows the finger even if it
// does not take the name: the finger that is given then has none.
func (d *Driver) EnrolFingerprint(ctx context.Context, access app.KeyAccess, name string, tell func(app.FingerSample)) (app.Fingerprint, error) {
	k, err := d.key(access.ID)
	if err != nil {
		return app.Fingerprint{}, err
	}
	p, err := k.opening(access)
	if err != nil {
		return app.Fingerprint{}, err
	}
	if !plain(name) {
		freeAll([]*pin{p})
		return app.Fingerprint{}, malformed("name")
	}
	var made app.Fingerprint
	err = k.talk(ctx, job{limit: 3 * time.Minute, pins: []*pin{p}, do: func(l *line) error {
		e := &enrolling{line: l, pin: p, tell: tell, live: func() bool { return ctx.Err() == nil }}
		id, err := e.run()
		if err != nil {
			return err
		}
		made.ID = id
		if name != "" && l.rename(id, name, p) == nil {
			made.Name = name
		}
		return nil
	}})
	k.relearn(ctx)
	if err != nil {
		return app.Fingerprint{}, toChange(err)
	}
	return made, nil
}

// enrolling is a finger being enrolled.
type enrolling struct {
	*line
	pin  *pin
	tell func(app.FingerSample)
	live func() bool
}

// run gives the new template's ID.
func (e *enrolling) run() ([]byte, error) {
	t, state := C.fido_bio_template_new(), C.fido_bio_enroll_new()
	defer C.fido_bio_template_free(&t)
	defer C.fido_bio_enroll_free(&state)
	if t == nil || state == nil {
		return nil, status(C.FIDO_ERR_INTERNAL)
	}
	wait := C.uint32_t(sampling.Milliseconds())
	e.tell(app.FingerSample{})
	err := check(C.fido_bio_dev_enroll_begin(e.dev, t, state, wait, e.pin.pointer()))
	for missed := 0; err == nil; {
		left, last := C.fido_bio_enroll_remaining_samples(state), C.fido_bio_enroll_last_status(state)
		if left == 0 {
			return goBytes(C.fido_bio_template_id_ptr(t), C.fido_bio_template_id_len(t)), nil
		}
		if missed++; last == C.FIDO_BIO_ENROLL_FP_GOOD {
			missed = 0
		}
		if missed == misses || !e.live() {
			err = status(C.FIDO_ERR_ACTION_TIMEOUT)
			break
		}
		e.tell(app.FingerSample{Left: int(left), Last: sampleOf(last)})
		err = check(C.fido_bio_dev_enroll_continue(e.dev, t, state, wait))
	}
	C.fido_bio_dev_enroll_cancel(e.dev) // as far as the key still hears
	return nil, err
}

func sampleOf(last C.uint8_t) app.Sample {
	if s, known := samples[last]; known {
		return s
	}
	return app.SampleUnknown
}

func (l *line) rename(id []byte, name string, p *pin) error {
	t := C.fido_bio_template_new()
	if t == nil {
		return status(C.FIDO_ERR_INTERNAL)
	}
	defer C.fido_bio_template_free(&t)
	var a arena
	defer a.free()
	b, n := a.bytes(id)
	set := []C.int{C.fido_bio_template_set_id(t, b, n), C.fido_bio_template_set_name(t, a.text(name))}
	if err := first(set); err != nil {
		return err
	}
	return check(C.fido_bio_dev_set_template_name(l.dev, t, p.pointer()))
}

// NameFingerprint gives a finger another name.
func (d *Driver) NameFingerprint(ctx context.Context, access app.KeyAccess, finger app.Fingerprint) error {
	if finger.Name == "" || len(finger.ID) == 0 || !plain(finger.Name) {
		return malformed("fingerprint")
	}
	return d.open(ctx, access, brisk, func(l *line, p *pin) error { return l.rename(finger.ID, finger.Name, p) })
}

// DeleteFingerprint makes the key forget a finger.
func (d *Driver) DeleteFingerprint(ctx context.Context, access app.KeyAccess, finger []byte) error {
	if len(finger) == 0 {
		return malformed("fingerprint")
	}
	return d.open(ctx, access, brisk, func(l *line, p *pin) error {
		t := C.fido_bio_template_new()
		if t == nil {
			return status(C.FIDO_ERR_INTERNAL)
		}
		defer C.fido_bio_template_free(&t)
		var a arena
		defer a.free()
		b, n := a.bytes(finger)
		if err := check(C.fido_bio_template_set_id(t, b, n)); err != nil {
			return err
		}
		return check(C.fido_bio_dev_enroll_remove(l.dev, t, p.pointer()))
	})
}

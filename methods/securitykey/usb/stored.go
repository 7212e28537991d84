//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"context"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
)

// listing is the limit of a list: fifty relying parties, for each of which libfido2 agrees on a key and gets a token, which
// takes a slow key a quarter of a second.
const listing = 20 * time.Second

// Credentials lists the discoverable ones.
func (d *Driver) Credentials(ctx context.Context, access app.KeyAccess) ([]app.KeyCredential, error) {
	var all []app.KeyCredential
	err := d.open(ctx, access, listing, func(l *line, p *pin) (err error) {
		all, err = l.credentials(p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// credentials lists them relying party by relying party. One that can't be read stands in the list without an ID, and
// hides no other.
func (l *line) credentials(p *pin) ([]app.KeyCredential, error) {
	kept, uncounted := l.kept(p)
	if uncounted != nil && !aboutPart(uncounted) || uncounted == nil && kept == 0 {
		return nil, uncounted
	}
	rps := C.fido_credman_rp_new()
	if rps == nil {
		return nil, status(C.FIDO_ERR_INTERNAL)
	}
	defer C.fido_credman_rp_free(&rps)
	unread := check(C.fido_credman_get_dev_rp(l.dev, rps, p.pointer()))
	count := C.fido_credman_rp_count(rps)
	if count == 0 && (unread == status(C.FIDO_ERR_NO_CREDENTIALS) || unread == status(C.FIDO_ERR_RX_NOT_CBOR) && uncounted != nil) {
		return nil, nil // how keys say that they keep none (CTAP 2.1, section 6.8.3), or some, without a word
	}
	if unread != nil && (count == 0 || !aboutPart(unread)) {
		return nil, unread
	}
	return l.credentialsOfAll(rps, unread != nil || count == 0 && kept > 0, p)
}

// credentialsOfAll lists those of each relying party. more says that there are others, of which nothing is known.
func (l *line) credentialsOfAll(rps *C.fido_credman_rp_t, more bool, p *pin) ([]app.KeyCredential, error) {
	var all []app.KeyCredential
	for i := range C.fido_credman_rp_count(rps) {
		some, err := l.credentialsOf(C.fido_credman_rp_id(rps, i), p)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	if more {
		all = append(all, app.KeyCredential{})
	}
	return all, nil
}

// kept gives how many the key keeps.
func (l *line) kept(p *pin) (uint64, error) {
	said := C.fido_credman_metadata_new()
	if said == nil {
		return 0, status(C.FIDO_ERR_INTERNAL)
	}
	defer C.fido_credman_metadata_free(&said)
	err := check(C.fido_credman_get_dev_metadata(l.dev, said, p.pointer()))
	return uint64(C.fido_credman_rk_existing(said)), err
}

// credentialsOf lists those of a relying party, nil for one that the key does not name. libfido2 asks for them by the hash
// of the name, and finds none by a name that the key cut short (CTAP 2.1, section 6.8.7).
func (l *line) credentialsOf(rp *C.char, p *pin) ([]app.KeyCredential, error) {
	unread := app.KeyCredential{RPID: C.GoString(rp)}
	if rp == nil {
		return []app.KeyCredential{unread}, nil
	}
	list := C.fido_credman_rk_new()
	if list == nil {
		return nil, status(C.FIDO_ERR_INTERNAL)
	}
	defer C.fido_credman_rk_free(&list)
	err := check(C.fido_credman_get_dev_rk(l.dev, rp, list, p.pointer()))
	if err != nil && !aboutPart(err) {
		return nil, err
	}
	var all []app.KeyCredential
	for i := range C.fido_credman_rk_count(list) {
		if c := C.fido_credman_rk(list, i); c != nil {
			all = append(all, app.KeyCredential{
				ID: goBytes(C.fido_cred_id_ptr(c), C.fido_cred_id_len(c)), RPID: unread.RPID,
				UserName: C.GoString(C.fido_cred_user_name(c)), DisplayName: C.GoString(C.fido_cred_display_name(c)),
			})
		}
	}
	if err != nil || all == nil {
		all = append(all, unread)
	}
	return all, nil
}

// DeleteCredential deletes a discoverable one.
func (d *Driver) DeleteCredential(ctx context.Context, access app.KeyAccess, credential []byte) error {
	id := slices.Clone(credential)
	return d.open(ctx, access, brisk, func(l *line, p *pin) error {
		var a arena
		defer a.free()
		b, n := a.bytes(id)
		if b == nil {
			return status(C.FIDO_ERR_NO_CREDENTIALS)
		}
		return check(C.fido_credman_del_dev_rk(l.dev, b, n, p.pointer()))
	})
}

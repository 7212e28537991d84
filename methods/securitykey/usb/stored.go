//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"context"
	"slices"

	"github.com/sparekey/sparekey/app"
)

// invalidSubcommand is CTAP 2.1's (section 8.2), which libfido2 has no name for.
const invalidSubcommand status = 0x3e

// Credentials lists the discoverable ones.
func (d *Driver) Credentials(ctx context.Context, access app.KeyAccess) ([]app.KeyCredential, error) {
	var all []app.KeyCredential
	err := d.open(ctx, access, func(l *line, p *pin) (err error) {
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
	kept, err := l.kept(p)
	if err != nil && !aboutPart(err) || err == nil && kept == 0 {
		return nil, err
	}
	uncounted := err != nil
	rps := C.fido_credman_rp_new()
	if rps == nil {
		return nil, status(C.FIDO_ERR_INTERNAL)
	}
	defer C.fido_credman_rp_free(&rps)
	err = check(C.fido_credman_get_dev_rp(l.dev, rps, p.pointer()))
	count := C.fido_credman_rp_count(rps)
	switch {
	case err == status(C.FIDO_ERR_NO_CREDENTIALS) && count == 0, err == status(C.FIDO_ERR_RX_NOT_CBOR) && count == 0 && uncounted:
		return nil, nil // how keys say that they keep none (CTAP 2.1, section 6.8.3), or some, without a word
	case err != nil && (count == 0 || !aboutPart(err)):
		return nil, err
	}
	var all []app.KeyCredential
	for i := range count {
		some, err := l.credentialsOf(C.fido_credman_rp_id(rps, i), p)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	if err != nil {
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
	if err != nil {
		all = append(all, unread)
	}
	return all, nil
}

// aboutPart says that an error is about what was asked for, and not about the key or the PIN: the key does not have or know
// it, or says it in a form that libfido2 can't read. What else is asked may be answered.
func aboutPart(err error) bool {
	return slices.Contains([]error{
		status(C.FIDO_ERR_NO_CREDENTIALS), status(C.FIDO_ERR_INVALID_CREDENTIAL), status(C.FIDO_ERR_NOT_ALLOWED),
		status(C.FIDO_ERR_INVALID_COMMAND), invalidSubcommand, status(C.FIDO_ERR_INVALID_PARAMETER), status(C.FIDO_ERR_INVALID_OPTION),
		status(C.FIDO_ERR_UNSUPPORTED_OPTION), status(C.FIDO_ERR_MISSING_PARAMETER), status(C.FIDO_ERR_ERR_OTHER),
		status(C.FIDO_ERR_RX_NOT_CBOR), status(C.FIDO_ERR_RX_INVALID_CBOR),
	}, err)
}

// DeleteCredential deletes a discoverable one.
func (d *Driver) DeleteCredential(ctx context.Context, access app.KeyAccess, credential []byte) error {
	id := slices.Clone(credential)
	return d.open(ctx, access, func(l *line, p *pin) error {
		var a arena
		defer a.free()
		b, n := a.bytes(id)
		if b == nil {
			return status(C.FIDO_ERR_NO_CREDENTIALS)
		}
		return check(C.fido_credman_del_dev_rk(l.dev, b, n, p.pointer()))
	})
}

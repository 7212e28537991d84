//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"slices"

	"github.com/sparekey/sparekey/app"
)

// verifier is how a key is to know who touches it: by a PIN, by its sensor, or not at all.
type verifier struct {
	pin    *pin
	sensor bool
}

func (v verifier) option() C.fido_opt_t {
	if v.sensor {
		return C.FIDO_OPT_TRUE
	}
	return C.FIDO_OPT_OMIT
}

// create makes a credential.
func (l *line) create(r request, algorithm int, v verifier) (app.KeyAnswer, error) {
	if most := l.most(r); most > 0 {
		found, err := l.holding(r, most, v)
		if err == nil && found != nil {
			err = status(C.FIDO_ERR_CREDENTIAL_EXCLUDED)
		}
		if err != nil {
			return app.KeyAnswer{}, err
		}
		r.list = nil
	}
	cred := C.fido_cred_new()
	if cred == nil {
		return app.KeyAnswer{}, status(C.FIDO_ERR_INTERNAL)
	}
	defer C.fido_cred_free(&cred)
	if err := prepare(cred, r, algorithm, v); err != nil {
		return app.KeyAnswer{}, err
	}
	if err := check(C.fido_dev_make_cred(l.dev, cred, v.pin.pointer())); err != nil {
		return app.KeyAnswer{}, err
	}
	var statement []byte
	if r.Create.Attested {
		statement = goBytes(C.fido_cred_attstmt_ptr(cred), C.fido_cred_attstmt_len(cred))
	}
	authData := goBytes(C.fido_cred_authdata_raw_ptr(cred), C.fido_cred_authdata_raw_len(cred))
	answer := app.KeyAnswer{
		CredentialID:      goBytes(C.fido_cred_id_ptr(cred), C.fido_cred_id_len(cred)),
		ClientDataJSON:    r.client,
		AttestationObject: attestationObject(C.GoString(C.fido_cred_fmt(cred)), statement, authData),
	}
	if len(answer.CredentialID) == 0 || len(authData) == 0 {
		return app.KeyAnswer{}, status(C.FIDO_ERR_RX)
	}
	return answer, nil
}

// prepare sets what libfido2 asks a key for.
func prepare(cred *C.fido_cred_t, r request, algorithm int, v verifier) error {
	var a arena
	defer a.free()
	c := r.Create
	hash, hashLen := a.bytes(r.hash)
	user, userLen := a.bytes(c.UserID)
	resident := C.fido_opt_t(C.FIDO_OPT_OMIT)
	if c.Discoverable {
		resident = C.FIDO_OPT_TRUE
	}
	set := []C.int{
		C.fido_cred_set_type(cred, C.int(algorithm)),
		C.fido_cred_set_clientdata_hash(cred, hash, hashLen),
		C.fido_cred_set_rp(cred, a.text(r.rpID), a.text(c.RPName)),
		C.fido_cred_set_user(cred, user, userLen, a.text(c.UserName), a.text(c.DisplayName), nil),
		C.fido_cred_set_rk(cred, resident),
		C.fido_cred_set_uv(cred, v.option()),
	}
	if c.Protect > 0 {
		set = append(set, C.fido_cred_set_extensions(cred, C.FIDO_EXT_CRED_PROTECT), C.fido_cred_set_prot(cred, C.int(c.Protect)))
	}
	for _, id := range r.list {
		p, n := a.bytes(id)
		set = append(set, C.fido_cred_exclude(cred, p, n))
	}
	return first(set)
}

// first gives the first error.
func first(set []C.int) error {
	for _, r := range set {
		if err := check(r); err != nil {
			return err
		}
	}
	return nil
}

// get gives the assertions that the key makes, the newest credential's first.
func (l *line) get(r request, v verifier) ([]assertion, error) {
	list := r.list
	if most := l.most(r); most > 0 {
		found, err := l.holding(r, most, v)
		if err == nil && found == nil {
			err = status(C.FIDO_ERR_NO_CREDENTIALS)
		}
		if err != nil {
			return nil, err
		}
		list = [][]byte{found}
	}
	return l.assert(r, list, v, true)
}

// most gives how many credentials the key takes in a list, 0 when the request's list is not too long for it.
func (l *line) most(r request) int {
	const common = 8 // no key in use takes fewer
	if len(r.list) <= common {
		return 0
	}
	if most := l.inList(); most > 0 && most < len(r.list) {
		return most
	}
	return 0
}

// holding finds which of a list that is too long for it the key holds, nil for none: by silent assertions, without
// asking anybody for a finger (WebAuthn Level 3, section 6.3.2).
func (l *line) holding(r request, most int, v verifier) ([]byte, error) {
	for part := range slices.Chunk(r.list, most) {
		found, err := l.assert(r, part, verifier{pin: v.pin}, false)
		if err == nil {
			return found[0].CredentialID, nil
		}
		if err != status(C.FIDO_ERR_NO_CREDENTIALS) {
			return nil, err
		}
	}
	return nil, nil
}

// assertion is one of the key's proofs, and who it is for.
type assertion struct {
	app.KeyAnswer
	account app.KeyAccount
}

// assert has the key sign, with a touch or silently.
func (l *line) assert(r request, list [][]byte, v verifier, touch bool) ([]assertion, error) {
	said := C.fido_assert_new()
	if said == nil {
		return nil, status(C.FIDO_ERR_INTERNAL)
	}
	defer C.fido_assert_free(&said)
	var a arena
	defer a.free()
	hash, hashLen := a.bytes(r.hash)
	up := C.fido_opt_t(C.FIDO_OPT_OMIT)
	if !touch {
		up = C.FIDO_OPT_FALSE
	}
	set := []C.int{
		C.fido_assert_set_clientdata_hash(said, hash, hashLen), C.fido_assert_set_rp(said, a.text(r.rpID)),
		C.fido_assert_set_up(said, up), C.fido_assert_set_uv(said, v.option()),
	}
	for _, id := range list {
		p, n := a.bytes(id)
		set = append(set, C.fido_assert_allow_cred(said, p, n))
	}
	if err := first(set); err != nil {
		return nil, err
	}
	if err := check(C.fido_dev_get_assert(l.dev, said, v.pin.pointer())); err != nil {
		return nil, err
	}
	return assertions(said, r, list)
}

// assertions reads what the key signed.
func assertions(said *C.fido_assert_t, r request, list [][]byte) ([]assertion, error) {
	var all []assertion
	for i := range C.fido_assert_count(said) {
		one := assertion{
			KeyAnswer: app.KeyAnswer{
				CredentialID:   goBytes(C.fido_assert_id_ptr(said, i), C.fido_assert_id_len(said, i)),
				ClientDataJSON: r.client,
				Signature:      goBytes(C.fido_assert_sig_ptr(said, i), C.fido_assert_sig_len(said, i)),
				UserHandle:     goBytes(C.fido_assert_user_id_ptr(said, i), C.fido_assert_user_id_len(said, i)),
			},
			account: app.KeyAccount{
				Name:        C.GoString(C.fido_assert_user_name(said, i)),
				DisplayName: C.GoString(C.fido_assert_user_display_name(said, i)),
			},
		}
		one.account.UserID = one.UserHandle
		if one.CredentialID == nil && len(list) == 1 {
			one.CredentialID = list[0] // a key may leave out the only one that there is
		}
		wrapped := goBytes(C.fido_assert_authdata_ptr(said, i), C.fido_assert_authdata_len(said, i))
		var whole bool
		if one.AuthenticatorData, whole = unwrap(wrapped); !whole || one.Signature == nil || one.CredentialID == nil {
			return nil, status(C.FIDO_ERR_RX)
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, status(C.FIDO_ERR_NO_CREDENTIALS)
	}
	return all, nil
}

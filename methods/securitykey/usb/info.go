//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"fmt"

	"github.com/keys-pub/go-libfido2"

	"github.com/sparekey/sparekey/app"
)

// info reads what the key says of itself.
func (l *line) info() (app.KeyInfo, error) {
	said := C.fido_cbor_info_new()
	if said == nil {
		return app.KeyInfo{}, status(C.FIDO_ERR_INTERNAL)
	}
	defer C.fido_cbor_info_free(&said)
	if err := check(C.fido_dev_get_cbor_info(l.dev, said)); err != nil {
		return app.KeyInfo{}, err
	}
	i := app.KeyInfo{
		AAGUID:         uuid(goBytes(C.fido_cbor_info_aaguid_ptr(said), C.fido_cbor_info_aaguid_len(said))),
		Firmware:       firmware(uint64(C.fido_cbor_info_fwversion(said)), l),
		MinPINLength:   max(leastPIN, int(C.fido_cbor_info_minpinlen(said))),
		ForcePINChange: bool(C.fido_cbor_info_new_pin_required(said)),
		Algorithms:     algorithms(said),
		PIN:            app.PINNever,
		Room:           app.Untold,
	}
	if n := C.fido_cbor_info_rk_remaining(said); n >= 0 {
		i.Room = int(n)
	}
	options := optionsOf(said)
	if has(options, "clientPin") {
		i.PIN = app.PINUnset
	}
	if options["clientPin"] {
		i.PIN = app.PINSet
	}
	i.Fingers, i.Sensor = options["uv"], has(options, "bioEnroll") || has(options, "userVerificationMgmtPreview")
	i.Manages = options["credMgmt"] || options["credentialMgmtPreview"]
	return i, l.countersOf(&i)
}

// countersOf reads the counters; a key without a PIN or a sensor need not have them.
func (l *line) countersOf(i *app.KeyInfo) (err error) {
	if i.HasPIN() {
		if i.PINRetries, err = l.tries(pinCounter); err != nil {
			return err
		}
	}
	if i.Fingers {
		i.UVRetries, err = l.tries(uvCounter)
	}
	return err
}

func has(options map[string]bool, name string) bool {
	_, is := options[name]
	return is
}

func optionsOf(said *C.fido_cbor_info_t) map[string]bool {
	names, values := C.fido_cbor_info_options_name_ptr(said), C.fido_cbor_info_options_value_ptr(said)
	options := map[string]bool{}
	for i := range C.fido_cbor_info_options_len(said) {
		options[C.GoString(C.sk_text(names, i))] = C.sk_bool(values, i) != 0
	}
	return options
}

// algorithms lists what the key can sign with; one that doesn't say can ES256.
func algorithms(said *C.fido_cbor_info_t) []int {
	var all []int
	for i := range C.fido_cbor_info_algorithm_count(said) {
		if C.GoString(C.fido_cbor_info_algorithm_type(said, i)) == "public-key" {
			all = append(all, int(C.fido_cbor_info_algorithm_cose(said, i)))
		}
	}
	if all == nil {
		all = []int{int(libfido2.ES256)}
	}
	return all
}

// inList gives how many credentials the key takes in one list; 0 when it doesn't say.
func (l *line) inList() int {
	said := C.fido_cbor_info_new()
	if said == nil {
		return 0
	}
	defer C.fido_cbor_info_free(&said)
	if C.fido_dev_get_cbor_info(l.dev, said) != C.FIDO_OK {
		return 0
	}
	return int(C.fido_cbor_info_maxcredcntlst(said))
}

// firmware writes a version: the parts that CTAPHID tells, or the number that getInfo tells.
func firmware(n uint64, l *line) string {
	major, minor, build := C.fido_dev_major(l.dev), C.fido_dev_minor(l.dev), C.fido_dev_build(l.dev)
	switch {
	case major != 0 || minor != 0 || build != 0:
		return fmt.Sprintf("%d.%d.%d", major, minor, build)
	case n != 0:
		return fmt.Sprint(n)
	}
	return ""
}

func uuid(b []byte) string {
	if len(b) != 16 {
		return ""
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

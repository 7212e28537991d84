//go:build cgo && !nofido

package usb

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
)

// usual is the time that a person has to touch the key, where the request says none.
const usual = time.Minute

// request is a UseKey that was checked, so that nothing in it can upset libfido2, with its client data.
type request struct {
	app.UseKey
	rpID         string
	list         [][]byte // what to exclude, or what to allow
	verification app.Verification
	limit        time.Duration
	client       []byte // clientDataJSON
	hash         []byte // its SHA-256
}

func newRequest(use app.UseKey) (request, error) {
	r := request{UseKey: use}
	kind, origin, challenge := "", "", []byte(nil)
	switch c, g := use.Create, use.Get; {
	case c != nil && g == nil:
		kind, origin, challenge = "webauthn.create", c.Origin, c.Challenge
		r.rpID, r.list, r.verification, r.limit = c.RPID, c.Exclude, c.Verification, c.Timeout
		var err error
		if r.Create, err = fitted(*c); err != nil {
			return r, err
		}
	case g != nil && c == nil:
		kind, origin, challenge = "webauthn.get", g.Origin, g.Challenge
		r.rpID, r.list, r.verification, r.limit = g.RPID, g.Allow, g.Verification, g.Timeout
	default:
		return r, malformed("neither to create nor to get, or both")
	}
	if r.rpID == "" || origin == "" || len(challenge) == 0 || !plain(r.rpID, origin) {
		return r, malformed("relying party, origin or challenge")
	}
	if slices.ContainsFunc(r.list, func(id []byte) bool { return len(id) == 0 || len(id) > 1023 }) {
		return r, malformed("credential ID")
	}
	if r.limit <= 0 {
		r.limit = usual
	}
	var err error
	r.client, err = clientData(kind, origin, challenge)
	hash := sha256.Sum256(r.client)
	r.hash = hash[:]
	return r, err
}

// fitted is a request with names that every key takes.
func fitted(c app.KeyCreate) (*app.KeyCreate, error) {
	c.RPName, c.UserName, c.DisplayName = fit(c.RPName), fit(c.UserName), fit(c.DisplayName)
	if len(c.UserID) == 0 || len(c.UserID) > 64 || c.UserName == "" || len(c.Algorithms) == 0 {
		return nil, malformed("user or algorithms")
	}
	return &c, nil
}

func malformed(what string) error { return app.Errorf(app.CodeBadRequest, "usb: %s", what) }

// plain says that no text has a NUL in it, at which C would end.
func plain(texts ...string) bool {
	return !slices.ContainsFunc(texts, func(s string) bool { return strings.ContainsRune(s, 0) })
}

// clientData builds what the key signs a hash of (WebAuthn Level 3, section 5.8.1).
func clientData(kind, origin string, challenge []byte) ([]byte, error) {
	return json.Marshal(struct {
		Type        string `json:"type"`
		Challenge   string `json:"challenge"`
		Origin      string `json:"origin"`
		CrossOrigin bool   `json:"crossOrigin"`
	}{kind, base64.RawURLEncoding.EncodeToString(challenge), origin, false})
}

// Initial bytes of CBOR (RFC 8949, section 3).
const (
	cborBytes = 0x40
	cborText  = 0x60
	cborMap   = 0xa0
)

// head begins a CBOR item.
func head(major byte, n int) []byte {
	switch {
	case n < 24:
		return []byte{major | byte(n)}
	case n < 1<<8:
		return []byte{major | 24, byte(n)}
	case n < 1<<16:
		return binary.BigEndian.AppendUint16([]byte{major | 25}, uint16(n))
	}
	return binary.BigEndian.AppendUint32([]byte{major | 26}, uint32(n))
}

// attestationObject wraps what the key made (WebAuthn Level 3, section 6.5.4). Statement is CBOR already; nil makes an
// attestation "none", which names no model but what the authenticator data names.
func attestationObject(format string, statement, authData []byte) []byte {
	if statement == nil {
		format, statement = "none", head(cborMap, 0)
	}
	out := head(cborMap, 3)
	for _, text := range []string{"fmt", format, "attStmt"} {
		out = append(append(out, head(cborText, len(text))...), text...)
	}
	out = append(out, statement...)
	out = append(append(out, head(cborText, len("authData"))...), "authData"...)
	return append(append(out, head(cborBytes, len(authData))...), authData...)
}

// unwrap takes a CBOR byte string out of its wrapping, in which libfido2 gives an assertion's authenticator data.
func unwrap(item []byte) ([]byte, bool) {
	for _, size := range []int{1, 2, 3, 5} {
		if len(item) < size {
			break
		}
		if h := head(cborBytes, len(item)-size); string(h) == string(item[:size]) {
			return item[size:], true
		}
	}
	return nil, false
}

// Package signed signs a station's requests, and verifies them, by HTTP Message Signatures (RFC 9421) and Content-Digest
// (RFC 9530): the same code in client and server. There is one form of a signature and no other, so that nothing is left to
// be read in two ways:
//
//	Content-Digest: sha-256=:…:
//	Signature-Input: sig1=("@method" "@authority" "@path" "content-digest" "authorization");created=…;keyid="…";nonce="…"
//	Signature: sig1=:…:
//
// "authorization" and "idempotency-key" are covered where the request has them, and a request that has one which is not
// covered is refused. The key is Ed25519; its ID is the station's.
package signed

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/remitly-oss/httpsig-go"

	"github.com/sparekey/sparekey/app"
)

// The headers of a signature.
const (
	inputHeader     = "Signature-Input"
	signatureHeader = "Signature"
	digestHeader    = "Content-Digest"
)

// Headers are those that a signature adds to a request. Each has one value.
func Headers() []string { return []string{inputHeader, signatureHeader, digestHeader} }

// whole is what every signature covers. "@target-uri" is not among it: the library leaves the path out there.
var whole = []string{"@method", "@authority", "@path", "content-digest"}

// optional are the headers that change what a request means, covered where it has them.
var optional = []string{"authorization", "idempotency-key"}

const label = "sig1"

// covered are the components that a signature of the request has to cover, in their order.
func covered(r *http.Request) []string {
	components := whole
	for _, name := range optional {
		if len(r.Header.Values(name)) > 0 {
			components = append(components[:len(components):len(components)], name)
		}
	}
	return components
}

// authority is a server's name as it is signed: in small letters, without the port that https has anyway (RFC 9421, section
// 2.2.3).
func authority(host string) string { return strings.TrimSuffix(strings.ToLower(host), ":443") }

// Key is a station's private key, and which it is.
type Key struct {
	Station app.StationID
	Private ed25519.PrivateKey
}

// Sign signs a request as it stands, whose body is given: it adds the headers of the signature, and changes nothing else.
func (k Key) Sign(r *http.Request, body []byte) error {
	one := r.Clone(r.Context())
	one.Host = authority(r.URL.Host)
	one.Body = io.NopCloser(bytes.NewReader(body))
	for _, name := range Headers() {
		one.Header.Del(name)
	}
	err := httpsig.Sign(one, httpsig.SigningProfile{
		Algorithm: httpsig.Algo_ED25519, Digest: httpsig.DigestSHA256, Label: label, Fields: httpsig.Fields(covered(r)...),
		Metadata: []httpsig.Metadata{httpsig.MetaCreated, httpsig.MetaKeyID, httpsig.MetaNonce},
	}, httpsig.SigningKey{Key: k.Private, MetaKeyID: string(k.Station)})
	if err != nil {
		return fmt.Errorf("sign a request: %w", err)
	}
	for _, name := range Headers() {
		r.Header.Set(name, one.Header.Get(name))
	}
	return nil
}

// Signature is what a signature that holds says of itself.
type Signature struct {
	Station app.StationID
	Created time.Time // whole seconds, by the station's clock
	Nonce   string
}

// ErrSignature means that a signature does not hold, or has not the form that there is.
var ErrSignature = errors.New("the signature does not hold")

// The form of the headers: the library is given no other.
var (
	inputForm     = regexp.MustCompile(`^sig1=\(("[a-z@" -]+")\);created=([0-9]{1,11});keyid="([A-Za-z0-9_-]{1,64})";nonce="([A-Za-z0-9+/]{43}=)"$`)
	signatureForm = regexp.MustCompile(`^sig1=:[A-Za-z0-9+/]{86}==:$`)
	digestForm    = regexp.MustCompile(`^sha-256=:[A-Za-z0-9+/]{43}=:$`)
)

// Present reports whether a request is signed, however badly.
func Present(r *http.Request) bool {
	return len(r.Header.Values(inputHeader)) > 0 || len(r.Header.Values(signatureHeader)) > 0
}

// Verify verifies the signature of a request, with the key that find gives for a station. The request's Host has to be the
// server's own name. The body is read whole, and can be read again. The error is ErrSignature, or find's own.
func Verify(r *http.Request, find func(context.Context, app.StationID) (ed25519.PublicKey, error)) (Signature, error) {
	said, err := read(r)
	if err != nil {
		return Signature{}, err
	}
	one := *r
	one.Host = authority(r.Host)
	verifier, err := httpsig.NewVerifier(&finder{find}, httpsig.VerifyProfile{
		SignatureLabel: label, AllowedAlgorithms: []httpsig.Algorithm{httpsig.Algo_ED25519}, DisableTimeEnforcement: true,
	})
	if err != nil {
		return Signature{}, err
	}
	_, err = verifier.Verify(&one)
	r.Body = one.Body
	var found *findError
	switch {
	case errors.As(err, &found):
		return Signature{}, found.cause
	case err != nil:
		return Signature{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return said, nil
}

// read reads what a signature says, where it has its form and covers what it has to.
func read(r *http.Request) (Signature, error) {
	for _, name := range Headers() {
		if len(r.Header.Values(name)) != 1 {
			return Signature{}, fmt.Errorf("%w: %s stands there %d times", ErrSignature, name, len(r.Header.Values(name)))
		}
	}
	input := inputForm.FindStringSubmatch(r.Header.Get(inputHeader))
	if input == nil || !signatureForm.MatchString(r.Header.Get(signatureHeader)) || !digestForm.MatchString(r.Header.Get(digestHeader)) {
		return Signature{}, fmt.Errorf("%w: it has another form", ErrSignature)
	}
	if want := `"` + strings.Join(covered(r), `" "`) + `"`; input[1] != want {
		return Signature{}, fmt.Errorf("%w: it does not cover what the request has", ErrSignature)
	}
	created, err := strconv.ParseInt(input[2], 10, 64)
	if err != nil {
		return Signature{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return Signature{Station: app.StationID(input[3]), Created: time.Unix(created, 0), Nonce: input[4]}, nil
}

// finder is find as the library asks for keys.
type finder struct {
	find func(context.Context, app.StationID) (ed25519.PublicKey, error)
}

// findError is an error of find's on its way through the library.
type findError struct{ cause error }

func (e *findError) Error() string { return e.cause.Error() }

// FetchByKeyID implements httpsig.KeyFetcher.
func (f *finder) FetchByKeyID(ctx context.Context, _ http.Header, id string) (httpsig.KeySpecer, error) {
	key, err := f.find(ctx, app.StationID(id))
	if err != nil {
		return nil, &findError{err}
	}
	return httpsig.KeySpec{KeyID: id, Algo: httpsig.Algo_ED25519, PubKey: key}, nil
}

// Fetch implements httpsig.KeyFetcher; each signature has its key's ID.
func (f *finder) Fetch(context.Context, http.Header, httpsig.MetadataProvider) (httpsig.KeySpecer, error) {
	return nil, ErrSignature
}

//go:build nofido || !cgo

package usb

import (
	"context"

	"github.com/sparekey/sparekey/app"
)

// Supported says whether this program was built to drive keys.
const Supported = false

// Driver drives no keys: this program was built without libfido2.
type Driver struct{}

// New gives a driver.
func New() *Driver { return &Driver{} }

var (
	_ app.KeyDriver  = (*Driver)(nil)
	_ app.KeyManager = (*Driver)(nil)
)

func unsupported() error { return &app.Error{Code: app.CodeKeyUnsupported} }

// Watch tells that there are no keys.
func (*Driver) Watch(ctx context.Context) <-chan []app.KeyInfo {
	out := make(chan []app.KeyInfo, 1)
	out <- nil
	context.AfterFunc(ctx, func() { close(out) })
	return out
}

// Expect expects nothing.
func (*Driver) Expect() {}

// Run fails.
func (*Driver) Run(context.Context, app.UseKey, app.KeyTalk) (app.KeyAnswer, error) {
	return app.KeyAnswer{}, unsupported()
}

// SetPIN fails.
func (*Driver) SetPIN(context.Context, app.KeyID, app.Secret) error { return unsupported() }

// ChangePIN fails.
func (*Driver) ChangePIN(context.Context, app.KeyAccess, app.Secret) error { return unsupported() }

// Credentials fails.
func (*Driver) Credentials(context.Context, app.KeyAccess) ([]app.KeyCredential, error) {
	return nil, unsupported()
}

// DeleteCredential fails.
func (*Driver) DeleteCredential(context.Context, app.KeyAccess, []byte) error { return unsupported() }

// Fingerprints fails.
func (*Driver) Fingerprints(context.Context, app.KeyAccess) ([]app.Fingerprint, error) {
	return nil, unsupported()
}

// EnrolFingerprint fails.
func (*Driver) EnrolFingerprint(context.Context, app.KeyAccess, string, func(app.FingerSample)) (app.Fingerprint, error) {
	return app.Fingerprint{}, unsupported()
}

// NameFingerprint fails.
func (*Driver) NameFingerprint(context.Context, app.KeyAccess, app.Fingerprint) error {
	return unsupported()
}

// DeleteFingerprint fails.
func (*Driver) DeleteFingerprint(context.Context, app.KeyAccess, []byte) error { return unsupported() }

// Reset fails.
func (*Driver) Reset(context.Context, app.KeyID, func(context.Context)) error { return unsupported() }

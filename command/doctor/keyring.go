package doctor

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/client/keyring"
)

// checkKeyring sets, gets and deletes a probe. All three together may take as long as one call of the window.
func (d Doctor) checkKeyring(ctx context.Context) Finding {
	ctx, cancel := context.WithTimeout(ctx, keyring.Deadline)
	defer cancel()
	const probe = "probe"
	err := d.keyring.Save(ctx, app.NewSecret(probe))
	if err == nil {
		var got app.Secret
		got, err = d.keyring.Load(ctx)
		if err == nil && got.Reveal() != probe {
			err = errors.New(words.Text("doctor.keyring.other"))
		}
		err = errors.Join(err, d.keyring.Forget(ctx))
	}
	f := Finding{Check: "keyring", Health: Attention}
	switch {
	case err == nil:
		f.Health, f.What = Healthy, words.Text("doctor.keyring.good")
	case errors.Is(err, keyring.ErrNoBus):
		f.What, f.Do = words.Text("doctor.keyring.no_bus"), words.Text("doctor.keyring.no_bus.do")
	case errors.Is(err, keyring.ErrLocked):
		f.What, f.Do = words.Text("doctor.keyring.locked"), words.Text("doctor.keyring.locked.do")
	default:
		f.What, f.Do = words.Text("doctor.keyring.failed", words.Values{"why": err}), words.Text("doctor.keyring.failed.do")
	}
	return f
}

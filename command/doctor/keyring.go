package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/client/keyring"
)

// sessionBus looks where the keyring's library does. Asked without a bus, that starts one, which nobody ends.
func sessionBus(address, runtimeFolder string) bool {
	if address != "" && address != "autolaunch:" {
		return true
	}
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join(runtimeFolder, name)); err == nil {
			return true
		}
	}
	return false
}

// checkKeyring sets, gets and deletes a probe. All three together may take as long as one call of the window.
func (d Doctor) checkKeyring(ctx context.Context) Finding {
	if d.system != "windows" && d.system != "darwin" && !d.bus() {
		return Finding{
			"keyring", Attention, words.Text("doctor.keyring.no_bus"), words.Text("doctor.keyring.no_bus.do"),
		}
	}
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
	if err != nil {
		return Finding{
			"keyring", Attention, words.Text("doctor.keyring.failed", words.Values{"why": err}), words.Text("doctor.keyring.failed.do"),
		}
	}
	return Finding{Check: "keyring", Health: Healthy, What: words.Text("doctor.keyring.good")}
}

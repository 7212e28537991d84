package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/sparekey/sparekey/app"
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
			"keyring", Attention, "there is no session bus to reach one on, so who is signed in is signed out when the window closes",
			"Start Sparekey in a graphical session, or with dbus-run-session",
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
			err = errors.New("it gave back something else")
		}
		err = errors.Join(err, d.keyring.Forget(ctx))
	}
	if err != nil {
		return Finding{
			"keyring", Attention, "it keeps nothing, so who is signed in is signed out when the window closes: " + err.Error(),
			"Unlock the login keyring, or install one (gnome-keyring, KWallet)",
		}
	}
	return Finding{Check: "keyring", Health: Healthy, What: "a probe was kept, read and deleted"}
}

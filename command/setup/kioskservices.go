package setup

import (
	"path/filepath"

	"github.com/sparekey/sparekey/app"
)

// KioskServices are services for a screen that anybody may walk up to: no token outlives a person, and no keyring is asked.
type KioskServices struct {
	app.Services
	Remembered app.Organisation // before the server has answered
	// Rest lets go of the connections to the server, whose buffers have what was sent last. Nothing is lost by it.
	Rest func()
}

// Kiosk gives the services of the organisation's server for a kiosk that keeps what it remembers of it in a folder.
func (f InForce) Kiosk(server, state string) (KioskServices, error) {
	c, err := f.client(server)
	if err != nil {
		return KioskServices{}, err
	}
	services, path := c.Services(), ""
	if state != "" {
		path = filepath.Join(state, "organisation.json")
	}
	services.Front = remembering{services.Front, server, path}
	return KioskServices{services, f.rememberedAt(path), c.Rest}, nil
}

// KioskServices are those of the trial.
func (t *Trial) KioskServices() KioskServices {
	c := InProcess(t.Handler)
	return KioskServices{c.Services(), app.Organisation{}, c.Rest}
}

package setup

import (
	"context"
	"net/http"
	"os"
	"os/user"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/client/keyring"
)

// InProcess is a client of a backend in this process: no port is opened.
func InProcess(handler http.Handler) *client.Client {
	return &client.Client{Transport: client.InProcess(handler), Station: Station()}
}

// Remote is a client of the organisation's server.
func Remote(server string) *client.Client {
	return &client.Client{
		Base: server, Station: Station(),
		Keep: &keyring.Keyring{Service: "Sparekey", Account: server},
	}
}

// Connect looks whether a server answers at the address, and keeps it in the settings file at path.
func Connect(ctx context.Context, path, address string) (app.Services, error) {
	if err := CheckServer(address); err != nil {
		return app.Services{}, &app.Error{Code: app.CodeOffline, Field: "address", Params: map[string]string{"reason": "address"}, Cause: err}
	}
	services := Remote(address).Services()
	if _, err := services.Front.Organisation(ctx); err != nil {
		return app.Services{}, err
	}
	return services, saveServer(path, address)
}

// Services are those of the trial, whose window keeps its token in the keyring.
func (t *Trial) Services() app.Services {
	c := InProcess(t.Handler)
	c.Keep = &keyring.Keyring{Service: "Sparekey trial", Account: t.config.Folders.Data}
	return c.Services()
}

// Station is what this workstation calls itself; empty when it doesn't say.
func Station() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// Operator is the person who runs this program, as the operating system calls them.
func Operator() string {
	me, err := user.Current()
	if err != nil || me.Username == "" {
		return "unknown"
	}
	return me.Username
}

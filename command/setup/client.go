package setup

import (
	"context"
	"net/http"
	"os"
	"os/user"
	"sync"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/client/keyring"
)

// InProcess is a client of a backend in this process: no port is opened.
func InProcess(handler http.Handler) *client.Client {
	return &client.Client{Transport: client.InProcess(handler), Station: Station()}
}

// Remote gives the services of the organisation's server, which is remembered for when it is away.
func (f InForce) Remote(server string) (app.Services, error) {
	c, err := f.client(server)
	if err != nil {
		return app.Services{}, err
	}
	c.Keep = &keyring.Keyring{Service: "Sparekey", Account: server}
	services := c.Services()
	services.Front = remembering{services.Front, server, memoryPath()}
	return services, nil
}

// client is one of a server, as the settings have it; it signs what it sends where this computer is a station of the server's.
func (f InForce) client(server string) (*client.Client, error) {
	trust, err := f.trust()
	if err != nil {
		return nil, err
	}
	key, err := f.signer(server)
	if err != nil {
		return nil, err
	}
	return &client.Client{Base: server, Station: Station(), Trust: trust, Key: key}, nil
}

// Connect looks whether a server answers at the address, and keeps it in the person's settings file. Where that can't be
// written the server serves all the same, and kept is false.
func (f InForce) Connect(ctx context.Context, address string) (services app.Services, kept bool, err error) {
	if err := CheckServer(address); err != nil {
		return app.Services{}, false, &app.Error{Code: app.CodeOffline, Params: map[string]string{"reason": "address"}, Cause: err}
	}
	if services, err = f.Remote(address); err != nil {
		return app.Services{}, false, err
	}
	if _, err := services.Front.Organisation(ctx); err != nil {
		return app.Services{}, false, err
	}
	return services, f.File != "" && SaveServer(f.File, address) == nil, nil
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

// Operator is the person who began this program, as the operating system calls them, whoever it goes on as.
func Operator() string { return operator() }

var operator = sync.OnceValue(func() string {
	me, err := user.Current()
	if err != nil || me.Username == "" {
		return "unknown"
	}
	return me.Username
})

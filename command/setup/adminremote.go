package setup

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/systemd"
)

// administerRemote gives the administration of a server over the network, by a token for scripts. Whom to believe on the way there
// say the settings in force, as for the window. The error is one of words, and nothing was sent.
func administerRemote(target Target) (app.Administration, error) {
	set, err := Sources{Managed: target.managed}.Load()
	if err != nil {
		return app.Administration{}, err
	}
	if set.IsManaged("server") && set.Server != target.Remote {
		return app.Administration{}, errors.New(words.Text("command.connect.managed", words.Values{"server": set.Server, "place": set.Place}))
	}
	token, err := readToken(target.Token)
	if err != nil {
		return app.Administration{}, InWords(err)
	}
	c, err := set.client(target.Remote)
	if err != nil {
		return app.Administration{}, err
	}
	c.Token = token
	return c.Administration(), nil
}

// maxToken is how much of a token's file is read, in bytes.
const maxToken = 1 << 10

// readToken reads the token for scripts in a file that nobody else may read, or that systemd hands over under a name
// ("credential:NAME"). What is wrong with it is a *config.Problems: what is no token, such as a key, goes nowhere.
func readToken(name string) (app.Secret, error) {
	wrong := func(p app.Problem) (app.Secret, error) {
		return app.Secret{}, &config.Problems{File: name, List: []app.Problem{p}}
	}
	path := name
	held, isHeld := strings.CutPrefix(name, credential)
	if isHeld {
		var err error
		path, err = systemd.Credential(held)
		switch {
		case errors.Is(err, systemd.ErrNoCredentials):
			return wrong(app.NewProblem("", "credentials_none"))
		case errors.Is(err, fs.ErrNotExist):
			return wrong(app.NewProblem("", "credential_name", "is", held))
		case err != nil:
			return app.Secret{}, err
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return app.Secret{}, err
	}
	if !isHeld && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return wrong(app.NewProblem("", "token_exposed"))
	}
	data, err := files.Read(path, maxToken)
	if err != nil {
		return app.Secret{}, err
	}
	text := strings.TrimSpace(string(data))
	if !app.IsToken(text) {
		return wrong(app.NewProblem("", "no_token", "prefix", app.TokenPrefix))
	}
	return app.NewSecret(text), nil
}

// KnowsNoTokens reports whether a server's description of its API has no tokens for scripts, as that of an older one, and the version
// that it says. It is asked without a token.
func KnowsNoTokens(ctx context.Context, server string) (version string, old bool) {
	set, err := Sources{}.Load()
	if err != nil {
		return "", false
	}
	trust, err := set.trust()
	if err != nil {
		return "", false
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", false
	}
	transport := trust.Transport(u.Hostname())
	defer transport.CloseIdleConnections()
	d := describedBy(ctx, server, transport)
	_, knows := d.Paths["/v1/admin/tokens"]
	return d.Info.Version, len(d.Paths) > 0 && !knows
}

// description is what is read of the description of a server's API.
type description struct {
	Info struct {
		Version string `json:"version"`
	} `json:"info"`
	Paths map[string]json.RawMessage `json:"paths"`
}

// describedBy reads a server's description; an empty one where there is none.
func describedBy(ctx context.Context, server string, transport http.RoundTripper) (d description) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/openapi.json", nil)
	if err != nil {
		return description{}
	}
	a, err := transport.RoundTrip(r)
	if err != nil {
		return description{}
	}
	defer func() { _ = a.Body.Close() }()
	if a.StatusCode != http.StatusOK || json.NewDecoder(io.LimitReader(a.Body, maxDescription)).Decode(&d) != nil {
		return description{}
	}
	return d
}

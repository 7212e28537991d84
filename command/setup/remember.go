package setup

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
)

// remembering is a server's front door, of which a little is kept for when the server is away.
type remembering struct {
	app.Front
	server string
	path   string // of the file; empty: nothing is kept
}

// Organisation implements app.Front.
func (r remembering) Organisation(ctx context.Context) (app.Organisation, error) {
	org, err := r.Front.Organisation(ctx)
	if err == nil {
		r.keep(org)
	}
	return org, err
}

// memory is what is kept of an organisation: what a page can show that has no answer from it. Nothing else is.
type memory struct {
	Server string `json:"server"`
	Name   string `json:"name"`
	Colour string `json:"colour,omitempty"`
	Desk   string `json:"help_desk,omitempty"`
	Phone  string `json:"phone,omitempty"`
	Hours  string `json:"hours,omitempty"`
	Link   string `json:"link,omitempty"`
}

// helpDesk is the help desk of it.
func (m memory) helpDesk() app.HelpDesk {
	return app.HelpDesk{Name: m.Desk, Phone: m.Phone, Hours: m.Hours, Link: m.Link}
}

// maxMemory is the most that is read of it, in bytes.
const maxMemory = 64 << 10

// keep writes down the organisation, unless that stands there already. Who can't keep it does without.
func (r remembering) keep(org app.Organisation) {
	desk := org.HelpDesk
	now := memory{r.server, org.Name, org.Colour, desk.Name, desk.Phone, desk.Hours, desk.Link}
	if r.path == "" || readMemory(r.path) == now || os.MkdirAll(filepath.Dir(r.path), 0o700) != nil {
		return
	}
	_ = files.Replace(r.path, 0o600, func(w io.Writer) error { return json.NewEncoder(w).Encode(now) })
}

// readMemory gives what is kept; nothing where there is nothing, or nothing that can be read.
func readMemory(path string) (m memory) {
	data, err := files.Read(path, maxMemory)
	if err != nil || json.Unmarshal(data, &m) != nil {
		return memory{}
	}
	return m
}

// memoryPath is where an organisation is remembered: in the person's cache; empty without a profile.
func memoryPath() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "sparekey", "organisation.json")
}

// Remembered is what can be shown of the organisation before its server has answered: its last answer, and the help desk of
// the settings where there was none.
func (f InForce) Remembered() app.Organisation { return f.rememberedAt(memoryPath()) }

// rememberedAt is Remembered for what is kept in another file.
func (f InForce) rememberedAt(path string) app.Organisation {
	org := app.Organisation{HelpDesk: app.HelpDesk{Name: f.HelpDesk}}
	if m := readMemory(path); f.Server != "" && m.Server == f.Server {
		org.Name, org.Colour = m.Name, m.Colour
		if m.Desk != "" {
			org.HelpDesk = m.helpDesk()
		}
	}
	return org
}

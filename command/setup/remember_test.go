package setup

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// oneFront is a front door that answers as it is told to.
type oneFront struct {
	org app.Organisation
	err error
}

func (f *oneFront) Organisation(context.Context) (app.Organisation, error) { return f.org, f.err }

func TestTheHelpDeskIsThereWhileTheServerIsAway(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"} {
		t.Setenv(name, t.TempDir())
	}
	desk := app.HelpDesk{Name: "IT help desk", Phone: "ext. 4400", Hours: "7:00 to 19:00"}
	server := &oneFront{org: app.Organisation{Name: "Harbour Hospital", Colour: "#0B6B5D", HelpDesk: desk, Reset: true, Logo: []byte("logo")}}
	r := remembering{server, "https://a.example", memoryPath()}
	in := InForce{Settings: Settings{Server: "https://a.example", HelpDesk: "of the settings"}}
	if got := in.Remembered(); got.HelpDesk.Name != "of the settings" || got.Name != "" {
		t.Errorf("before the first answer: %+v", got)
	}
	if _, err := r.Organisation(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.err = errors.New("away")
	if _, err := r.Organisation(t.Context()); err == nil {
		t.Error("what is remembered was taken for an answer")
	}
	got := in.Remembered()
	if got.Name != "Harbour Hospital" || got.HelpDesk != desk || got.Reset || got.Logo != nil {
		t.Errorf("remembered: %+v", got)
	}
	if HelpDesk("") != "IT help desk, ext. 4400" {
		t.Errorf("where there is no window: %q", HelpDesk(""))
	}
	if info, err := os.Stat(memoryPath()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	in.Server = "https://b.example"
	if got := in.Remembered(); got.Name != "" || got.HelpDesk.Name != "of the settings" {
		t.Errorf("another server's organisation: %+v", got)
	}
	for _, damaged := range []string{"", "{", "[]", `{"server":7}`} {
		if err := os.WriteFile(memoryPath(), []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		in.Server = "https://a.example"
		if got := in.Remembered(); got.Name != "" || got.HelpDesk.Name != "of the settings" {
			t.Errorf("%q: %+v", damaged, got)
		}
	}
	if got, err := (remembering{&oneFront{org: server.org}, "https://a.example", ""}).Organisation(t.Context()); err != nil || got.Name != "Harbour Hospital" {
		t.Errorf("without a profile: %+v, %v", got, err)
	}
}

package setup

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app/config"
)

// managing is a computer on which an organisation set what a document says.
func managing(document string) func(any) (string, error) {
	return func(into any) (string, error) {
		if document == "" {
			return "", nil
		}
		return "managed.toml", config.Decode("managed.toml", []byte(document), into)
	}
}

const (
	pinA = "d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM="
	pinB = "E9CZ9INDbd+2eRQozYqqbQ2yXLVKB9+xcprMF+44U1g="
)

func TestWhatTheOrganisationSetGoesFirst(t *testing.T) {
	own := filepath.Join(t.TempDir(), "settings.toml")
	write(t, own, "server = \"https://mine.example\"\nappearance = \"dark\"\nhelp_desk = \"mine\"\n")
	flags := Settings{Server: "https://flag.example", Appearance: "light"}
	for name, c := range map[string]struct {
		managed            string
		want               Settings
		managing, outvoted []string
	}{
		"nothing": {"", Settings{Server: "https://flag.example", Appearance: "light", HelpDesk: "mine"}, nil, nil},
		"the server": {"server = \"https://ours.example\"", Settings{Server: "https://ours.example", Appearance: "light", HelpDesk: "mine"},
			[]string{"server"}, []string{"server"}},
		"the same": {"appearance = \"light\"", Settings{Server: "https://flag.example", Appearance: "light", HelpDesk: "mine"}, []string{"appearance"}, []string{"appearance"}},
		"everything": {"server = \"https://ours.example\"\nappearance = \"system\"\nhelp_desk = \"ours\"\nproxy = \"direct\"\npins = [\"" + pinA + "\", \"" + pinB + "\"]",
			Settings{Server: "https://ours.example", Appearance: "system", HelpDesk: "ours", Proxy: "direct", Pins: []string{pinA, pinB}},
			[]string{"server", "appearance", "help_desk", "proxy", "pins"}, []string{"server", "appearance", "help_desk"}},
	} {
		got, err := Sources{Managed: managing(c.managed), Flags: flags, File: own}.Load()
		if err != nil || !reflect.DeepEqual(got.Settings, c.want) || !slices.Equal(got.Managed, c.managing) || !slices.Equal(got.Overruled, c.outvoted) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestManagedSettingsThatAreWrongAreNotPassedOver, whatever else could be read: nothing else takes their place.
func TestManagedSettingsThatAreWrongAreNotPassedOver(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "none.pem")
	write(t, empty, "nothing\n")
	if err := os.Chmod(empty, 0o644); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(t.TempDir(), "settings.toml")
	write(t, own, "server = \"https://mine.example\"\n")
	for document, want := range map[string]string{
		"server = \"http://a.example\"": "managed.toml: server: must begin with https://",
		"server = 7":                    "managed.toml:1: server: must be a text in quotes",
		"colour = \"red\"":              "managed.toml:1: colour: is not a setting",
		"appearance = \"pink\"":         "managed.toml: appearance: must be",
		"proxy = \"http://ana:secret@proxy.example:3128\"": "managed.toml: proxy: must be an address",
		"proxy = \"ftp://proxy.example\"":                  "managed.toml: proxy: must be an address",
		"proxy = \"proxy.example\"":                        "managed.toml: proxy: must be an address",
		"ca_file = \"ca.pem\"":                             "managed.toml: ca_file: must be a full path",
		"ca_file = \"/nowhere/ca.pem\"":                    "/nowhere",
		"pins = []":                                        "managed.toml: pins: must name a key",
		"pins = [\"" + pinA + "\", \"abc\"]":               "managed.toml: pins: number 2 is not the SHA-256 of a key",
		"pins = [\"sha256/" + pinA + "\"]":                 "managed.toml: pins: number 1 is not",
		"server = \"https://a.example\"\nserver = \"\"":    "managed.toml:2",
	} {
		got, err := Sources{Managed: managing(document), File: own}.Load()
		if err == nil || !errors.Is(err, ErrManaged) || !strings.Contains(err.Error(), want) || got.Server != "" {
			t.Errorf("%s: %+v, %v; want %q", document, got.Settings, err, want)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("a password is told: %v", err)
		}
	}
	if os.Getuid() == 0 { // whose file it must be
		_, err := Sources{Managed: managing("ca_file = \"" + empty + "\""), File: own}.Load()
		if err == nil || !strings.Contains(err.Error(), "there is no certificate in it") {
			t.Errorf("a file without certificates: %v", err)
		}
	}
}

func TestWhatCantBeLoadedSaysHowToReachTheHelpDesk(t *testing.T) {
	got, err := Sources{Managed: managing("server = 7\nhelp_desk = \"IT, ext. 4400\""), File: filepath.Join(t.TempDir(), "none.toml")}.Load()
	if err == nil || got.HelpDesk != "IT, ext. 4400" {
		t.Errorf("%+v, %v", got, err)
	}
}

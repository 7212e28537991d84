package setup

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestSettingsThatAreMissingAreEmpty(t *testing.T) {
	s, err := LoadSettings(filepath.Join(t.TempDir(), "settings.toml"))
	if err != nil || !reflect.DeepEqual(s, Settings{}) {
		t.Fatalf("got %+v, %v; want empty settings and no error", s, err)
	}
}

func TestSettingsThatCantBeReadAreAnError(t *testing.T) {
	if _, err := LoadSettings(t.TempDir()); err == nil {
		t.Fatal("a folder in the place of the file was taken for no settings")
	}
}

func TestBadSettingsNameFileLineAndKey(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":  {"server = \"https://a.example\"\ncolour = \"red\"\n", "s.toml:2: colour"},
		"wrong type":   {"\nserver = 7\n", "s.toml:2: server"},
		"plain http":   {"# c\nserver = \"http://a.example\"\n", "s.toml:2: server: must begin with https://"},
		"with a path":  {"server = \"https://a.example/x\"\n", "s.toml:1: server: must be the server's name alone"},
		"no host":      {"server = \"https://\"\n", "s.toml:1: server: must be an address"},
		"appearance":   {"server = \"https://a.example\"\n\nappearance = \"pink\"\n", "s.toml:3: appearance: must be"},
		"not a table":  {"server\n", "s.toml:1"},
		"a pin":        {"pins = []\n", "s.toml:1: pins: only the organisation sets this"},
		"a proxy":      {"\nproxy = \"direct\"\n", "s.toml:2: proxy: only the organisation sets this"},
		"an authority": {"ca_file = \"/tmp/ca.pem\"\n", "s.toml:1: ca_file: only the organisation sets this"},
		"a bad escape": {"server = \"\\q\"\n", "s.toml:1"},
	} {
		_, err := parseSettings("s.toml", []byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error that begins with %q", name, err, c.want)
		}
	}
}

func TestSettingsAreATextOfWindowsToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.toml")
	write(t, path, "\ufeffserver = \"https://reset.example.org\"\r\n")
	if s, err := LoadSettings(path); err != nil || s.Server != "https://reset.example.org" {
		t.Errorf("with a byte order mark: %+v, %v", s, err)
	}
	write(t, path, "\xff\xfes\x00e\x00")
	if _, err := LoadSettings(path); err == nil || !strings.HasPrefix(err.Error(), path+": the file is in UTF-16: save it as UTF-8") {
		t.Errorf("in UTF-16: %v", err)
	}
	write(t, path, "\ufeffserver = \"https://reset.example.org\"\ncolour = \"red\"\n")
	if _, err := LoadSettings(path); err == nil || !strings.HasPrefix(err.Error(), path+":2: colour: ") {
		t.Errorf("a wrong line: %v", err)
	}
}

func TestAServerIsKeptWithTheOtherSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "settings.toml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("appearance = \"dark\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := SaveServer(path, "https://reset.example.org"); err != nil {
		t.Fatal(err)
	}
	s, err := LoadSettings(path)
	if err != nil || !reflect.DeepEqual(s, Settings{Server: "https://reset.example.org", Appearance: "dark"}) {
		t.Fatalf("got %+v, %v", s, err)
	}
}

func TestSettingsStayAsTheirOwnerWroteThem(t *testing.T) {
	const address = "https://new.example.org"
	for before, after := range map[string]string{
		"": "server = \"" + address + "\"\n",
		"# ours\nappearance = 'dark' # as people like it":                        "server = \"" + address + "\"\n# ours\nappearance = 'dark' # as people like it",
		"# ours\nserver = 'https://old.example.org'\n\n#appearance = \"dark\"\n": "# ours\nserver = \"" + address + "\"\n\n#appearance = \"dark\"\n",
		"server = '''\nhttps://old.example.org'''\n":                             "server = \"" + address + "\"\n",
	} {
		path, link := filepath.Join(t.TempDir(), "ours.toml"), filepath.Join(t.TempDir(), "settings.toml")
		write(t, path, before)
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		if err := SaveServer(link, address); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != after {
			t.Errorf("%q became %q, %v; want %q", before, got, err, after)
		}
		if s, err := LoadSettings(link); err != nil || s.Server != address {
			t.Errorf("%q: %+v, %v", before, s, err)
		}
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("server = \"https://a.example\"\n")
	f.Add("appearance = 'dark'")
	f.Add("server = [1]")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSettings("s.toml", []byte(text))
		if err == nil && s.Check() != nil {
			t.Fatalf("%q was taken, and its settings %+v are wrong", text, s)
		}
	})
}

func TestRegionOfALocale(t *testing.T) {
	for locale, want := range map[string]string{"en-GB": "GB", "zh-Hant-TW": "TW", "de": "", "": "", "en-001": "", "en-Latn": ""} {
		if got := regionOf(locale); got != want {
			t.Errorf("%q is in %q, want %q", locale, got, want)
		}
	}
}

// TestTheHelpDeskIsFoundInWrongSettings: it is needed most where nothing else in them can be read.
func TestTheHelpDeskIsFoundInWrongSettings(t *testing.T) {
	for text, want := range map[string]string{
		"help_desk = \"IT, ext. 4400\"\n":                                                     "IT, ext. 4400",
		"\xef\xbb\xbfserver = 7\r\n  help_desk=\"IT \\\"A\\\"\"\r\n":                          `IT "A"`,
		"[[[\nhelp_desk = \"IT\" # here\n]":                                                   "IT",
		"\xff\xfe" + strings.Join(strings.Split("help_desk = \"IT\"\n", ""), "\x00") + "\x00": "IT", // in UTF-16
		"\xef\xbb\xbfhelp_desk = \"IT\"\n":                                                    "IT",
		"help_desk = 7\n":                                                                     "",
		"help_desk = \"IT\n":                                                                  "",
		"# help_desk = \"IT\"\n":                                                              "",
		"":                                                                                    "",
	} {
		path := filepath.Join(t.TempDir(), "settings.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := helpDeskIn(path); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := helpDeskIn(""); got != "" {
		t.Errorf("without settings: %q", got)
	}
}

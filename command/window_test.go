//go:build !headless

package command

import (
	"strings"
	"testing"
)

func TestTheWindowsCommandsAnswer(t *testing.T) {
	wrong := file(t, "settings.toml", "\nserver = \"http://reset.example.org\"\n")
	answers(t, map[string]answer{
		"help of one":      {[]string{"tour", "--help"}, 0, "--out", ""},
		"unknown flag":     {[]string{"try", "--frobnicate"}, 2, "", "frobnicate"},
		"tour without out": {[]string{"tour"}, 2, "", "--out"},
		"bad settings":     {[]string{"--settings", wrong}, 2, "", wrong + ":2: server: must begin with https://"},
		"no such settings": {[]string{"--settings", wrong + ".none"}, 2, "", "no such file"},
		"bad server flag":  {[]string{"--settings", file(t, "s.toml", ""), "--server", "reset.example.org"}, 2, "", "--server: must be an address"},
	})
}

func TestTheDoctorEndsWithOneWhereThereIsAProblem(t *testing.T) {
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME", "XDG_CONFIG_HOME"} {
		t.Setenv(name, "")
	}
	code, out, errs := said(t, "doctor")
	if code != 1 || !strings.Contains(out, "no profile") || !strings.Contains(out, "problem") || errs != "sparekey: doctor: problems: 1\n" {
		t.Errorf("exit code %d:\n%s%s", code, out, errs)
	}
	if code, _, _ := said(t, "doctor", "--server", "http://a.example"); code != 2 {
		t.Errorf("a server without TLS: exit code %d, want 2", code)
	}
}

func TestTheTrialsFileIsCheckedBeforeItsWindowOpens(t *testing.T) {
	path := file(t, "policy.toml", "\n[methods]\ngates = 9\n")
	answers(t, map[string]answer{"a bad file": {[]string{"try", "--policy", path, "--data", t.TempDir()}, 2, "", path + ":3: methods.gates: "}})
}

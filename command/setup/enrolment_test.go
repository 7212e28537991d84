package setup

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const enrolmentSeed = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="

// kioskAt is a computer with a file where its key would lie, with a mode; the settings name the file.
func kioskAt(t *testing.T, content string, mode os.FileMode) InForce {
	t.Helper()
	path := filepath.Join(t.TempDir(), "station.key")
	write(t, path, content)
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return InForce{Settings: Settings{Server: "https://reset.example.org", StationKey: path}}
}

var goodEnrolment = Enrolment{Server: "https://reset.example.org", Station: "S1", Name: `Kiosk "lobby"`, Seed: enrolmentSeed}

func TestAStationSignsForItsOwnServerAlone(t *testing.T) {
	f := kioskAt(t, goodEnrolment.String(), 0o600)
	e, err := f.Enrolment()
	if err != nil || e == nil || *e != goodEnrolment {
		t.Fatalf("read back: %+v, %v", e, err)
	}
	for server, signs := range map[string]bool{"https://reset.example.org": true, "https://reset.example.com": false} {
		c, err := f.client(server)
		if err != nil || (c.Key != nil) != signs {
			t.Errorf("%s: %+v, %v", server, c, err)
		}
		if signs && c.Key.Station != "S1" {
			t.Errorf("it signs as %s", c.Key.Station)
		}
	}
	none := InForce{Settings: Settings{StationKey: filepath.Join(t.TempDir(), "none.key")}}
	if c, err := none.client("https://reset.example.org"); err != nil || c.Key != nil {
		t.Errorf("without a key: %+v, %v", c, err)
	}
}

// Threat: a key that anybody at the computer can copy stands for anybody's computer.
func TestAKeyThatOthersMayReadCountsForNothing(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no mode bits")
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o602, 0o601, 0o610, 0o666} {
		f := kioskAt(t, goodEnrolment.String(), mode)
		if _, err := f.Enrolment(); err == nil || !strings.Contains(err.Error(), "others may read this key") || strings.Contains(err.Error(), enrolmentSeed) {
			t.Errorf("%o: %v", mode, err)
		}
		if _, err := f.Remote("https://reset.example.org"); err == nil {
			t.Errorf("%o: a window opens with it", mode)
		}
	}
	for _, mode := range []os.FileMode{0o600, 0o400} {
		if _, err := kioskAt(t, goodEnrolment.String(), mode).Enrolment(); err != nil {
			t.Errorf("%o: %v", mode, err)
		}
	}
}

func TestWhatIsNoStationsKey(t *testing.T) {
	for name, c := range map[string]struct{ from, to string }{
		"empty":           {goodEnrolment.String(), ""},
		"no ID":           {`"S1"`, `""`},
		"half a key":      {enrolmentSeed, enrolmentSeed[4:]},
		"no base64":       {enrolmentSeed, "?" + enrolmentSeed[1:]},
		"another address": {"https://", "http://"},
		"another setting": {"name = ", "named = "},
		"cut":             {enrolmentSeed + "\"", enrolmentSeed},
	} {
		f := kioskAt(t, strings.Replace(goodEnrolment.String(), c.from, c.to, 1), 0o600)
		if e, err := f.Enrolment(); err == nil || strings.Contains(err.Error(), enrolmentSeed) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

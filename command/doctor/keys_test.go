package doctor

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sparekey/sparekey/app"
)

// drawer tells of keys one list after the other, a second apart.
type drawer [][]app.KeyInfo

func (d drawer) Watch(ctx context.Context) <-chan []app.KeyInfo {
	out := make(chan []app.KeyInfo)
	go func() {
		defer close(out)
		for _, keys := range d {
			select {
			case out <- keys:
			case <-ctx.Done():
				return
			}
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				return
			}
		}
		<-ctx.Done()
	}()
	return out
}

func (drawer) Expect() {}

func (drawer) Run(context.Context, app.UseKey, app.KeyTalk) (app.KeyAnswer, error) {
	return app.KeyAnswer{}, &app.Error{Code: app.CodeKeyUnsupported}
}

func TestDoctorOnSecurityKeys(t *testing.T) {
	good := app.KeyInfo{Product: "Sample Key", Manufacturer: "Sample Makers", Ready: true}
	new := app.KeyInfo{Product: "Sample Key"}
	shut := app.KeyInfo{Product: "Shut Key", Trouble: &app.Error{Code: app.CodeKeyNoPermission, Params: map[string]string{
		"udev": `KERNEL=="hidraw*", TAG+="uaccess"`, "file": "/etc/udev/rules.d/70-security-key.rules",
	}}}
	with := func(pin app.PINState, tries int) drawer {
		return drawer{{{Product: "Sample Key", Ready: true, PIN: pin, PINRetries: tries}}}
	}
	busy := app.KeyInfo{Trouble: &app.Error{Code: app.CodeKeyBusy}}
	for name, c := range map[string]struct {
		system string
		keys   app.KeyDriver
		want   Health
		what   string
		do     string
	}{
		"without libfido2": {"linux", nil, Attention, "without libfido2", "install a build"},
		"none":             {"linux", drawer{nil}, Healthy, "libfido2 is there; no key is plugged in", ""},
		"none on Windows":  {"windows", drawer{nil}, Attention, "needs administrator rights on Windows. Every other method works", "as administrator"},
		"one":              {"linux", drawer{{good}}, Healthy, "Sample Key (Sample Makers) can be used", ""},
		"one on Windows":   {"windows", drawer{{good}}, Healthy, "can be used", ""},
		"its PIN is set":   {"linux", with(app.PINSet, 8), Healthy, "Sample Key can be used", ""},
		"tries untold":     {"linux", with(app.PINSet, app.Untold), Healthy, "Sample Key can be used", ""},
		"blocked":          {"linux", with(app.PINSet, 0), Attention, "Sample Key is blocked", "Only a factory reset"},
		"no PIN yet":       {"linux", with(app.PINUnset, 0), Healthy, "Sample Key can be used, once it has a PIN", ""},
		"no PIN ever":      {"linux", with(app.PINNever, 0), Attention, "Sample Key takes no PIN", "Use a key that takes a PIN"},
		"slow to answer":   {"linux", drawer{{new}, {new}, {new}, {good}}, Healthy, "can be used", ""},
		"never answers":    {"linux", drawer{{new}}, Attention, "Sample Key does not answer", "put it back"},
		"seen late":        {"linux", drawer{nil, {shut}}, Problem, "Shut Key may not be opened", `KERNEL=="hidraw*", TAG+="uaccess" into /etc/udev/rules.d/70-security-key.rules`},
		"one of two":       {"linux", drawer{{busy, shut, good}}, Problem, "a key without a name does not answer (key_busy), Shut Key may not be opened by this person, Sample Key (", "uaccess"},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := Doctor{system: c.system, workstation: &Workstation{Keys: c.keys}}.checkKeys(t.Context())
			f.is(t, name, c.want, c.what)
			if !strings.Contains(f.Do, c.do) || c.do == "" && f.Do != "" {
				t.Errorf("%s: it says to do %q, want %q", name, f.Do, c.do)
			}
		})
	}
}

package doctor

import (
	"context"
	"errors"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/setup"
)

// kiosk is a computer as a station, and what its server says of it.
type kiosk struct {
	own     *setup.Enrolment
	unread  error
	refusal error
	asked   int
}

func (k *kiosk) Enrolment() (*setup.Enrolment, error) { return k.own, k.unread }

func (k *kiosk) OwnStation(context.Context) (app.Station, error) {
	k.asked++
	return app.Station{ID: "S1", Name: "Kiosk gate"}, k.refusal
}

func TestDoctorOnTheStation(t *testing.T) {
	own := &setup.Enrolment{Server: "https://a.example", Station: "S1", Name: "Kiosk lobby"}
	for name, c := range map[string]struct {
		kiosk  kiosk
		server string
		want   Health
		what   string
	}{
		"none":       {kiosk{}, "https://a.example", NotChecked, "not enrolled"},
		"enrolled":   {kiosk{own: own}, "https://a.example", Healthy, "at https://a.example as Kiosk gate"},
		"elsewhere":  {kiosk{own: own}, "https://b.example", Attention, "not the server in the settings"},
		"unreadable": {kiosk{unread: errors.New("others may read this key")}, "https://a.example", Problem, "others may read"},
		"paused":     {kiosk{own: own, refusal: &app.Error{Code: app.CodeStationPaused}}, "https://a.example", Problem, "as Kiosk lobby, and refused there"},
		"away":       {kiosk{own: own, refusal: &app.Error{Code: app.CodeOffline}}, "https://a.example", NotChecked, "could not be asked"},
		"down":       {kiosk{own: own, refusal: &app.Error{Code: app.CodeUnavailable}}, "https://a.example", NotChecked, "could not be asked"},
	} {
		Doctor{server: c.server, station: &c.kiosk}.checkStation(t.Context()).is(t, name, c.want, c.what)
		if asks := c.kiosk.own != nil && c.kiosk.own.Server == c.server; (c.kiosk.asked > 0) != asks {
			t.Errorf("%s: the server was asked %d times", name, c.kiosk.asked)
		}
	}
}

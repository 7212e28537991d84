package doctor

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

// enrolled is what can be found out about this computer as a station.
type enrolled interface {
	Enrolment() (*setup.Enrolment, error)
	OwnStation(ctx context.Context) (app.Station, error)
}

// checkStation looks whether this computer is enrolled, and asks the server whether it is still welcome.
func (d Doctor) checkStation(ctx context.Context) Finding {
	f := Finding{Check: "station", Health: NotChecked, What: words.Text("doctor.station.none")}
	if d.station == nil {
		return f
	}
	own, err := d.station.Enrolment()
	if err != nil {
		f.Health, f.What, f.Do = Problem, err.Error(), words.Text("doctor.station.unreadable.do")
		return f
	}
	if own == nil {
		return f
	}
	said := words.Values{"name": own.Name, "server": own.Server}
	if own.Server != d.server {
		f.Health, f.What, f.Do = Attention, words.Text("doctor.station.elsewhere", said), words.Text("doctor.station.elsewhere.do")
		return f
	}
	known, err := d.station.OwnStation(ctx)
	var refusal *app.Error
	switch {
	case err == nil:
		said["name"] = known.Name
		f.Health, f.What = Healthy, words.Text("doctor.station.enrolled", said)
	case errors.As(err, &refusal) && refusal.Code != app.CodeOffline && refusal.Code != app.CodeUnavailable:
		f.Health, f.What, f.Do = Problem, words.Text("doctor.station.refused", said), words.Text("error."+string(refusal.Code))
	default:
		f.What = words.Text("doctor.station.unasked", said)
	}
	return f
}

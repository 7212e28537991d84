package doctor

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

const (
	maxSkew   = 30 * time.Second // one step of an authenticator app's codes (RFC 6238, 5.2)
	renewSoon = 14 * 24 * time.Hour
)

// checkServer asks the server and judges its certificate and both clocks.
func (d Doctor) checkServer(ctx context.Context) []Finding {
	server, clock := Finding{Check: "server", Health: Healthy}, Finding{Check: "clock", Health: NotChecked}
	if d.server == "" {
		server.Health, server.What = NotChecked, words.Text("doctor.server.none")
		clock.What = words.Text("doctor.clock.no_server")
		return []Finding{server, clock}
	}
	got, err := d.ask(ctx, d.server)
	if err != nil {
		server.Health = Problem
		server.What, server.Do = explainOffline(d.server, err)
		clock.What = words.Text("doctor.clock.no_answer")
		return []Finding{server, clock}
	}
	said := words.Values{"server": d.server, "name": got.Organisation.Name, "version": got.Version, "own": d.version}
	server.What = words.Text("doctor.server.answers", said)
	if got.Version != "" {
		server.What = words.Text("doctor.server.answers_version", said)
	}
	found := []Finding{server}
	if got.Certificate != nil {
		found = append(found, d.checkCertificate(got.Certificate.NotAfter))
	}
	return append(found, judgeClock(got))
}

func (d Doctor) checkCertificate(until time.Time) Finding {
	f := Finding{Check: "certificate", Health: Healthy, What: words.Text("doctor.certificate.good", words.Values{"date": until.UTC().Format(time.DateOnly)})}
	if until.Sub(d.now()) < renewSoon {
		f.Health, f.Do = Attention, words.Text("doctor.certificate.do")
	}
	return f
}

func judgeClock(got setup.Answer) Finding {
	f := Finding{Check: "clock", Health: Healthy, What: words.Text("doctor.clock.good")}
	off := got.Ahead.Abs()
	switch {
	case !got.Timed:
		f.Health, f.What = NotChecked, words.Text("doctor.clock.untold")
	case off > maxSkew:
		apart := words.Values{"time": off.Round(time.Second)}
		f.Health, f.What, f.Do = Problem, words.Text("doctor.clock.behind", apart), words.Text("doctor.clock.do")
		if got.Ahead < 0 {
			f.What = words.Text("doctor.clock.ahead", apart)
		}
	}
	return f
}

// explainOffline says what is wrong between here and the server, and what helps.
func explainOffline(server string, err error) (what, do string) {
	said := words.Values{"server": server, "why": err}
	var known *app.Error
	if !errors.As(err, &known) {
		return words.Text("doctor.server.unusable", said), words.Text("doctor.server.do")
	}
	if known.Cause != nil {
		said["why"] = known.Cause
	}
	switch {
	case known.Code == app.CodeAppOld || known.Code == app.CodeServerOld:
		return words.Text("doctor.server.unusable", said), words.Text("error." + string(known.Code))
	case known.Code != app.CodeOffline:
		return words.Text("doctor.server.unusable", said), words.Text("doctor.server.do")
	case strings.HasPrefix(known.Params["reason"], "certificate"):
		return words.Text("doctor.server.certificate", said), words.Offline(known.Params)
	case known.Params["reason"] == "timeout":
		return words.Text("doctor.server.timeout", said), words.Offline(known.Params)
	}
	return words.Text("doctor.server.unusable", said), words.Offline(known.Params)
}

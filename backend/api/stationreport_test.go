package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// wellReport is what a kiosk says at a time.
func wellReport(at time.Time) app.StationReport {
	return app.StationReport{
		Version: "1.4.0", System: "linux", SystemVersion: "Debian GNU/Linux 12 (bookworm)", Width: 1920, Height: 1080, Scale: 150,
		Mode: app.ModeKiosk, Since: at.Add(-time.Hour), Keys: app.KeysUsable, Trouble: app.CodeKeyBusy, TroubleAt: at.Add(-time.Minute), Wiped: 2, Away: 1,
	}
}

// reporting is a signed report.
func reporting(body string) message {
	m := good()
	m.path, m.token, m.idempotency, m.body = "/v1/stations/current/report", "", "", body
	return m
}

func TestAReportIsOfTheStationThatSignsIt(t *testing.T) {
	f, h := stations(t)
	m := reporting(`{"version":"1.4.0","system":"linux","mode":"kiosk","keys":"usable","runs":60,"trouble":"key_busy","trouble_ago":5}`)
	m.created = noon.Add(-40 * time.Second)
	if w := serve(h, m.request()); w.Code != 204 || w.Body.Len() != 0 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := app.StationReport{
		Version: "1.4.0", System: "linux", Mode: app.ModeKiosk, Keys: app.KeysUsable, Since: noon.Add(-time.Minute),
		Trouble: app.CodeKeyBusy, TroubleAt: noon.Add(-5 * time.Second),
	}
	if f.reported != want || f.lastCaller().Origin.Enrolled != "s1" {
		t.Errorf("reported %+v, by %+v", f.reported, f.lastCaller())
	}
	if len(f.ahead) != 1 || f.ahead[0] != -40*time.Second {
		t.Errorf("its clock is ahead by %v", f.ahead)
	}
	wantProblem(t, "once more", serve(h, m.request()), app.CodeStationSignature)
}

// Whose clock is so wrong that nothing is taken is heard of all the same; who is nobody's station, or shut out, reports nothing.
func TestWhoseReportIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*message)
		code   app.Code
		ahead  time.Duration
	}{
		"a wrong clock":                 {func(m *message) { m.created = noon.Add(2 * time.Hour) }, app.CodeStationClock, 2 * time.Hour},
		"behind":                        {func(m *message) { m.created = noon.Add(-2 * time.Hour) }, app.CodeStationClock, -2 * time.Hour},
		"paused":                        {func(m *message) { m.station, m.key = "paused", otherKey.Private }, app.CodeStationPaused, 0},
		"revoked":                       {func(m *message) { m.station, m.key = "revoked", otherKey.Private }, app.CodeStationRevoked, 0},
		"another's":                     {func(m *message) { m.station = "s2" }, app.CodeStationSignature, 0},
		"another's, with a wrong clock": {func(m *message) { m.station, m.created = "s2", noon.Add(time.Hour) }, app.CodeStationSignature, 0},
	} {
		f, h := stations(t)
		m := reporting(goodReport)
		c.change(&m)
		wantProblem(t, name, serve(h, m.request()), c.code)
		if f.reached() != 0 || len(f.used) != 0 {
			t.Errorf("%s: a service was reached", name)
		}
		if heard := len(f.ahead) > 0; heard != (c.ahead != 0) || heard && f.ahead[0] != c.ahead {
			t.Errorf("%s: heard %v", name, f.ahead)
		}
	}
}

func TestOddReportsAreRefused(t *testing.T) {
	with := func(field string) string { return strings.TrimSuffix(goodReport, "}") + "," + field + "}" }
	in := func(old, new string) string { return strings.Replace(goodReport, old, new, 1) }
	for i, body := range []string{
		with(`"user_id":"ana"`), with(`"width":-1`), with(`"width":100001`), with(`"height":1.5`), with(`"scale":10001`), with(`"runs":-1`),
		with(`"runs":1000000001`), with(`"trouble":"<b>"`), with(`"trouble":"` + strings.Repeat("a", 41) + `"`), with(`"trouble_ago":-1`),
		with(`"wiped":-1`), with(`"away":1000001`), with(`"system_version":"` + strings.Repeat("x", 81) + `"`), with(`"system_version":"a\u001bb"`),
		with(`"system_version":"` + strings.Repeat(" ", 2<<10) + `"`), in("r1", ""), in("r1", "a b"), in("r1", strings.Repeat("1", 41)), in("r1", `1\u001b`),
		in("linux", "Linux!"), in("kiosk", "toaster"), in("usable", "maybe"), in(`"mode":"kiosk",`, ""), "{}",
	} {
		f, h := stations(t)
		m := reporting(body)
		wantProblem(t, fmt.Sprintf("%d: %.80s", i, body), serve(h, m.request()), app.CodeBadRequest)
		if f.reached() != 0 {
			t.Errorf("%d: %.80s: a service was reached", i, body)
		}
	}
}

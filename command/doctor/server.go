package doctor

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/command/setup"
)

const (
	maxSkew    = 30 * time.Second // one step of an authenticator app's codes (RFC 6238, 5.2)
	renewSoon  = 14 * 24 * time.Hour
	maxAPIFile = 4 << 20 // bytes
)

// serverAnswer is what is learnt by asking a server once.
type serverAnswer struct {
	organisation string
	version      string        // empty where it doesn't say
	ahead        time.Duration // of the server's clock before this computer's
	timed        bool          // whether the server told the time
	certificate  time.Time     // when it expires; zero without TLS
}

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
	said := words.Values{"server": d.server, "name": got.organisation, "version": got.version, "own": d.version}
	server.What = words.Text("doctor.server.answers", said)
	if got.version != "" {
		server.What = words.Text("doctor.server.answers_version", said)
	}
	found := []Finding{server}
	if !got.certificate.IsZero() {
		found = append(found, d.checkCertificate(got.certificate))
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

func judgeClock(got serverAnswer) Finding {
	f := Finding{Check: "clock", Health: Healthy, What: words.Text("doctor.clock.good")}
	off := got.ahead.Abs()
	switch {
	case !got.timed:
		f.Health, f.What = NotChecked, words.Text("doctor.clock.untold")
	case off > maxSkew:
		apart := words.Values{"time": off.Round(time.Second)}
		f.Health, f.What, f.Do = Problem, words.Text("doctor.clock.behind", apart), words.Text("doctor.clock.do")
		if got.ahead < 0 {
			f.What = words.Text("doctor.clock.ahead", apart)
		}
	}
	return f
}

// explainOffline says what is wrong between here and the server, and what helps.
func explainOffline(server string, err error) (what, do string) {
	what = words.Text("doctor.server.unusable", words.Values{"server": server, "why": err})
	var known *app.Error
	if !errors.As(err, &known) {
		return what, words.Text("doctor.server.do")
	}
	if known.Cause != nil {
		err = known.Cause
		what = words.Text("doctor.server.unusable", words.Values{"server": server, "why": err})
	}
	switch known.Params["reason"] {
	case "certificate":
		return words.Text("doctor.server.certificate", words.Values{"server": server, "why": err}), words.Text("doctor.server.certificate.do")
	case "timeout":
		return words.Text("doctor.server.timeout", words.Values{"server": server}), words.Text("doctor.server.timeout.do")
	case "answer", "redirect":
		return what, words.Text("doctor.server.answer.do")
	case "unreachable":
		return what, words.Text("doctor.server.unreachable.do")
	}
	return what, words.Text("doctor.server.do")
}

// askServer asks for the organisation, as the window does, and for the version.
func askServer(ctx context.Context, server string) (serverAnswer, error) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	return askThrough(ctx, server, transport)
}

func askThrough(ctx context.Context, server string, transport http.RoundTripper) (serverAnswer, error) {
	o := &recordingTransport{RoundTripper: transport}
	org, err := (&client.Client{Base: server, Transport: o, Station: setup.Station()}).Organisation(ctx)
	if err != nil {
		return serverAnswer{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.got.organisation, o.got.version = org.Name, serverVersion(ctx, server, transport)
	return o.got, nil
}

// recordingTransport notes what an answer tells beside its body.
type recordingTransport struct {
	http.RoundTripper
	mu  sync.Mutex
	got serverAnswer
}

// RoundTrip implements http.RoundTripper.
func (o *recordingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	a, err := o.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if date, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		middle := began.Add(time.Since(began) / 2)
		o.got.timed, o.got.ahead = true, date.Add(time.Second/2).Sub(middle) // Date has whole seconds
	}
	if a.TLS != nil && len(a.TLS.PeerCertificates) > 0 {
		o.got.certificate = a.TLS.PeerCertificates[0].NotAfter
	}
	return a, nil
}

// serverVersion reads the version from the API's description; empty where there is none.
func serverVersion(ctx context.Context, server string, transport http.RoundTripper) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/openapi.json", nil)
	if err != nil {
		return ""
	}
	a, err := transport.RoundTrip(r)
	if err != nil {
		return ""
	}
	defer func() { _ = a.Body.Close() }()
	var description struct {
		Info struct {
			Version string `json:"version"`
		} `json:"info"`
	}
	if a.StatusCode != http.StatusOK || json.NewDecoder(io.LimitReader(a.Body, maxAPIFile)).Decode(&description) != nil {
		return ""
	}
	return description.Info.Version
}

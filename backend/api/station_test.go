package api_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/signed"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/client"
)

var (
	stationKey = signed.Key{Station: "s1", Private: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))}
	otherKey   = signed.Key{Station: "s2", Private: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32))}
)

func knownStations() map[app.StationID]app.StationKey {
	known := map[app.StationID]app.StationKey{}
	for id, k := range map[app.StationID]signed.Key{"s1": stationKey, "s2": otherKey, "paused": otherKey, "revoked": otherKey} {
		known[id] = app.StationKey{ID: id, Name: "Kiosk " + string(id), Key: k.Private.Public().(ed25519.PublicKey)}
	}
	for id, why := range map[app.StationID]app.Code{"paused": app.CodeStationPaused, "revoked": app.CodeStationRevoked} {
		k := known[id]
		k.Refusal = why
		known[id] = k
	}
	return known
}

// stations is the API of a server that knows stations, at noon.
func stations(t *testing.T) (*fake, http.Handler) {
	t.Helper()
	f := newFake()
	f.known = knownStations()
	return f, api.New(api.Config{
		Front: f, Flows: f, Grants: f, Admin: f.books.administration(), Stations: f, Version: "test", Clock: stillClock{}, Host: "reset.example.org",
	})
}

// message is a signed request as RFC 9421 has it, made without the library: section 2.5 is the base, 3.1 the signature.
type message struct {
	method, authority, path, token, idempotency, body string

	station app.StationID
	key     ed25519.PrivateKey
	created time.Time
	nonce   byte
}

func good() message {
	return message{
		method: "POST", authority: "reset.example.org", path: "/v1/flows/F1/inputs", token: flowToken, idempotency: goodKey, body: submission,
		station: "s1", key: stationKey.Private, created: noon, nonce: 'n',
	}
}

func (m message) request() *http.Request {
	r := httptest.NewRequest(m.method, m.path, strings.NewReader(m.body))
	r.Host = "reset.example.org"
	if m.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	digest := sha256.Sum256([]byte(m.body))
	r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(digest[:])+":")
	lines := []string{`"@method": ` + m.method, `"@authority": ` + m.authority, `"@path": ` + m.path, `"content-digest": ` + r.Header.Get("Content-Digest")}
	names := `"@method" "@authority" "@path" "content-digest"`
	if m.token != "" {
		r.Header.Set("Authorization", "Bearer "+m.token)
		lines, names = append(lines, `"authorization": Bearer `+m.token), names+` "authorization"`
	}
	if m.idempotency != "" {
		r.Header.Set("Idempotency-Key", m.idempotency)
		lines, names = append(lines, `"idempotency-key": `+m.idempotency), names+` "idempotency-key"`
	}
	nonce := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{m.nonce}, 32))
	params := fmt.Sprintf(`(%s);created=%d;keyid="%s";nonce="%s"`, names, m.created.Unix(), m.station, nonce)
	base := strings.Join(append(lines, `"@signature-params": `+params), "\n")
	r.Header.Set("Signature-Input", "sig1="+params)
	r.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(ed25519.Sign(m.key, []byte(base)))+":")
	return r
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestASignedRequestIsItsStations(t *testing.T) {
	get := good()
	get.method, get.path, get.token, get.idempotency, get.body = "GET", "/v1/organisation", "", "", ""
	for name, m := range map[string]message{"with a body": good(), "without anything": get} {
		f, h := stations(t)
		r := m.request()
		r.Header.Set("Sparekey-Station", "Kiosk of mine")
		r.Host = "RESET.example.org:443" // as a proxy may have it
		if w := serve(h, r); w.Code != 200 {
			t.Fatalf("%s: %d %s", name, w.Code, w.Body)
		}
		if from := f.lastCaller().Origin; from.Enrolled != "s1" || from.Station != "Kiosk s1" || from.Network != "192.0.2.1" {
			t.Errorf("%s: it comes from %+v", name, from)
		}
		if len(f.used) != 1 || f.used[0] != "s1" {
			t.Errorf("%s: used %v", name, f.used)
		}
	}
}

func TestARequestWithoutASignatureIsNobodysStation(t *testing.T) {
	f, h := stations(t)
	r := good().request()
	r.Header.Del("Signature")
	r.Header.Del("Signature-Input")
	r.Header.Set("Sparekey-Station", "Kiosk s1")
	if w := serve(h, r); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if from := f.lastCaller().Origin; from.Enrolled != "" || from.Station != "Kiosk s1" || len(f.used) != 0 {
		t.Errorf("it comes from %+v", from)
	}
}

// The attacks on a signature: each is one change of a request that is good.
func TestWhatASignatureDoesNotCarry(t *testing.T) {
	swap := func(header, old, new string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(header, strings.Replace(r.Header.Get(header), old, new, 1)) }
	}
	add := func(header, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Add(header, value) }
	}
	digest := sha256.Sum256([]byte(submission + " "))
	for name, c := range map[string]struct {
		message func(*message)
		change  func(*http.Request)
		code    app.Code
	}{
		"cut: no signature":       {nil, func(r *http.Request) { r.Header.Del("Signature") }, app.CodeStationSignature},
		"cut: no input":           {nil, func(r *http.Request) { r.Header.Del("Signature-Input") }, app.CodeStationSignature},
		"cut: no digest":          {nil, func(r *http.Request) { r.Header.Del("Content-Digest") }, app.CodeStationSignature},
		"cut: half a signature":   {nil, func(r *http.Request) { r.Header.Set("Signature", r.Header.Get("Signature")[:40]) }, app.CodeStationSignature},
		"cut: covers less":        {nil, swap("Signature-Input", ` "content-digest"`, ""), app.CodeStationSignature},
		"cut: no nonce":           {nil, func(r *http.Request) { cutAfter(r, ";nonce") }, app.CodeStationSignature},
		"cut: no time":            {nil, swap("Signature-Input", fmt.Sprintf(";created=%d", noon.Unix()), ""), app.CodeStationSignature},
		"cut: no token":           {nil, func(r *http.Request) { r.Header.Del("Authorization") }, app.CodeSignedOut}, // the roles come first
		"cut: no idempotency key": {nil, func(r *http.Request) { r.Header.Del("Idempotency-Key") }, app.CodeStationSignature},
		"moved to another path":   {nil, func(r *http.Request) { r.URL.Path, r.RequestURI = "/v1/flows/F2/inputs", "/v1/flows/F2/inputs" }, app.CodeStationSignature},
		"another method":          {func(m *message) { m.method, m.path, m.body, m.idempotency = "GET", "/v1/flows/F1", "", "" }, func(r *http.Request) { r.Method = "DELETE" }, app.CodeStationSignature},
		"another body": {nil, func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(submission+" ")), int64(len(submission)+1)
		}, app.CodeStationSignature},
		"another body and digest": {nil, func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(submission+" ")), int64(len(submission)+1)
			r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(digest[:])+":")
		}, app.CodeStationSignature},
		"another token": {func(m *message) {
			m.method, m.path, m.body, m.token, m.idempotency = "GET", "/v1/sessions/current", "", personToken, ""
		}, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+adminToken) }, app.CodeStationSignature},
		"for another server":      {func(m *message) { m.authority = "reset.example.com" }, nil, app.CodeStationSignature},
		"another station's keyid": {nil, swap("Signature-Input", `keyid="s1"`, `keyid="s2"`), app.CodeStationSignature},
		"another station's key":   {func(m *message) { m.key = otherKey.Private }, nil, app.CodeStationSignature},
		"a later time":            {nil, swap("Signature-Input", fmt.Sprint(noon.Unix()), fmt.Sprint(noon.Unix()+1)), app.CodeStationSignature},
		"another nonce":           {nil, swap("Signature-Input", `nonce="b`, `nonce="c`), app.CodeStationSignature},
		"header injected: a key":  {func(m *message) { m.idempotency = "" }, add("Idempotency-Key", goodKey), app.CodeStationSignature},
		"header injected: a token": {func(m *message) {
			m.method, m.path, m.body, m.token, m.idempotency = "GET", "/v1/organisation", "", "", ""
		}, add("Authorization", "Bearer "+personToken), app.CodeStationSignature},
		"header injected: two inputs":    {nil, add("Signature-Input", "sig1=()"), app.CodeBadRequest},
		"header injected: two":           {nil, add("Signature", "sig1=:AAAA:"), app.CodeBadRequest},
		"header injected: two digests":   {nil, add("Content-Digest", "sha-256=:AAAA:"), app.CodeBadRequest},
		"header injected: a second one":  {nil, swap("Signature-Input", "sig1=", `sig2=("@method");created=1;keyid="s1", sig1=`), app.CodeStationSignature},
		"header injected: a parameter":   {nil, swap("Signature-Input", `"@path"`, `"@path";req`), app.CodeStationSignature},
		"a time that is no number":       {nil, swap("Signature-Input", fmt.Sprint(noon.Unix()), `"x"`), app.CodeStationSignature},
		"a nonce that is no text":        {nil, func(r *http.Request) { cutAfter(r, ";nonce"); swap("Signature-Input", ";keyid", ";nonce=1;keyid")(r) }, app.CodeStationSignature},
		"a keyid that is no text":        {nil, swap("Signature-Input", `"s1"`, `7`), app.CodeStationSignature},
		"another algorithm":              {nil, swap("Signature-Input", ";nonce", `;alg="hmac-sha256";nonce`), app.CodeStationSignature},
		"no station of this server":      {func(m *message) { m.station = "s9" }, nil, app.CodeStationUnknown},
		"a paused station":               {func(m *message) { m.station, m.key = "paused", otherKey.Private }, nil, app.CodeStationPaused},
		"a revoked station":              {func(m *message) { m.station, m.key = "revoked", otherKey.Private }, nil, app.CodeStationRevoked},
		"who asks whether one is paused": {func(m *message) { m.station = "paused" }, nil, app.CodeStationSignature},
		"clock off by an hour: behind":   {func(m *message) { m.created = noon.Add(-time.Hour) }, nil, app.CodeStationClock},
		"clock off by an hour: ahead":    {func(m *message) { m.created = noon.Add(time.Hour) }, nil, app.CodeStationClock},
		"clock off by a second too much": {func(m *message) { m.created = noon.Add(-5*time.Minute - time.Second) }, nil, app.CodeStationClock},
	} {
		f, h := stations(t)
		m := good()
		if c.message != nil {
			c.message(&m)
		}
		r := m.request()
		if c.change != nil {
			c.change(r)
		}
		wantProblem(t, name, serve(h, r), c.code)
		if f.reached() != 0 || len(f.used) != 0 {
			t.Errorf("%s: a service was reached", name)
		}
	}
	for _, off := range []time.Duration{-5 * time.Minute, 5 * time.Minute} {
		_, h := stations(t)
		m := good()
		m.created = noon.Add(off)
		if w := serve(h, m.request()); w.Code != 200 {
			t.Errorf("within the window: %d %s", w.Code, w.Body)
		}
	}
}

// cutAfter cuts the parameters of a signature from one of them on.
func cutAfter(r *http.Request, param string) {
	input, _, _ := strings.Cut(r.Header.Get("Signature-Input"), param)
	r.Header.Set("Signature-Input", input)
}

// movingClock is a clock that a test is in charge of.
type movingClock struct{ now time.Time }

func (c *movingClock) Now() time.Time { return c.now }

// A signature serves once, as long as its time would be good; another station's nonce is another one.
func TestASignatureReplayedIsRefused(t *testing.T) {
	f := newFake()
	f.known = knownStations()
	clock := &movingClock{noon}
	h := api.New(api.Config{Front: f, Flows: f, Grants: f, Stations: f, Version: "test", Clock: clock, Host: "reset.example.org"})
	ahead := good()
	ahead.created, ahead.nonce = noon.Add(5*time.Minute), 'a'
	for _, m := range []message{good(), ahead} {
		if w := serve(h, m.request()); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	for clock.now = noon; !clock.now.After(ahead.created.Add(5 * time.Minute)); clock.now = clock.now.Add(30 * time.Second) {
		wantProblem(t, "replayed", serve(h, ahead.request()), app.CodeStationSignature)
		other := good() // so that what is remembered moves on
		other.created, other.nonce = clock.now, byte(clock.now.Sub(noon)/(30*time.Second))
		if w := serve(h, other.request()); w.Code != 200 {
			t.Fatalf("another one, at %v: %d %s", clock.now.Sub(noon), w.Code, w.Body)
		}
	}
	wantProblem(t, "after its time", serve(h, ahead.request()), app.CodeStationClock)
	same := good()
	same.created, same.station, same.key = clock.now, "s2", otherKey.Private
	if w := serve(h, same.request()); w.Code != 200 || f.lastCaller().Origin.Enrolled != "s2" {
		t.Errorf("another station's: %d %s, from %+v", w.Code, w.Body, f.lastCaller().Origin)
	}
}

// Where the service has no stations, nothing that is signed is taken for one.
func TestWithoutADoorNoStationComesIn(t *testing.T) {
	f := newFake()
	h := api.New(api.Config{Front: f, Flows: f, Grants: f, Version: "test", Clock: stillClock{}})
	wantProblem(t, "signed", serve(h, good().request()), app.CodeStationUnknown)
	wantProblem(t, "enrol", ask(h, "POST /v1/stations", "", `{"code":"r1","key":"AAAA","proof":"AAAA"}`), app.CodeNotEnabled)
	wantProblem(t, "current", ask(h, "GET /v1/stations/current", "", ""), app.CodeNotEnabled)
	if f.reached() != 0 {
		t.Error("a service was reached")
	}
}

// shifted is the system's clock, and off it by so much.
type shifted time.Duration

func (s shifted) Now() time.Time { return time.Now().Add(time.Duration(s)) }

// behindTLS is the API behind a real proxy that ends TLS, and speaks to it without.
func behindTLS(t *testing.T, f *fake, clock shifted, log io.Writer) (base string, authorities *x509.CertPool) {
	t.Helper()
	inner := httptest.NewUnstartedServer(nil)
	inner.Start()
	t.Cleanup(inner.Close)
	target, err := url.Parse(inner.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.SetXForwarded()
		r.Out.Host = r.In.Host
	}})
	t.Cleanup(proxy.Close)
	inner.Config.Handler = api.New(api.Config{
		Front: f, Flows: f, Grants: f, Admin: f.books.administration(), Stations: f, Version: "test", Clock: clock, Host: strings.TrimPrefix(proxy.URL, "https://"),
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	pool := x509.NewCertPool()
	pool.AddCert(proxy.Certificate())
	return proxy.URL, pool
}

// The real client, behind a proxy that ends TLS: every kind of request, each signed anew.
func TestASignatureHoldsBehindAProxy(t *testing.T) {
	f, log := newFake(), &bytes.Buffer{}
	f.known = knownStations()
	base, pool := behindTLS(t, f, 0, log)
	c := &client.Client{Base: base, Station: "desk 4", Key: &stationKey, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	everyOperation(t, t.Context(), c, f)
	administrate(t.Context(), asAdministrator(t, c, f), "")
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.callers) < 40 || len(f.used) == 0 {
		t.Fatalf("%d calls, %d of them signed", len(f.callers), len(f.used))
	}
	for _, caller := range f.callers {
		if caller.Origin.Enrolled != "s1" || caller.Origin.Station != "Kiosk s1" {
			t.Fatalf("called from %+v", caller.Origin)
		}
	}
	if strings.Contains(log.String(), string(app.CodeStationSignature)) {
		t.Errorf("log: %s", log)
	}
}

// The client hears why nothing is taken of what it signs.
func TestAWrongClockIsSaidByItsCode(t *testing.T) {
	for off, want := range map[time.Duration]app.Code{0: "", time.Hour: app.CodeStationClock, -time.Hour: app.CodeStationClock} {
		f := newFake()
		f.known = knownStations()
		base, pool := behindTLS(t, f, shifted(off), io.Discard)
		c := &client.Client{Base: base, Key: &stationKey, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
		if _, err := c.Organisation(t.Context()); app.CodeOf(err) != want {
			t.Errorf("off by %v: %v", off, err)
		}
	}
}

// twice sends each request two times, and gives the second reply, as net/http does where a kept connection breaks.
type twice struct {
	http.RoundTripper
	sent int
}

func (d *twice) RoundTrip(r *http.Request) (*http.Response, error) {
	d.sent++
	if d.sent > 1 {
		return d.RoundTripper.RoundTrip(r)
	}
	again := r.Clone(r.Context())
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body, again.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
	first, err := d.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	_ = first.Body.Close()
	return d.RoundTripper.RoundTrip(again)
}

func TestWhatTheConnectionSentTwiceIsSignedAnew(t *testing.T) {
	f := newFake()
	f.known = knownStations()
	base, pool := behindTLS(t, f, 0, io.Discard)
	way := &twice{RoundTripper: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	c := &client.Client{Base: base, Key: &stationKey, Transport: way}
	if _, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: goodKey}); err != nil || way.sent != 2 {
		t.Errorf("%v, after %d tries", err, way.sent)
	}
}

package setup

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/client"
)

// house is a server at work, with the trial's people in its directory.
type house struct {
	t             testing.TB
	dir           string
	tray          trial.Tray
	public, admin string
	trusted       *x509.CertPool
	reload        chan os.Signal
	log           bytes.Buffer   // of the latest start, complete once it has ended
	clock         port.Clock     // nil: the system's
	deliverer     port.Deliverer // nil: the tray
	ownDelivery   bool           // by its settings, in place of both
	receipts      port.Receipts  // nil: the backend
	err           io.Writer      // where the log goes; nil: into log
	server        *Server        // of the latest start
	stop          context.CancelFunc
	ended         chan error
}

// newHouse makes a server's folder, with people.
func newHouse(t *testing.T, settings string) *house {
	t.Helper()
	h := emptyHouse(t, settings)
	plan, err := Plan(filepath.Join(h.dir, "server.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := SettleSamplePeople(t.Context(), plan, ServerParts{Hasher: quickHasher()}); err != nil {
		t.Fatal(err)
	}
	return h
}

// emptyHouse makes a server's folder.
func emptyHouse(t testing.TB, settings string) *house {
	t.Helper()
	dir, _ := serverFolder(t, settings)
	h := &house{t: t, dir: dir, trusted: x509.NewCertPool(), reload: make(chan os.Signal)}
	chain, err := os.ReadFile(filepath.Join(dir, "cert.pem"))
	if err != nil || !h.trusted.AppendCertsFromPEM(chain) {
		t.Fatal("no certificate", err)
	}
	return h
}

// start starts the server, and returns once it is ready.
func (h *house) start(hasher local.Hasher) {
	h.t.Helper()
	plan, err := Plan(filepath.Join(h.dir, "server.toml"), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if h.deliverer == nil && !h.ownDelivery {
		h.deliverer = &h.tray
	}
	if h.err == nil {
		h.err = &h.log
	}
	ready := make(chan struct{})
	s, err := OpenServer(h.t.Context(), plan, ServerParts{
		Version: "test", Err: h.err, Clock: h.clock, Hasher: hasher, Deliverer: h.deliverer, Receipts: h.receipts, Graph: commandParts.Graph,
		Ready: func(public, admin string) { h.public, h.admin = public, admin; close(ready) },
	})
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	h.server, h.stop, h.ended = s, stop, ended
	go func() { ended <- errors.Join(s.Serve(ctx, h.reload), s.Close()) }()
	h.t.Cleanup(func() {
		if h.ended != nil {
			h.end()
		}
	})
	select {
	case <-ready:
	case err := <-h.ended:
		h.t.Fatal(err)
	}
}

// end stops the server and waits for it.
func (h *house) end() {
	h.t.Helper()
	h.stop()
	if err := <-h.ended; err != nil {
		h.t.Errorf("the stop: %v", err)
	}
	h.ended = nil
}

var supported = regexp.MustCompile(`"support":"[0-9A-Z]{4}-[0-9A-Z]{4}"`)

// forwarding says for each request that it comes from an address, as a proxy does.
type forwarding struct {
	http.RoundTripper
	from func() string
}

func (f forwarding) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", f.from())
	return f.RoundTripper.RoundTrip(r)
}

// transport reaches the server by the name in its settings.
func (h *house) transport() *http.Transport {
	t := &http.Transport{
		ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: h.trusted},
		HTTP2: &http.HTTP2Config{StrictMaxConcurrentRequests: true},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", h.public)
		},
	}
	h.t.Cleanup(t.CloseIdleConnections)
	return t
}

// client is one from an address of its own each time.
func (h *house) client() *client.Client {
	var n atomic.Int64
	from := func() string { i := n.Add(1); return fmt.Sprintf("198.51.%d.%d", i>>8&255, i&255) }
	return &client.Client{Base: "https://reset.example.org", Transport: forwarding{h.transport(), from}}
}

func (h *house) get(url string) (int, string) {
	h.t.Helper()
	c := &http.Client{Transport: h.transport()}
	reply, err := c.Get(url)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return reply.StatusCode, string(body)
}

func (h *house) figures() string {
	h.t.Helper()
	reply, err := http.Get("http://" + h.admin + "/metrics")
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	body, _ := io.ReadAll(reply.Body)
	return string(body)
}

// sent waits for a code to an address or a number.
func (h *house) sent(to string) app.Secret {
	h.t.Helper()
	for {
		changed := h.tray.Changed()
		for _, m := range h.tray.Messages() {
			if m.To == to && m.Code != "" {
				return app.NewSecret(m.Code)
			}
		}
		<-changed
	}
}

func key() app.IdempotencyKey { return app.IdempotencyKey(rand.Text()) }

// proxied are the settings of a server that believes what this computer says of addresses.
var proxied = strings.Replace(goodServer, `key = "key.pem"`, "key = \"key.pem\"\nbehind_proxy = [\"127.0.0.1\"]", 1)

// TestAResetOverTheNetwork goes the whole way over real TLS: two gates by codes, a new password, and signing in with it.
func TestAResetOverTheNetwork(t *testing.T) {
	var traces bytes.Buffer
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(&traces, r.Body) }))
	defer collector.Close()
	h := newHouse(t, goodServer+"[traces]\npercent = 100\nendpoint = \""+collector.URL+"\"\n")
	h.start(quickHasher())
	hugo, c := sample(trial.Never), h.client()
	flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: key()})
	if err != nil {
		t.Fatal(err)
	}
	tell := func(in app.Input) {
		t.Helper()
		if flow, err = c.Submit(t.Context(), flow.ID, flow.Rev, key(), in); err != nil {
			t.Fatalf("%T: %v", in, err)
		}
	}
	for _, in := range []app.Input{
		app.GiveUserID{UserID: hugo.UserID}, app.GiveReason{Reason: app.ReasonNever}, app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: hugo.Mobile},
	} {
		tell(in)
	}
	tell(app.GiveCode{Digits: h.sent(hugo.Mobile)})
	tell(app.GiveCode{Digits: h.sent(hugo.Mail)})
	tell(app.GivePassword{Password: app.NewSecret("seven herons cross the harbour")})
	if _, done := flow.Now.(app.Done); !done {
		t.Fatalf("the reset leads to %T", flow.Now)
	}
	if code, body := h.get("https://reset.example.org/readyz"); code != http.StatusOK || !strings.Contains(body, `{"name":"certificate","state":"up"}`) {
		t.Errorf("readyz: %d %s", code, body)
	}
	all := h.figures()
	for _, want := range []string{
		`sparekey_requests_total{code="",method="POST",route="POST /v1/flows/{id}/inputs",status="200"} 7`,
		`sparekey_call_seconds_count{call="set_password",outcome="succeeded",part="directory"} 1`, `call="sms",outcome="succeeded",part="delivery"`,
		"sparekey_policy_version 1",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("there is no figure %s", want)
		}
	}
	h.end()
	for place, text := range map[string]string{"a figure": all, "the log": h.log.String(), "a trace": traces.String()} {
		if len(text) < 1000 {
			t.Errorf("%s says little: %s", place, text)
		}
		for _, secret := range []string{hugo.UserID, hugo.Name, string(hugo.ID), hugo.Mobile, hugo.Mail, "herons", "127.0.0.1:5", "198.51"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s has %q", place, secret)
			}
		}
	}
	for line := range strings.Lines(h.log.String()) {
		if strings.Contains(line, `"msg":"request"`) && !supported.MatchString(line) {
			t.Errorf("a line without a support code: %s", line)
		}
	}
}

// TestAStopUnderLoadLosesNothingAcknowledged: every conversation of which a client was told is there after the next start.
func TestAStopUnderLoadLosesNothingAcknowledged(t *testing.T) {
	h := newHouse(t, proxied)
	h.start(quickHasher())
	const clients, enough = 24, 150
	var mu sync.Mutex
	type acknowledged struct {
		by   *client.Client
		flow app.Flow
	}
	var told []acknowledged
	var all sync.WaitGroup
	plenty := make(chan struct{})
	for range clients {
		c := h.client()
		all.Go(func() {
			for {
				flow, err := c.Start(context.Background(), app.Start{Purpose: app.PurposeReset, Key: key()})
				if err != nil {
					return // the server stops
				}
				if flow, err = c.Submit(context.Background(), flow.ID, flow.Rev, key(), app.GiveUserID{UserID: sample(trial.Registered).UserID}); err != nil {
					return
				}
				mu.Lock()
				if told = append(told, acknowledged{c, flow}); len(told) == enough {
					close(plenty)
				}
				mu.Unlock()
			}
		})
	}
	<-plenty
	h.end()
	all.Wait()
	h.start(quickHasher())
	for _, a := range told {
		now, err := a.by.Get(t.Context(), a.flow.ID)
		if err != nil || now.Rev < a.flow.Rev {
			t.Fatalf("flow %s at revision %d was acknowledged; now %d, %v", a.flow.ID, a.flow.Rev, now.Rev, err)
		}
	}
	h.end()
	v, err := verifyTrail(t.Context(), keyFiles{
		audit: keyFile{path: filepath.Join(h.dir, "keys/audit")}, heads: filepath.Join(h.dir, "heads.jsonl"), data: filepath.Join(h.dir, "data"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if entries, vouched := v.Sums(); entries == 0 || vouched != entries {
		t.Errorf("heads vouch for %d of %d entries", vouched, entries)
	}
}

// crowdedHasher counts how many hashes are made at once.
type crowdedHasher struct {
	local.Hasher
	now, most atomic.Int64
}

func (c *crowdedHasher) Match(phc string, password app.Secret) (bool, error) {
	n := c.now.Add(1)
	defer c.now.Add(-1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	return c.Hasher.Match(phc, password)
}

// TestThreatACrowdOfPasswordsTakesTheMemory: of 1,000 passwords at once so many are hashed as there are processors, and who finds
// no place is told when to come back.
func TestThreatACrowdOfPasswordsTakesTheMemory(t *testing.T) {
	h := newHouse(t, proxied)
	hasher := &crowdedHasher{Hasher: local.Argon2{Rand: rand.Reader, Memory: 2048, Time: 1, Threads: 1}}
	h.start(hasher)
	const clients, each = 40, 25 // as many at once as a connection takes
	var ready, all sync.WaitGroup
	ready.Add(clients * each)
	var answers sync.Map
	for range clients {
		c := h.client()
		all.Go(func() {
			for range each {
				flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeSignIn, Key: key()})
				ready.Done()
				if err != nil {
					t.Error(err)
					continue
				}
				all.Go(func() {
					ready.Wait()
					_, err := c.Submit(t.Context(), flow.ID, flow.Rev, key(), app.SignIn{UserID: flow.Support, Password: app.NewSecret("not the one")})
					answers.Store(app.CodeOf(err), true)
				})
			}
		})
	}
	all.Wait()
	if most := hasher.most.Load(); most < 1 || most > int64(port.HashesAtOnce()) {
		t.Errorf("%d hashes at once, and %d may be", most, port.HashesAtOnce())
	}
	answers.Range(func(code, _ any) bool {
		if code != app.CodeSignIn && code != app.CodeBusy && code != app.CodeThrottled {
			t.Errorf("somebody was answered %v", code)
		}
		return true
	})
	if code, _ := h.get("https://reset.example.org/readyz"); code != http.StatusOK {
		t.Errorf("afterwards the server is not ready: %d", code)
	}
	h.end()
}

// TestAServerHasNoAccountOfItsOwn: none of the trial's people, whose passwords everybody knows, and no administrator.
func TestAServerHasNoAccountOfItsOwn(t *testing.T) {
	h := emptyHouse(t, goodServer)
	h.start(quickHasher())
	for _, p := range trial.People() {
		c := h.client()
		flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeSignIn, Key: key()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Submit(t.Context(), flow.ID, flow.Rev, key(), app.SignIn{UserID: p.UserID, Password: app.NewSecret(cmp.Or(p.Password, "none"))}); app.CodeOf(err) != app.CodeSignIn {
			t.Errorf("%s: %v", p.UserID, err)
		}
	}
	h.end()
	plan, err := Plan(filepath.Join(h.dir, "server.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDirectories(t.Context(), plan, ServerParts{Clock: systemClock{}, Hasher: quickHasher()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.close() }()
	if all, err := d.Administrators(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("there are administrators: %v, %v", all, err)
	}
}

// TestSamplePeopleAreSettledOnAServerOfTheirOwn: never on one that was started, whoever is in it, and never beside one that works.
func TestSamplePeopleAreSettledOnAServerOfTheirOwn(t *testing.T) {
	h := emptyHouse(t, goodServer)
	settleSamples := func() error {
		plan, err := Plan(filepath.Join(h.dir, "server.toml"), nil)
		if err != nil {
			t.Fatal(err)
		}
		return SettleSamplePeople(t.Context(), plan, ServerParts{Hasher: quickHasher()})
	}
	h.start(quickHasher())
	if settleSamples() == nil {
		t.Error("people were settled beside a server")
	}
	h.end()
	if settleSamples() == nil {
		t.Error("people were settled on a server that was started before")
	}
}

func TestOneServerWorksOnItsData(t *testing.T) {
	h := newHouse(t, goodServer)
	h.start(quickHasher())
	plan, err := Plan(filepath.Join(h.dir, "server.toml"), nil)
	if err != nil {
		t.Fatalf("beside a server, its settings are wrong: %v", err)
	}
	if _, err := OpenServer(t.Context(), plan, ServerParts{Err: io.Discard, Hasher: quickHasher()}); err == nil || !strings.Contains(err.Error(), "another server is at work") {
		t.Errorf("a second server: %v", err)
	}
	h.end()
}

// TestAReloadTakesUpThePolicy at once.
func TestAReloadTakesUpThePolicy(t *testing.T) {
	h := newHouse(t, goodServer)
	h.start(quickHasher())
	path := filepath.Join(h.dir, "policy.toml")
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, strings.Replace(string(document), "Harbour Hospital", "Harbour Clinic", 1))
	for range 2 { // the second is taken once the first is done
		h.reload <- os.Interrupt
	}
	if code, body := h.get("https://reset.example.org/v1/organisation"); code != http.StatusOK || !strings.Contains(body, "Harbour Clinic") {
		t.Errorf("got %d %s", code, body)
	}
	h.end()
}

// TestAReloadSaysThatSettingsWait for a restart, or would keep the server from it, and nothing where none was changed.
func TestAReloadSaysThatSettingsWait(t *testing.T) {
	for changed, want := range map[string]string{
		goodServer: "",
		strings.Replace(goodServer, "[policy]", "[log]\nlevel = \"warn\"\n[policy]", 1): "a restart takes them up",
		strings.Replace(goodServer, "[policy]", "[log]\nlevel = \"loud\"\n[policy]", 1): "the next start would be refused",
		"[": "the next start would be refused",
	} {
		h := newHouse(t, goodServer)
		h.start(quickHasher())
		write(t, filepath.Join(h.dir, "server.toml"), changed)
		for range 2 { // the second is taken once the first is done
			h.reload <- os.Interrupt
		}
		h.end()
		if log := h.log.String(); want != "" && !strings.Contains(log, want) || want == "" && strings.Contains(log, "the settings were changed") {
			t.Errorf("want %q in %s", want, log)
		}
	}
}

// TestAFullDiskTakesTheStoreDown for who looks from outside, before somebody's reset fails; why is said to administrators alone.
func TestAFullDiskTakesTheStoreDown(t *testing.T) {
	before := roomOn
	t.Cleanup(func() { roomOn = before })
	for left, ready := range map[uint64]bool{leastRoom - 1: false, leastRoom: true} {
		roomOn = func(string) (uint64, error) { return left, nil }
		h := newHouse(t, goodServer)
		h.start(quickHasher())
		code, body := h.get("https://reset.example.org/readyz")
		if code == http.StatusOK != ready || strings.Contains(body, `{"name":"store","state":"down"`) == ready || strings.Contains(body, "KiB") {
			t.Errorf("with %d bytes left: %d %s", left, code, body)
		}
		h.end()
	}
	if left, err := before(t.TempDir()); err != nil || left == 0 {
		t.Errorf("here are %d bytes left, %v", left, err)
	}
}

// TestADirectoryThatIsAwayIsDown, and one that does not know nobody's name is up.
func TestADirectoryThatIsAwayIsDown(t *testing.T) {
	plan := &ServerPlan{keys: keyFiles{data: t.TempDir()}, directories: directoryBlocks(DefaultServerSettings(), false)}
	d, err := openDirectories(t.Context(), plan, ServerParts{Clock: systemClock{}, Hasher: quickHasher()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkDirectory(t.Context(), d); err != nil {
		t.Errorf("while it is there: %v", err)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	if err := checkDirectory(t.Context(), d); err == nil {
		t.Error("once it is closed nothing is said")
	}
}

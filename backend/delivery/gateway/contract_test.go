package gateway

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/gateway/gatewaytest"
	"github.com/sparekey/sparekey/backend/port"
)

// What must stand in no error and in no trace.
const (
	canaryCode   = "731904"
	canarySecret = "keeper-of-the-gate"
	webhookKeyed = "whsec_a2VlcGVyLW9mLXRoZS1nYXRlLWtlZXBlci1vZi10aGUtZ2F0ZQ==" // keeper-of-the-gate, twice
)

// clock is one that a test is in charge of.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// settled is a gateway of each kind as settings have it, at a provider of the test.
func settled(t *testing.T, k Kind, p *gatewaytest.Provider, changes ...func(*Config)) (*Gateway, *clock) {
	t.Helper()
	at := &clock{at: noon}
	c := Config{
		Kind: k, Name: "main", Endpoint: p.URL, User: "AC0123", From: "+15005550006", Roots: p.Roots, Clock: at,
		Secret: func() (app.Secret, error) { return app.NewSecret(canarySecret), nil },
		Texts: func(_ context.Context, m app.Message) (string, error) {
			return "Harbour: " + m.Code + " is your code, “Ana” & Co. {~€}", nil
		},
		Proxy: func(*http.Request) (*url.URL, error) { return nil, nil },
	}
	switch k {
	case KindBird:
		c.Service = "channel-1"
	case KindSNS:
		c.Region = "eu-west-1"
	case KindWebhook:
		c.Secret = func() (app.Secret, error) { return app.NewSecret(webhookKeyed), nil }
	case KindHTTP:
		c.Form = Form{
			Method: "POST", Type: "json", Body: `{"to": "{{.number}}", "from": "{{.from}}", "text": "{{.text}}", "ref": "{{.id}}"}`,
			Headers: map[string]string{"X-Key": "{{.secret}}"}, Receipt: "messages.0.id", TakenAt: "messages.0.status", TakenIs: "0",
		}
	}
	for _, change := range changes {
		change(&c)
	}
	if missing := Missing(c); len(missing) > 0 {
		t.Fatalf("%s: %v are missing", k, missing)
	}
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g, at
}

func message() app.Message {
	return app.Message{
		ID: "m-1", Channel: app.KindSMS, To: gatewaytest.Number, Template: app.MessageCode, Code: canaryCode, Country: "DE",
		Params: map[string]string{"minutes": "5"}, At: noon.Add(-time.Minute), Expires: noon.Add(4 * time.Minute),
	}
}

// carried delivers a message, and looks that nothing secret is told.
func carried(t *testing.T, g *Gateway, m app.Message) (port.Attempt, error) {
	t.Helper()
	return carriedIn(t.Context(), t, g, m)
}

func carriedIn(ctx context.Context, t *testing.T, g *Gateway, m app.Message) (port.Attempt, error) {
	t.Helper()
	var all []port.Attempt
	err := g.Deliver(port.WithAttempts(ctx, func(a port.Attempt) { all = append(all, a) }), m)
	if len(all) != 1 {
		t.Fatalf("%d attempts are told", len(all))
	}
	told := all[0].Outcome + " " + all[0].Receipt + " " + all[0].Provider
	if err != nil {
		told += " " + err.Error()
	}
	for _, secret := range []string{canaryCode, canarySecret, webhookKeyed, "15123456789", "Ana", "Harbour"} {
		if strings.Contains(told, secret) {
			t.Errorf("%q is told: %s", secret, told)
		}
	}
	return all[0], err
}

// TestEachKindKeepsTheContract goes over what providers document, and faults.
func TestEachKindKeepsTheContract(t *testing.T) {
	huge := gatewaytest.Answer{Status: 200, Body: strings.Repeat("x", 2*maxAnswer)}
	elsewhere := gatewaytest.Answer{Status: 307, Header: map[string]string{"Location": "https://localhost:1/elsewhere"}}
	for _, k := range Kinds() {
		t.Run(string(k), func(t *testing.T) {
			for name, row := range map[string]struct {
				answers string // a documented answer
				does    http.HandlerFunc
				kind    error // nil: the provider's trouble
				outcome string
			}{
				"number":   {answers: "number", kind: port.ErrUndeliverable},
				"account":  {answers: "account"},
				"message":  {answers: "message", kind: port.ErrIncapable},
				"settings": {answers: "settings"},
				"busy":     {answers: "busy", outcome: "request 429"},
				"down":     {does: answering(503, "<html>down</html>"), outcome: "request 503"},
				"between":  {does: answering(504, ""), kind: port.ErrUnanswered, outcome: "request 504 unanswered"},
				"redirect": {does: func(w http.ResponseWriter, r *http.Request) { writeAnswer(w, elsewhere) }, outcome: "request 307"},
				"cut":      {does: gatewaytest.Cut, kind: port.ErrUnanswered, outcome: "request unanswered"},
				"within":   {does: gatewaytest.Within, kind: port.ErrUnanswered, outcome: "request 201 unanswered"},
				"garbage":  {does: answering(200, "{\"sid\":"), kind: port.ErrUnanswered, outcome: "request 200 unanswered"},
				"portal":   {does: answering(200, "<html>Welcome</html>"), kind: port.ErrUnanswered, outcome: "request 200 unanswered"},
				"huge":     {does: func(w http.ResponseWriter, r *http.Request) { writeAnswer(w, huge) }, kind: port.ErrUnanswered, outcome: "request 200 unanswered"},
			} {
				p := gatewaytest.New(t, string(k))
				g, _ := settled(t, k, p)
				if row.answers != "" {
					documented, has := gatewaytest.Documented(string(k))[row.answers]
					if !has {
						continue
					}
					p.Answers(documented)
				} else {
					p.Does(row.does)
				}
				a, err := carried(t, g, message())
				if err == nil || a.Outcome == port.Taken {
					t.Errorf("%s: taken", name)
					continue
				}
				for _, kind := range []error{port.ErrUndeliverable, port.ErrIncapable, port.ErrUnanswered} {
					if errors.Is(err, kind) != (kind == row.kind) {
						t.Errorf("%s: %v (%s) is %v: %v", name, err, a.Outcome, kind, errors.Is(err, kind))
					}
				}
				if row.outcome != "" && !strings.HasPrefix(a.Outcome, row.outcome) {
					t.Errorf("%s: the outcome is %q, want %q", name, a.Outcome, row.outcome)
				}
				if n := len(p.Asked()); n != 1 {
					t.Errorf("%s: %d requests arrived", name, n)
				}
			}
		})
	}
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		writeAnswer(w, gatewaytest.Answer{Status: status, Body: body})
	}
}

func writeAnswer(w http.ResponseWriter, a gatewaytest.Answer) {
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body))
}

// TestEachKindHandsOverWhatItsAPIDocuments, and takes the provider's name for it.
func TestEachKindHandsOverWhatItsAPIDocuments(t *testing.T) {
	const words = "Harbour: 731904 is your code, “Ana” & Co. {~€}"
	for k, row := range map[Kind]struct {
		path, receipt string
		holds         []string // in the body
		form          url.Values
		header        map[string]string
	}{
		KindTwilio: {"/2010-04-01/Accounts/AC0123/Messages.json", "SM0123456789abcdef0123456789abcdef", nil,
			url.Values{"To": {gatewaytest.Number}, "From": {"+15005550006"}, "Body": {words}, "ValidityPeriod": {"240"}, "StatusCallback": {"https://reset.harbour.example/delivery/receipts/main.m-1"}},
			map[string]string{"Authorization": "Basic QUMwMTIzOmtlZXBlci1vZi10aGUtZ2F0ZQ=="}},
		KindVonage: {"/v1/messages", "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
			[]string{`"to":"4915123456789"`, `"from":"15005550006"`, `"channel":"sms"`, `"message_type":"text"`, `"ttl":240`, `is your code, “Ana” & Co. {~€}"`, `"webhook_url":"https://reset.harbour.example/delivery/receipts/main"`},
			nil, map[string]string{"Authorization": "Basic QUMwMTIzOmtlZXBlci1vZi10aGUtZ2F0ZQ=="}},
		KindBird: {"/workspaces/AC0123/channels/channel-1/messages", "3fa85f64-5717-4562-b3fc-2c963f66afa6",
			[]string{`"receiver":{"contacts":[{"identifierKey":"phonenumber","identifierValue":"+4915123456789"}]}`, `"type":"text"`, `“Ana” & Co.`},
			nil, map[string]string{"Authorization": "AccessKey keeper-of-the-gate"}},
		KindSinch: {"/xms/v1/AC0123/batches", "01FC66621VHDBN119Z8PMV1QPU",
			[]string{`"to":["+4915123456789"]`, `"from":"+15005550006"`, `"expire_at":"2026-06-01T12:04:00Z"`, `"delivery_report":"per_recipient_final"`, `"callback_url":"https://reset.harbour.example/delivery/receipts/main"`},
			nil, map[string]string{"Authorization": "Bearer keeper-of-the-gate"}},
		KindSNS: {"/", "94f20ce6-13c5-43a0-9a9e-ca52d816e90b", nil,
			url.Values{"Action": {"Publish"}, "PhoneNumber": {gatewaytest.Number}, "Message": {words}, "MessageAttributes.entry.1.Value.StringValue": {"Transactional"},
				"MessageAttributes.entry.2.Name": {"AWS.MM.SMS.OriginationNumber"}, "MessageAttributes.entry.2.Value.StringValue": {"+15005550006"}},
			map[string]string{"X-Amz-Date": "20260601T120000Z"}},
		KindWebhook: {"/", "T-2041",
			[]string{`"type":"text.send"`, `"id":"m-1"`, `"to":"+4915123456789"`, `"country":"DE"`, `"expires":"2026-06-01T12:04:00Z"`, `“Ana” & Co. {~€}"`},
			nil, map[string]string{"Webhook-Id": "m-1", "Webhook-Timestamp": "1780315200"}},
		KindHTTP: {"/", "0C000000217B7F02", []string{`{"to": "4915123456789", "from": "+15005550006", "text": "Harbour: 731904 is your code, “Ana” \u0026 Co. {~€}", "ref": "m-1"}`},
			nil, map[string]string{"X-Key": canarySecret, "Content-Type": "application/json"}},
	} {
		p := gatewaytest.New(t, string(k))
		g, _ := settled(t, k, p, func(c *Config) { c.Receipts = "https://reset.harbour.example/delivery/receipts/main" })
		a, err := carried(t, g, message())
		if err != nil || a.Outcome != port.Taken || a.Receipt != row.receipt || a.Provider != "main "+strings.TrimPrefix(p.URL, "https://") {
			t.Errorf("%s: %+v, %v", k, a, err)
			continue
		}
		r := p.Asked()[0]
		if r.Method != "POST" || r.Path != row.path {
			t.Errorf("%s: %s %s", k, r.Method, r.Path)
		}
		for _, want := range row.holds {
			if !strings.Contains(r.Body, want) {
				t.Errorf("%s: %q is not in %s", k, want, r.Body)
			}
		}
		for name, want := range row.form {
			if got := r.Form().Get(name); got != want[0] {
				t.Errorf("%s: %s is %q, want %q", k, name, got, want[0])
			}
		}
		for name, want := range row.header {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", k, name, got, want)
			}
		}
	}
}

// TestAProviderThatIsBusyIsLeftAlone for as long as it asked, and not for ever.
func TestAProviderThatIsBusyIsLeftAlone(t *testing.T) {
	for _, k := range Kinds() {
		p := gatewaytest.New(t, string(k))
		g, at := settled(t, k, p)
		p.Answers(gatewaytest.Documented(string(k))["busy"])
		if _, err := carried(t, g, message()); err == nil {
			t.Fatalf("%s: taken", k)
		}
		p.Answers(gatewaytest.Documented(string(k))["taken"])
		at.move(6 * time.Second)
		if a, err := carried(t, g, message()); err == nil || len(p.Asked()) != 1 || !strings.HasSuffix(a.Outcome, "resting") {
			t.Errorf("%s: it was asked before its time: %v, %s", k, err, a.Outcome)
		}
		at.move(2 * time.Second)
		if _, err := carried(t, g, message()); err != nil || len(p.Asked()) != 2 {
			t.Errorf("%s: it was not asked again: %v", k, err)
		}
	}
	p := gatewaytest.New(t, "twilio")
	g, at := settled(t, KindTwilio, p)
	p.Answers(gatewaytest.Answer{Status: 429, Header: map[string]string{"Retry-After": "86400"}})
	_, _ = carried(t, g, message())
	p.Answers(gatewaytest.Documented("twilio")["taken"])
	at.move(longestRest + time.Second)
	if _, err := carried(t, g, message()); err != nil {
		t.Errorf("a code that lives for minutes waits for a day: %v", err)
	}
}

// TestASilentProviderIsLeftAfterItsTime: it may have taken the text.
func TestASilentProviderIsLeftAfterItsTime(t *testing.T) {
	p := gatewaytest.New(t, "twilio")
	g, _ := settled(t, KindTwilio, p)
	p.Does(gatewaytest.Silent)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := carriedIn(ctx, t, g, message()); !errors.Is(err, port.ErrUnanswered) || !strings.Contains(err.Error(), "no answer in time") {
		t.Errorf("%v", err)
	}
}

// TestWhatNeverLeftIsNobodysText: where there was no connection nothing can arrive twice.
func TestWhatNeverLeftIsNobodysText(t *testing.T) {
	p := gatewaytest.New(t, "twilio")
	for name, row := range map[string]struct {
		change func(*Config)
		step   string
	}{
		"a name that is none": {func(c *Config) { c.Endpoint = "https://nobody.invalid" }, "resolve"},
		"nobody there":        {func(c *Config) { c.Endpoint = "https://127.0.0.1:1" }, "connect"},
		"another issuer":      {func(c *Config) { c.Roots = x509.NewCertPool() }, "tls"},
		"another name":        {func(c *Config) { c.Endpoint = strings.Replace(p.URL, "localhost", "127.0.0.1", 1) }, "tls"},
		"no secret": {func(c *Config) {
			c.Secret = func() (app.Secret, error) { return app.Secret{}, errors.New("no such file") }
		}, "secret"},
	} {
		g, _ := settled(t, KindTwilio, p, row.change)
		a, err := carried(t, g, message())
		if err == nil || a.Outcome != row.step || errors.Is(err, port.ErrUnanswered) || errors.Is(err, port.ErrUndeliverable) || errors.Is(err, port.ErrIncapable) {
			t.Errorf("%s: %q, %v", name, a.Outcome, err)
		}
	}
	described, _ := settled(t, KindHTTP, p, func(c *Config) {
		c.Endpoint += "/send?to={{.number}}&text={{.text}}"
		c.Form, c.Roots = Form{Method: "GET", Type: "form"}, x509.NewCertPool()
	})
	if a, err := carried(t, described, message()); err == nil || a.Outcome != "tls" { // and its address is in no error
		t.Errorf("%q, %v", a.Outcome, err)
	}
	g, _ := settled(t, KindTwilio, p)
	for _, to := range []string{"", "015123456789", "+49", "+49151 23456789", "+4915123456789;ext=1", "ana@harbour.example"} {
		m := message()
		m.To = to
		if a, err := carried(t, g, m); !errors.Is(err, port.ErrUndeliverable) || a.Outcome != "number" {
			t.Errorf("%q: %q, %v", to, a.Outcome, err)
		}
	}
	if n := len(p.Asked()); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
}

// TestACodeThatIsANumberIsToldNowhere: what a described gateway answers may be anything.
func TestACodeThatIsANumberIsToldNowhere(t *testing.T) {
	p := gatewaytest.New(t, "http")
	g, _ := settled(t, KindHTTP, p)
	for _, status := range []string{"4915123456789", "+49 151 is off", strings.Repeat("x", 61)} {
		p.Answers(gatewaytest.Answer{Status: 200, Body: `{"messages":[{"status":"` + status + `"}]}`})
		if a, err := carried(t, g, message()); err == nil || a.Outcome != "request 200" {
			t.Errorf("%q: %q, %v", status, a.Outcome, err)
		}
	}
}

// TestConnectionsAreKept, each for the next text.
func TestConnectionsAreKept(t *testing.T) {
	p := gatewaytest.New(t, "vonage")
	g, _ := settled(t, KindVonage, p)
	for range 5 {
		if _, err := carried(t, g, message()); err != nil {
			t.Fatal(err)
		}
	}
	if n := p.Opened(); n != 1 {
		t.Errorf("%d connections for five texts", n)
	}
}

// TestEndpointsAreSecured, but for those on this computer.
func TestEndpointsAreSecured(t *testing.T) {
	for address, good := range map[string]bool{
		"https://api.twilio.com": true, "https://gw.example.org/sms/v1": true, "http://127.0.0.1:8080": true, "http://localhost/sms": true,
		"http://[::1]:80": true, "http://api.twilio.com": false, "ftp://localhost": false, "https://": false, "https://a:b@host": false,
		"https://host/#x": false, "https://host/?to=1": false, "api.twilio.com": false, "": false,
	} {
		if err := CheckEndpoint(address, KindTwilio); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
	if err := CheckEndpoint("https://gw.example.org/send?to={{.number}}&text={{.text}}", KindHTTP); err != nil {
		t.Error(err)
	}
}

// TestADescribedGatewayFillsItsAddress without breaking out of it.
func TestADescribedGatewayFillsItsAddress(t *testing.T) {
	p := gatewaytest.New(t, "http")
	g, _ := settled(t, KindHTTP, p, func(c *Config) {
		c.Endpoint += "/send?to={{.number}}&text={{ .text }}&from={{.from}}"
		c.Form = Form{Method: "GET", Type: "form"}
	})
	p.Answers(gatewaytest.Answer{Status: 200, Body: "OK"})
	if a, err := carried(t, g, message()); err != nil || a.Receipt != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	u, err := url.Parse(p.Asked()[0].Path)
	if err != nil || u.Path != "/send" || u.Query().Get("text") != "Harbour: 731904 is your code, “Ana” & Co. {~€}" || u.Query().Get("to") != "4915123456789" || u.Query().Get("from") != "+15005550006" {
		t.Errorf("%v, %v", u, err)
	}
	if got := p.Asked()[0].Header.Get("Authorization"); got != "Basic QUMwMTIzOmtlZXBlci1vZi10aGUtZ2F0ZQ==" {
		t.Errorf("it signs in as %q", got)
	}
}

// TestDescriptionsThatAreNone are told by the setting.
func TestDescriptionsThatAreNone(t *testing.T) {
	good := Form{Method: "POST", Type: "json", Body: `{"a": "{{.text}}", "b": "{{.to}}"}`}
	for setting, change := range map[string]func(*Form){
		"":        func(*Form) {},
		"method":  func(f *Form) { f.Method = "PUT" },
		"type":    func(f *Form) { f.Type = "xml" },
		"body":    func(f *Form) { f.Body = `{"a": "{{.secret}}"}` },
		"headers": func(f *Form) { f.Headers = map[string]string{"X": "{{.code}}"} },
	} {
		f := good
		change(&f)
		if got, err := CheckForm("https://gw.example.org", f); got != setting || (err == nil) != (setting == "") {
			t.Errorf("%q: %q, %v", setting, got, err)
		}
	}
	f := good
	f.Body = `{"a": {{.text}}}`
	if got, err := CheckForm("https://gw.example.org", f); got != "body" || !errors.Is(err, ErrBody) {
		t.Errorf("%q, %v", got, err)
	}
	if got, _ := CheckForm("https://gw.example.org/{{.texts}}", good); got != "endpoint" {
		t.Errorf("%q", got)
	}
}

// BenchmarkATextIsHandedOver to a provider on this computer, over TLS.
func BenchmarkATextIsHandedOver(b *testing.B) {
	p := gatewaytest.New(b, "twilio")
	g, err := New(Config{
		Kind: KindTwilio, Name: "main", Endpoint: p.URL, User: "AC0123", From: "+15005550006", Roots: p.Roots, Clock: &clock{at: noon},
		Secret: func() (app.Secret, error) { return app.NewSecret(canarySecret), nil },
		Texts:  func(context.Context, app.Message) (string, error) { return "Harbour: 731904 is your code.", nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := g.Deliver(b.Context(), message()); err != nil {
			b.Fatal(err)
		}
	}
}

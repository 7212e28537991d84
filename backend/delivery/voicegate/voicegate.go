// Package voicegate delivers codes by telephone through a provider's HTTP interface: the provider calls, and speaks what it was given with
// a voice of its own. Nobody is asked for a key, and no digits come back.
package voicegate

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/prompt"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/port"
)

// Kind is whose interface it is.
type Kind string

// The kinds.
const (
	KindTwilio  Kind = "twilio"
	KindWebhook Kind = "webhook" // a server of the organisation's own
)

// Config is one provider.
type Config struct {
	Kind     Kind
	Name     string // of its table in the settings
	Endpoint string // see CheckEndpoint; empty: the kind's own
	User     string // the account there
	Secret   func() (app.Secret, error)
	From     string // the caller's number
	Language string // one of prompt.Languages
	Clock    port.Clock
	Roots    *x509.CertPool // by which its certificate is known; nil: the system's
}

// Gateway is one provider. It is safe for concurrent use.
type Gateway struct {
	config Config
	at     *url.URL
	client *http.Client
}

var _ examine.Provider = (*Gateway)(nil)

const (
	twilioHome = "https://api.twilio.com"
	mostAnswer = 64 << 10
	keptOpen   = 20 * time.Second
)

// ErrEndpoint says that a text is no address of a gateway.
var ErrEndpoint = errors.New("it is neither https://HOST nor, on this computer, http://HOST")

// CheckEndpoint looks at a gateway's address: over TLS, or on this computer. Its error is ErrEndpoint.
func CheckEndpoint(address string) error {
	_, err := parseEndpoint(address)
	return err
}

func parseEndpoint(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "" {
		return nil, ErrEndpoint
	}
	ip, err := netip.ParseAddr(u.Hostname())
	here := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !here) {
		return nil, ErrEndpoint
	}
	return u, nil
}

// New makes a gateway. Nobody is asked yet.
func New(c Config) (*Gateway, error) {
	if c.Endpoint == "" && c.Kind == KindTwilio {
		c.Endpoint = twilioHome
	}
	at, err := parseEndpoint(c.Endpoint)
	if err != nil {
		return nil, err
	}
	return &Gateway{config: c, at: at, client: &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12},
			IdleConnTimeout: keptOpen, MaxResponseHeaderBytes: mostAnswer, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a call goes nowhere else
	}}, nil
}

// Name implements examine.Provider.
func (g *Gateway) Name() string { return strings.TrimSpace(g.config.Name + " " + g.at.Host) }

// Close ends the connections that are kept.
func (g *Gateway) Close() error { g.client.CloseIdleConnections(); return nil }

// Deliver implements port.Deliverer.
func (g *Gateway) Deliver(ctx context.Context, m app.Message) error {
	receipt, err := g.call(ctx, m)
	attempt := port.Attempt{Provider: g.Name(), Outcome: port.Taken, Receipt: receipt}
	var failed *Failure
	if errors.As(err, &failed) {
		attempt.Outcome = failed.Outcome()
	}
	port.TellAttempt(ctx, attempt)
	return err
}

// Examine implements examine.Provider.
func (g *Gateway) Examine(ctx context.Context, m app.Message, tell func(examine.Finding)) bool {
	receipt, err := g.call(ctx, m)
	var failed *Failure
	if errors.As(err, &failed) {
		tell(examine.Finding{Step: string(failed.Step), About: g.Name(), Said: failed.Said.Error(), Remedy: string(failed.Remedy())})
		return false
	}
	tell(examine.Finding{Step: string(StepHand), About: g.Name(), Said: receipt})
	return true
}

// errAsked says that a message asks for digits.
var errAsked = errors.New("digits that are typed do not come back by this provider")

// call has a call made, and gives the provider's name for it. Errors are *Failure.
func (g *Gateway) call(ctx context.Context, m app.Message) (receipt string, err error) {
	number, extension, _ := strings.Cut(m.To, ";ext=")
	if !e164.MatchString(number) || !digits.MatchString(extension) {
		return "", g.fail(StepNumber, errNumber)
	}
	words, err := g.words(m)
	if err != nil {
		return "", g.fail(StepWords, err)
	}
	secret, err := g.config.Secret()
	if err != nil {
		return "", g.fail(StepHand, err)
	}
	c := spokenCall{id: m.ID, to: number, extension: extension, words: words}
	var req *http.Request
	if g.config.Kind == KindTwilio {
		req, err = g.twilio(c, secret)
	} else {
		req, err = g.webhook(c, secret)
	}
	if err != nil {
		return "", g.fail(StepHand, err)
	}
	return g.hand(ctx, req)
}

var (
	e164      = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	digits    = regexp.MustCompile(`^[0-9]{0,8}$`)
	errNumber = errors.New("it is no telephone number")
)

// spokenCall is what a provider is given.
type spokenCall struct {
	id, to, extension string
	words             []string // sentences, with a pause after each
}

// words are what is spoken: the code twice, its digits one by one.
func (g *Gateway) words(m app.Message) (all []string, err error) {
	say := func(clips ...prompt.Clip) {
		for _, c := range clips {
			text, failed := prompt.Words(g.config.Language, c)
			all, err = append(all, text), errors.Join(err, failed)
		}
	}
	switch m.Template {
	case app.MessageCode:
		if _, err := prompt.Digits(m.Code); err != nil {
			return nil, err
		}
		code := strings.Join(strings.Split(m.Code, ""), ", ") + "."
		say(prompt.Hello, prompt.Comes)
		all = append(all, code)
		say(prompt.Again)
		all = append(all, code)
		say(prompt.Type, prompt.Goodbye)
	case app.MessageTest:
		say(prompt.Hello, prompt.Test)
	default:
		return nil, errAsked
	}
	return all, err
}

// hand hands a request over.
func (g *Gateway) hand(ctx context.Context, req *http.Request) (receipt string, err error) {
	res, err := g.ask(ctx, req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return "", g.unanswered(0, err)
	}
	var answer struct {
		SID     string          `json:"sid"`
		ID      string          `json:"id"`
		Code    json.RawMessage `json:"code"`
		Message string          `json:"message"`
	}
	_ = json.Unmarshal(body, &answer)
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		if g.config.Kind == KindTwilio && answer.SID == "" { // a server that knows nothing of calls may say that all is well, too
			return "", g.unanswered(res.StatusCode, errUnreadable)
		}
		if receipt = answer.SID + answer.ID; !names.MatchString(receipt) {
			receipt = ""
		}
		return receipt, nil
	}
	f := g.fail(StepHand, fmt.Errorf("%d %s", res.StatusCode, answer.Message))
	f.Status = res.StatusCode
	if code := strings.Trim(string(answer.Code), `"`); names.MatchString(code) {
		f.Code = code
	}
	if f.kind = judge(f.Code); f.kind == nil && f.Status == http.StatusGatewayTimeout { // the provider's own door has had no answer
		f.kind = port.ErrUnanswered
	}
	return "", f
}

// names are the form of a provider's names and codes.
var names = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// judge says whose trouble a provider's code is (https://www.twilio.com/docs/api/errors). Any other one is the provider's.
func judge(code string) error {
	switch code {
	case "13223", "13224", "21211", "21214", "21217", "21421", "number_refused":
		return port.ErrUndeliverable
	case "not_carried", "21215", "21216": // not to this country, or number, from this account
		return port.ErrIncapable
	}
	return nil
}

// withoutAddress takes the address off that the HTTP client puts before what went wrong.
func withoutAddress(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

func stepOf(err error) Step {
	var dns *net.DNSError
	var op *net.OpError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &dns):
		return StepResolve
	case errors.As(err, &verify):
		return StepTLS
	case errors.As(err, &op) && op.Op == "dial":
		return StepConnect
	}
	return StepHand
}

// postJSON begins a request with a document.
func postJSON(address string, document any) (*http.Request, []byte, error) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(document); err != nil {
		return nil, nil, err
	}
	raw := bytes.TrimSpace(body.Bytes())
	req, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(raw))
	if err == nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, raw, err
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

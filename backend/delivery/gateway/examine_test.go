package gateway

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/gateway/gatewaytest"
)

// examined gives what an examination tells: each step, with the remedy of the one that failed.
func examined(ctx context.Context, g *Gateway, to string) (steps string, all []examine.Finding, taken bool) {
	var said []string
	taken = g.Examine(ctx, app.Message{ID: "test", Channel: app.KindSMS, To: to, Template: app.MessageTest, At: noon}, func(f examine.Finding) {
		step := f.Step
		if f.Remedy != "" {
			step += "=" + f.Remedy
		}
		said, all = append(said, step), append(all, f)
	})
	return strings.Join(said, " "), all, taken
}

// TestAnExaminationShowsEachStep, with the peer's own words.
func TestAnExaminationShowsEachStep(t *testing.T) {
	for _, k := range Kinds() {
		g, _ := settled(t, k, gatewaytest.New(t, string(k)))
		steps, all, taken := examined(t.Context(), g, gatewaytest.Number)
		if steps != "resolve connect tls request" || !taken {
			t.Errorf("%s: %s, taken %v", k, steps, taken)
			continue
		}
		if all[0].About != "localhost" || !strings.Contains(all[0].Params["addresses"], "127.0.0.1") || all[2].Params["subject"] != "CN=localhost" ||
			all[3].Params["receipt"] == "" || all[3].Said == "" {
			t.Errorf("%s: %+v", k, all)
		}
	}
}

// TestEachFaultHasItsRemedy, since what helps against one makes another worse.
func TestEachFaultHasItsRemedy(t *testing.T) {
	documented := gatewaytest.Documented("twilio")
	for name, row := range map[string]struct {
		answer *gatewaytest.Answer
		does   http.HandlerFunc
		change func(*Config)
		to     string
		steps  string
		said   string
	}{
		"name":     {change: func(c *Config) { c.Endpoint = "https://nobody.invalid" }, steps: "resolve=gateway_name"},
		"nobody":   {change: func(c *Config) { c.Endpoint = "https://localhost:1" }, steps: "resolve connect=gateway_reach"},
		"issuer":   {change: func(c *Config) { c.Roots = x509.NewCertPool() }, steps: "resolve connect tls=issuer"},
		"host":     {change: func(c *Config) { c.Endpoint = strings.Replace(c.Endpoint, "localhost", "127.0.0.1", 1) }, steps: "connect tls=host"},
		"secret":   {change: func(c *Config) { c.Secret = func() (app.Secret, error) { return app.Secret{}, errors.New("gone") } }, steps: "secret=gateway_secret", said: "gone"},
		"number":   {to: "015123", steps: "number=gateway_number"},
		"refused":  {answer: new(documented["number"]), steps: "resolve connect tls request=gateway_number", said: "Invalid 'To' Phone Number"},
		"account":  {answer: new(documented["account"]), steps: "resolve connect tls request=gateway_account", said: "Authenticate"},
		"message":  {answer: new(documented["message"]), steps: "resolve connect tls request=gateway_message", said: "Permission"},
		"settings": {answer: new(documented["settings"]), steps: "resolve connect tls request=gateway_settings", said: "+15005550006"},
		"busy":     {answer: new(documented["busy"]), steps: "resolve connect tls request=gateway_later", said: "Too Many"},
		"money":    {answer: &gatewaytest.Answer{Status: 402}, steps: "resolve connect tls request=gateway_money", said: "402 Payment Required"},
		"place":    {answer: &gatewaytest.Answer{Status: 404}, steps: "resolve connect tls request=gateway_place", said: "404"},
		"redirect": {answer: &gatewaytest.Answer{Status: 302, Header: map[string]string{"Location": "/x"}}, steps: "resolve connect tls request=gateway_redirect", said: "302"},
		"down":     {answer: &gatewaytest.Answer{Status: 500}, steps: "resolve connect tls request=gateway_down", said: "500"},
		"cut":      {does: gatewaytest.Cut, steps: "resolve connect tls request=gateway_unsure"},
	} {
		p := gatewaytest.New(t, "twilio")
		change := row.change
		if change == nil {
			change = func(*Config) {}
		}
		g, _ := settled(t, KindTwilio, p, change)
		switch {
		case row.answer != nil:
			p.Answers(*row.answer)
		case row.does != nil:
			p.Does(row.does)
		}
		to := row.to
		if to == "" {
			to = gatewaytest.Number
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		steps, all, taken := examined(ctx, g, to)
		cancel()
		if steps != row.steps || taken {
			t.Errorf("%s: %s, taken %v; want %s", name, steps, taken, row.steps)
			continue
		}
		last := all[len(all)-1]
		if !strings.Contains(last.Said, row.said) || strings.Contains(last.Said, canarySecret) {
			t.Errorf("%s: %q is said", name, last.Said)
		}
	}
}

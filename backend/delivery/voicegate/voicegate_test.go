package voicegate

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/port"
)

type stopped struct{}

func (stopped) Now() time.Time { return time.Unix(1_800_000_000, 0) }

const (
	number = "+493012345678"
	code   = "042917"
	key    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)

// gateway opens a gateway at a server of the test.
func gateway(t *testing.T, kind Kind, secret string, answer http.HandlerFunc) *Gateway {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	g, err := New(Config{
		Kind: kind, Name: "gate", Endpoint: s.URL, User: "AC42", Language: "de", From: "+493055501", Clock: stopped{},
		Secret: func() (app.Secret, error) { return app.NewSecret(secret), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func message(template app.MessageID) app.Message {
	return app.Message{ID: "m1", Channel: app.KindVoice, To: number + ";ext=56", Template: template, Code: code, Call: "flow.ref"}
}

func TestTwilioSpeaksTheCodeTwice(t *testing.T) {
	g := gateway(t, KindTwilio, "token", func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if r.URL.Path != "/2010-04-01/Accounts/AC42/Calls.json" || user != "AC42" || password != "token" || r.FormValue("To") != number || r.FormValue("From") != "+493055501" || r.FormValue("SendDigits") != "ww56" {
			t.Errorf("%s %v as %s", r.URL, r.Form, user)
		}
		said := r.FormValue("Twiml")
		if strings.Count(said, `<Say language="de-DE">0, 4, 2, 9, 1, 7.</Say>`) != 2 || !strings.Contains(said, "Ihr Code lautet") {
			t.Errorf("is said: %s", said)
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"sid":"CA93","status":"queued"}`)
	})
	var got port.Attempt
	err := g.Deliver(port.WithAttempts(t.Context(), func(a port.Attempt) { got = a }), message(app.MessageCode))
	if err != nil || got.Outcome != port.Taken || got.Receipt != "CA93" || !strings.HasPrefix(got.Provider, "gate 127.0.0.1:") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAWebhookIsSigned(t *testing.T) {
	g := gateway(t, KindWebhook, key, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		raw, _ := base64.StdEncoding.DecodeString(key[6:])
		mac := hmac.New(sha256.New, raw)
		mac.Write([]byte("m1.1800000000." + string(body)))
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); r.Header.Get("webhook-signature") != want || r.Header.Get("webhook-id") != "m1" || r.Header.Get("webhook-timestamp") != "1800000000" {
			t.Errorf("headers %v, want %s", r.Header, want)
		}
		var said struct {
			Type, ID, To, Extension, Language, From string
			Words                                   []string
		}
		if err := json.Unmarshal(body, &said); err != nil || said.Type != "call.speak" || said.To != number || said.Extension != "56" || said.Language != "de" || said.Words[2] != "0, 4, 2, 9, 1, 7." {
			t.Errorf("%s, %v", body, err)
		}
	})
	if err := g.Deliver(t.Context(), message(app.MessageCode)); err != nil {
		t.Error(err)
	}
}

func TestWhoseTroubleAnAnswerIs(t *testing.T) {
	for body, c := range map[string]struct {
		status int
		kind   error
		remedy Remedy
	}{
		`{"code":21211,"message":"Invalid 'To' Phone Number: ` + number + `"}`: {400, port.ErrUndeliverable, RemedyNumber},
		`{"code":21215,"message":"not to ` + number + `"}`:                     {403, port.ErrIncapable, RemedyRights},
		`{"code":20003,"message":"Authenticate"}`:                              {401, nil, RemedyPassword},
		`{"code":"number_refused"}`:                                            {422, port.ErrUndeliverable, RemedyNumber},
		`<html>`:                                                               {500, nil, RemedyTrouble},
		`moved`:                                                                {302, nil, RemedyTrouble},
	} {
		g := gateway(t, KindTwilio, "token", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, body)
		})
		err := g.Deliver(t.Context(), message(app.MessageCode))
		var failed *Failure
		if !errors.As(err, &failed) || c.kind != nil && !errors.Is(err, c.kind) || c.kind == nil && failed.Unwrap() != nil || failed.Remedy() != c.remedy {
			t.Errorf("%s: %v, %v", body, err, failed.Remedy())
		}
		for _, secret := range []string{number[1:], code, "token"} {
			if strings.Contains(err.Error()+failed.Outcome(), secret) {
				t.Errorf("%q is in %q", secret, err)
			}
		}
	}
}

// TestDigitsDoNotComeBack: another provider has to ask for them.
func TestDigitsDoNotComeBack(t *testing.T) {
	g := gateway(t, KindTwilio, "token", func(http.ResponseWriter, *http.Request) { t.Error("the provider was asked") })
	if err := g.Deliver(t.Context(), message(app.MessageCall)); !errors.Is(err, port.ErrIncapable) {
		t.Error(err)
	}
	m := message(app.MessageCode)
	m.To = "0301234"
	if err := g.Deliver(t.Context(), m); !errors.Is(err, port.ErrUndeliverable) {
		t.Error(err)
	}
}

func TestAnEndpointIsSecured(t *testing.T) {
	for address, good := range map[string]bool{
		"https://calls.example.org/x": true, "http://127.0.0.1:1": true, "http://localhost/": true, "http://calls.example.org": false,
		"https://user@calls.example.org": false, "calls": false, "https://calls.example.org/?a=b": false,
	} {
		if err := CheckEndpoint(address); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
	if CheckWebhookKey(key) != nil || CheckWebhookKey("whsec_c2hvcnQ=") == nil || CheckWebhookKey("secret") == nil {
		t.Error("a key is taken for none, or the other way round")
	}
}

func TestATestCallIsShown(t *testing.T) {
	g := gateway(t, KindTwilio, "token", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"sid":"CA1"}`) })
	var found []examine.Finding
	if !g.Examine(context.Background(), message(app.MessageTest), func(f examine.Finding) { found = append(found, f) }) || len(found) != 1 || found[0].Said != "CA1" {
		t.Errorf("%+v", found)
	}
	g.at.Host = "127.0.0.1:1"
	found = nil
	if g.Examine(context.Background(), message(app.MessageTest), func(f examine.Finding) { found = append(found, f) }) || found[0].Remedy != string(RemedyReach) {
		t.Errorf("%+v", found)
	}
}

package gateway

import (
	"cmp"
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

const (
	spokenTo   = "+493012345678"
	spokenCode = "042917"
	spokenKey  = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)

// calling opens a provider of calls at a server of the test.
func calling(t *testing.T, kind Kind, secret string, answer http.HandlerFunc) *Gateway {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	g, err := New(Config{
		Kind: kind, Name: "gate", Endpoint: s.URL, User: "AC42", Language: "de", From: "+493055501", Clock: &clock{at: time.Unix(1_800_000_000, 0)},
		Secret: func() (app.Secret, error) { return app.NewSecret(secret), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func callMessage(template app.MessageID) app.Message {
	return app.Message{ID: "m1", Channel: app.KindVoice, To: spokenTo + ";ext=56", Template: template, Code: spokenCode, Call: "flow.ref", Expires: time.Unix(1_800_000_060, 0)}
}

func TestTwilioSpeaksTheCodeTwice(t *testing.T) {
	g := calling(t, KindTwilio, "token", func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if r.URL.Path != "/2010-04-01/Accounts/AC42/Calls.json" || user != "AC42" || password != "token" || r.FormValue("To") != spokenTo || r.FormValue("From") != "+493055501" || r.FormValue("SendDigits") != "ww56" || r.FormValue("Timeout") != "25" {
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
	err := g.Deliver(port.WithAttempts(t.Context(), func(a port.Attempt) { got = a }), callMessage(app.MessageCode))
	if err != nil || got.Outcome != port.Taken || got.Receipt != "CA93" || !strings.HasPrefix(got.Provider, "gate 127.0.0.1:") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAWebhookOfCallsIsSigned(t *testing.T) {
	g := calling(t, KindWebhook, spokenKey, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		raw, _ := base64.StdEncoding.DecodeString(spokenKey[6:])
		mac := hmac.New(sha256.New, raw)
		mac.Write([]byte("m1.1800000000." + string(body)))
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); r.Header.Get("webhook-signature") != want || r.Header.Get("webhook-id") != "m1" || r.Header.Get("webhook-timestamp") != "1800000000" {
			t.Errorf("headers %v, want %s", r.Header, want)
		}
		var said struct {
			Type, ID, To, Extension, Language, From, Expires string
			Words                                            []string
		}
		if err := json.Unmarshal(body, &said); err != nil || said.Type != "call.speak" || said.To != spokenTo || said.Extension != "56" || said.Language != "de" || said.Words[2] != "0, 4, 2, 9, 1, 7." || said.Expires != "2027-01-15T08:01:00Z" {
			t.Errorf("%s, %v", body, err)
		}
	})
	if err := g.Deliver(t.Context(), callMessage(app.MessageCode)); err != nil {
		t.Error(err)
	}
}

func TestWhoseTroubleAnAnswerToACallIs(t *testing.T) {
	for body, c := range map[string]struct {
		status int
		kind   error
		remedy Remedy
		by     Kind // empty: Twilio
	}{
		`{"code":21211,"message":"Invalid 'To' Phone Number: ` + spokenTo + `"}`: {400, port.ErrUndeliverable, RemedyNumber, ""},
		`{"code":21215,"message":"not to ` + spokenTo + `"}`:                     {403, port.ErrIncapable, RemedyMessage, ""},
		`{"code":20003,"message":"Authenticate"}`:                                {401, nil, RemedyAccount, ""},
		`{"code":"number_refused"}`:                                              {422, port.ErrUndeliverable, RemedyNumber, KindWebhook},
		`<html>`:                                                                 {500, nil, RemedyDown, ""},
		`moved`:                                                                  {302, nil, RemedyRedirect, ""},
	} {
		g := calling(t, cmp.Or(c.by, KindTwilio), spokenKey, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, body)
		})
		err := g.Deliver(t.Context(), callMessage(app.MessageCode))
		var failed *Failure
		if !errors.As(err, &failed) || c.kind != nil && !errors.Is(err, c.kind) || c.kind == nil && failed.Unwrap() != nil || failed.Remedy() != c.remedy {
			t.Errorf("%s: %v, %v", body, err, failed.Remedy())
		}
		for _, secret := range []string{spokenTo[1:], spokenCode, spokenKey} {
			if strings.Contains(err.Error()+failed.Outcome(), secret) {
				t.Errorf("%q is in %q", secret, err)
			}
		}
	}
}

// TestDigitsDoNotComeBack: another provider has to ask for them.
func TestDigitsDoNotComeBack(t *testing.T) {
	g := calling(t, KindTwilio, "token", func(http.ResponseWriter, *http.Request) { t.Error("the provider was asked") })
	if err := g.Deliver(t.Context(), callMessage(app.MessageCall)); !errors.Is(err, port.ErrIncapable) {
		t.Error(err)
	}
	m := callMessage(app.MessageCode)
	m.To = "0301234"
	if err := g.Deliver(t.Context(), m); !errors.Is(err, port.ErrUndeliverable) {
		t.Error(err)
	}
}

func TestATestCallIsShown(t *testing.T) {
	g := calling(t, KindTwilio, "token", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"sid":"CA1"}`) })
	tried := func() (taken bool, last examine.Finding) {
		taken = g.Examine(t.Context(), callMessage(app.MessageTest), func(f examine.Finding) { last = f })
		return taken, last
	}
	if taken, last := tried(); !taken || last.Params["receipt"] != "CA1" {
		t.Errorf("%+v", last)
	}
	g.at.Host = "127.0.0.1:1"
	if taken, last := tried(); taken || last.Remedy != string(RemedyReach) {
		t.Errorf("%+v", last)
	}
}

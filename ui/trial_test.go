package ui

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

func (s *stage) trial() *Trial {
	return &Trial{Tray: s, People: []Sample{
		{State: "ready", UserID: "ana@harbour.example", Name: "Ana Ruiz", Password: "copper lantern quietly"},
		{State: "registered", UserID: "ben@harbour.example", Name: "Ben Okoro", Password: "seven quiet boats",
			App: func(t time.Time) string { return t.Format("150405") }},
		{State: "never", UserID: "new@harbour.example", Name: "Noor Haddad"},
	}}
}

func TestServerAddress(t *testing.T) {
	good := map[string]string{
		"sparekey.example.org":            "https://sparekey.example.org",
		" https://sparekey.example.org/ ": "https://sparekey.example.org",
		"sparekey.example.org:8443":       "https://sparekey.example.org:8443",
		"https://[2001:db8::1]:8443":      "https://[2001:db8::1]:8443",
		"bücher.example":                  "https://bücher.example",
	}
	for typed, want := range good {
		if got, problem := serverAddress(typed); got != want {
			t.Errorf("%q gives %q (%s), want %q", typed, got, problem, want)
		}
	}
	bad := map[string]string{
		"": "connect.empty", "  ": "connect.empty",
		"http://sparekey.example.org":         "connect.insecure",
		"ftp://sparekey.example.org":          "connect.malformed",
		"https://":                            "connect.malformed",
		"two words":                           "connect.malformed",
		"https://ana:secret@sparekey.example": "connect.malformed",
		"ana@sparekey.example":                "connect.malformed",
		"sparekey.example?x=1":                "connect.malformed",
		"a..b":                                "connect.malformed",
		"https://%zz":                         "connect.malformed",
	}
	for typed, want := range bad {
		if got, problem := serverAddress(typed); problem != want {
			t.Errorf("%q gives %q and %q, want %q", typed, got, problem, want)
		}
	}
}

func TestConnectOrTry(t *testing.T) {
	s := newStage(t)
	var asked string
	w := s.open(func(o *Options) {
		o.Services = app.Services{}
		o.Connect = func(_ context.Context, address string) (app.Services, error) {
			s.guard("Connect")
			asked = address
			return app.Services{}, context.DeadlineExceeded
		}
		o.Try = func(context.Context) (app.Services, *Trial, error) {
			s.guard("Try")
			return s.services(), s.trial(), nil
		}
	})
	mustBeAt(t, w, "connect")
	mustNotSay(t, w, words.Text("banner.text"))
	test.Type(field(t, w, "connect.address").Entry(), "sparekey.example.org")
	tap(t, w, "page.next")
	if asked != "https://sparekey.example.org" {
		t.Errorf("asked %q", asked)
	}
	if got := field(t, w, "connect.address"); got.Error() == "" || got.Text() != "sparekey.example.org" {
		t.Errorf("after a failure: %q, %q", got.Error(), got.Text())
	}
	tap(t, w, "connect.try")
	mustBeAt(t, w, "home")
	mustSay(t, w, words.Text("banner.text"))
}

func TestSamplePersonBeginsTheFittingJob(t *testing.T) {
	s := newStage(t)
	s.start = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return flowAt(1, app.EnterSignIn{}), nil
		}
		return flowAt(1, app.EnterUserID{}), nil
	}
	w := s.open(func(o *Options) { o.Trial = s.trial() })
	tap(t, w, "banner.try")
	mustBeAt(t, w, "try")
	mustSay(t, w, "120000")
	s.pass(2 * time.Second)
	mustSay(t, w, "120002")
	tap(t, w, "try.registered.code")
	if got := w.Clipboard().Content(); got != "120002" {
		t.Errorf("copied %q", got)
	}
	tap(t, w, "try.ready")
	mustBeAt(t, w, "sign_in")
	if got := field(t, w, "sign_in.user_id").Text(); got != "ana@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	tap(t, w, "banner.try")
	tap(t, w, "try.never")
	mustBeAt(t, w, "user_id")
	if got := field(t, w, "user_id.field").Text(); got != "new@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	mustSay(t, w, words.Text("banner.text"))
}

func TestTrayShowsEachMessageNewestFirst(t *testing.T) {
	s := newStage(t)
	w := s.open(func(o *Options) { o.Trial = s.trial() })
	w.Window().Resize(fyne.NewSize(1400, 800))
	tap(t, w, "banner.tray")
	mustSay(t, w, words.Text("tray.empty"))
	s.tray = []app.Message{
		{Channel: app.KindEmail, To: "ana@home.example", Template: app.MessageCode, Params: map[string]string{"minutes": "5"}, Code: "042917", At: serverNoon()},
		{Channel: app.KindEmail, To: "desk@harbour.example", Template: app.MessageHelpRequest, At: serverNoon(),
			Params: map[string]string{"receipt": "R-4821", "user_id": "ana", "reason": string(app.CodeNotEnabled)}},
	}
	await := s.await
	s.await = nil
	for _, f := range await {
		f()
	}
	mustSay(t, w, "042917")
	mustSay(t, w, "To ana@home.example, at 11:00")
	mustSay(t, w, "Type it in Sparekey. It works once, for 5 minutes. If you didn't ask for it, tell your help desk.")
	mustSay(t, w, "ana asks for help with the password. Why: Your account is not enabled for password reset")
	mustSay(t, w, "Messages (2)")
	first := ""
	for _, words := range kit.Texts(w.side.(*Tray).box) {
		if words == "042917" || words == "Request for help R-4821" {
			first = words
			break
		}
	}
	if first != "Request for help R-4821" {
		t.Errorf("first comes %q", first)
	}
	if len(s.await) != 1 {
		t.Error("nobody waits for the next message")
	}
}

func TestSignOutForgetsTheSession(t *testing.T) {
	s := newStage(t)
	s.signed, s.session = true, app.Session{ID: "s1", Person: app.Person{Name: "Ana Ruiz"}}
	s.start = func(app.Start) (app.Flow, error) { return flowAt(1, app.Registered{Needed: 2}), nil }
	w := s.open()
	tap(t, w, "home.set_up")
	tap(t, w, "rail.sign_out")
	mustBeAt(t, w, "home")
	mustNotSay(t, w, "Signed in as Ana Ruiz")
	if s.closed != 1 {
		t.Errorf("the session was closed %d times", s.closed)
	}
}

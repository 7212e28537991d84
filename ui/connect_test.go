package ui_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// troubles are the failures of a connection, as the client has them.
var troubles = map[string]map[string]string{
	"resolve": nil, "no_network": nil, "refused": nil, "timeout": nil, "handshake": nil, "answer": nil, "redirect": nil,
	"proxy_unreachable": {"proxy": "proxy.example.org:3128"}, "proxy_password": {"proxy": "proxy.example.org:3128"},
	"proxy_refused":       {"proxy": "proxy.example.org:3128", "status": "403"},
	"certificate_unknown": nil, "certificate_pin": nil, "certificate": nil,
	"certificate_expired": {"date": "2026-01-31", "today": "2026-02-03"},
	"certificate_early":   {"date": "2026-01-31", "today": "2019-01-01"},
	"certificate_name":    {"name": "mail.example.org"},
}

// offline is such a failure.
func offline(reason string) *app.Error {
	params := map[string]string{"reason": reason, "server": "reset.example.org"}
	for name, value := range troubles[reason] {
		params[name] = value
	}
	return &app.Error{Code: app.CodeOffline, Params: params, Cause: errors.New("x")}
}

// connecting opens the window where nothing is configured, before a server that answers with err.
func connecting(t *testing.T, err error) (*uitest.Stage, *shell.Window) {
	s := uitest.NewStage(t)
	w := s.OpenWindow(func(o *ui.Options) {
		o.Services = app.Services{}
		o.Connect = func(context.Context, string) (app.Services, bool, error) {
			s.Guard("Connect")
			return s.Services(), true, err
		}
	})
	uitest.MustBeAt(t, w, "connect")
	return s, w
}

// Threat: somebody who is told of a bad certificate goes on regardless, since a button says so. There is none, and nothing is
// asked again by itself.
func TestEachFailureToConnectIsSaidAndNothingLeadsOn(t *testing.T) {
	for reason := range troubles {
		t.Run(reason, func(t *testing.T) {
			s, w := connecting(t, offline(reason))
			field := uitest.Field(t, w, "connect.address")
			test.Type(field.Entry(), "reset.example.org")
			before := tappable(w)
			uitest.Tap(t, w, "page.next")
			s.Pass(10 * time.Minute)
			said := words.Offline(offline(reason).Params)
			if said == words.Text("error.offline") || strings.Contains(said, "no value") || strings.Contains(said, "{{") {
				t.Fatalf("the words are %q", said)
			}
			uitest.MustSay(t, w, said)
			if got := tappable(w); !slices.Equal(got, before) {
				t.Errorf("the page now offers %v, before %v", got, before)
			}
			if w.Window().Canvas().Focused() != field.Entry() || field.Text() != "reset.example.org" {
				t.Error("what was typed can't be mended at once")
			}
			test.Type(field.Entry(), "x")
			uitest.MustNotSay(t, w, said)
		})
	}
}

// tappable are the keys of what a person can tap.
func tappable(w *shell.Window) (keys []string) {
	kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
		if e, is := o.(kit.Element); is {
			keys = append(keys, e.Key())
		}
		return false
	})
	return keys
}

func TestWhatIsNoAddressIsSaidBesideIt(t *testing.T) {
	for typed, want := range map[string]string{
		" ": "connect.fault.empty", "http://reset.example.org": "connect.fault.insecure", "two words": "connect.fault.malformed",
		"reset.example.org/login": "connect.fault.path",
	} {
		_, w := connecting(t, errors.New("it was asked all the same"))
		test.Type(uitest.Field(t, w, "connect.address").Entry(), typed)
		uitest.Tap(t, w, "page.next")
		if got := uitest.Field(t, w, "connect.address").Error(); got != words.Text(want) {
			t.Errorf("%q: %q, want %q", typed, got, words.Text(want))
		}
	}
}

func TestAVersionThatDoesNotFitIsSaid(t *testing.T) {
	for _, code := range []app.Code{app.CodeAppOld, app.CodeServerOld, app.CodeStationClock, app.CodeStationPaused, app.CodeStationUnknown} {
		_, w := connecting(t, &app.Error{Code: code})
		test.Type(uitest.Field(t, w, "connect.address").Entry(), "reset.example.org")
		uitest.Tap(t, w, "page.next")
		uitest.MustSay(t, w, words.Text("error."+string(code)))
	}
}

func TestConnectingShowsLifeAndCanBeStopped(t *testing.T) {
	s, w := connecting(t, nil)
	test.Type(uitest.Field(t, w, "connect.address").Entry(), "reset.example.org")
	for name, stop := range map[string]func(){
		"by the button": func() { uitest.Tap(t, w, "page.stop_waiting") },
		"by Escape":     func() { uitest.Field(t, w, "connect.address").Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) },
	} {
		s.Hold = true
		uitest.Tap(t, w, "page.next")
		s.Pass(2 * time.Second)
		uitest.MustSay(t, w, words.Text("wait.connect"))
		stop()
		uitest.MustNotSay(t, w, words.Text("wait.connect"))
		s.Release()
		if w.Page() != "connect" || uitest.Field(t, w, "connect.address").Text() != "reset.example.org" {
			t.Errorf("%s: at %q", name, w.Page())
		}
	}
}

func TestTheHelpDeskOfTheSettingsStandsOnTheConnectPage(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.OpenWindow(func(o *ui.Options) {
		o.Services, o.Remembered = app.Services{}, app.Organisation{HelpDesk: app.HelpDesk{Name: "IT, ext. 4400"}}
	})
	uitest.MustBeAt(t, w, "connect")
	uitest.MustSay(t, w, "Stuck? IT, ext. 4400")
}

func TestWhatWasConnectedToIsSaid(t *testing.T) {
	_, w := connecting(t, nil)
	test.Type(uitest.Field(t, w, "connect.address").Entry(), "Reset.example.org")
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "home")
	uitest.MustSay(t, w, "Connected to Harbour Hospital. Sparekey remembers https://reset.example.org on this computer.")
	w.Home()
	uitest.MustNotSay(t, w, "Connected to Harbour Hospital. Sparekey remembers https://reset.example.org on this computer.")
}

func TestTheOrganisationsServerCantBeChangedInTheWindow(t *testing.T) {
	s := uitest.NewStage(t)
	s.OrgErr = offline("refused")
	w := s.OpenWindow(func(o *ui.Options) { o.Managed = "https://reset.example.org" })
	uitest.MustBeAt(t, w, "loading")
	uitest.MustSay(t, w, "Set by your organisation: https://reset.example.org")
	if kit.Find(w.Root(), "page.connect") != nil {
		t.Error("another server is offered")
	}
	w.Go(shell.Route{Place: shell.PlaceConnect})
	if kit.Find(w.Root(), "connect.address") != nil {
		t.Error("another address can be typed")
	}
}

// TestTheConnectPageFitsWithItsWords at the smallest window, by keyboard alone.
func TestTheConnectPageFitsWithItsWords(t *testing.T) {
	for reason := range troubles {
		_, w := connecting(t, offline(reason))
		w.Window().Resize(fyne.NewSize(800, 600))
		entry := uitest.Field(t, w, "connect.address").Entry()
		test.Type(entry, "reset.example.org")
		entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		uitest.MustSay(t, w, words.Offline(offline(reason).Params))
		uitest.OnKeyboard(t, w, reason)
	}
}

package kiosk_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kiosk"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// beside is a kiosk beside a logon screen, which counts how often it was led back.
type beside struct {
	*uitest.Stage
	kiosk    *kiosk.Kiosk
	w        *shell.Window
	back     int
	networks *fakeNetworks
}

// fakeNetworks tells what it is told to.
type fakeNetworks struct {
	state  kiosk.Network
	known  bool
	result kiosk.JoinResult
	joined []string // the names, and the passwords after a "|"
}

func (f *fakeNetworks) Look(context.Context) (kiosk.Network, bool) { return f.state, f.known }

func (f *fakeNetworks) SwitchOn(context.Context) kiosk.JoinResult {
	f.state.On = f.result == kiosk.Joined
	return f.result
}

func (f *fakeNetworks) Join(_ context.Context, name string, password app.Secret) kiosk.JoinResult {
	f.joined = append(f.joined, name+"|"+password.Reveal())
	return f.result
}

func besideLogon(t *testing.T) *beside {
	b := &beside{Stage: uitest.NewStage(t), networks: &fakeNetworks{known: true, result: kiosk.Joined}}
	b.OnStart = func(app.Start) (app.Flow, error) { return uitest.FlowAt(1, app.EnterUserID{}), nil }
	win := test.NewTempWindow(t, nil)
	b.kiosk = kiosk.New(test.NewTempApp(t), win, kiosk.Options{
		Services: b.Services(), Run: b, Clock: func() time.Time { return b.Now },
		Logon: &kiosk.Logon{Networks: b.networks, Back: func() { b.back++ }},
	})
	t.Cleanup(b.kiosk.Close)
	win.Resize(fyne.NewSize(1280, 800))
	b.w = b.kiosk.Window()
	return b
}

func (b *beside) backs(want int) {
	b.T.Helper()
	if b.back != want {
		b.T.Errorf("it led back %d times, want %d", b.back, want)
	}
}

// TestEveryPageLeadsBackToTheLogonScreen, and nothing of the person is there any more: the flow is cancelled, the page is the first.
func TestEveryPageLeadsBackToTheLogonScreen(t *testing.T) {
	b := besideLogon(t)
	uitest.Tap(t, b.w, "kiosk.logon")
	b.backs(1)
	for _, open := range []string{"kiosk.help", "kiosk.network", "kiosk.forgot"} {
		b := besideLogon(t)
		uitest.Tap(t, b.w, open)
		if b.w.Page() == "kiosk" {
			t.Fatalf("%s opens nothing", open)
		}
		if f, is := kit.Find(b.w.Root(), "user_id.field").(*kit.Field); is {
			test.Type(f.Entry(), "ana")
		}
		uitest.Tap(t, b.w, "kiosk.logon")
		b.backs(1)
		uitest.MustBeAt(t, b.w, "kiosk")
		if open == "kiosk.forgot" && !slices.Equal(b.Cancels, []app.FlowID{"f1"}) {
			t.Errorf("cancelled is %v", b.Cancels)
		}
		if said := strings.Join(kit.Given(b.w.Root()), ""); said != "" {
			t.Errorf("after %s there is still %q", open, said)
		}
	}
}

// TestWhoIsThroughComesBackToTheLogonScreen by the last page's button, and without it after a while.
func TestWhoIsThroughComesBackToTheLogonScreen(t *testing.T) {
	through := func() *beside {
		b := besideLogon(t)
		b.OnStart = func(app.Start) (app.Flow, error) {
			return uitest.FlowAt(1, app.Done{Facts: []app.Fact{app.FactPasswordSet}}), nil
		}
		uitest.Tap(t, b.w, "kiosk.forgot")
		uitest.MustBeAt(t, b.w, "done")
		return b
	}
	b := through()
	uitest.Tap(t, b.w, "page.next")
	b.backs(1)

	b = through()
	b.Pass(29 * time.Second)
	b.backs(0)
	b.Pass(22 * time.Second) // asked whether somebody is there for 20 s
	b.backs(1)
}

// TestNobodyThereLeadsBackToTheLogonScreen: from the first page after a minute, from the middle of a flow after the warning as well,
// and a touch puts it off.
func TestNobodyThereLeadsBackToTheLogonScreen(t *testing.T) {
	b := besideLogon(t)
	b.Pass(59 * time.Second)
	b.backs(0)
	b.Pass(2 * time.Second)
	b.backs(1)

	b = besideLogon(t)
	uitest.Tap(t, b.w, "kiosk.forgot")
	b.Pass(50 * time.Second)
	test.Type(uitest.Field(t, b.w, "user_id.field").Entry(), "a")
	b.Pass(59 * time.Second)
	b.backs(0)
	b.Pass(22 * time.Second)
	b.backs(1)
	if len(b.Cancels) != 1 {
		t.Errorf("cancelled is %v", b.Cancels)
	}
}

// TestBesideALogonScreenThereAreNoStaff: no gesture asks for a PIN, and nobody registers.
func TestBesideALogonScreenThereAreNoStaff(t *testing.T) {
	b := besideLogon(t)
	for range 10 {
		test.TapCanvas(b.w.Window().Canvas(), fyne.NewPos(2, 2))
	}
	if page := b.w.Page(); page == "kiosk_staff" {
		t.Error("a gesture asks for a PIN")
	}
	b.w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeRegister})
	if len(b.Starts) != 0 {
		t.Errorf("begun is %+v", b.Starts)
	}
}

func TestTheNetworkPageSaysHowItStands(t *testing.T) {
	near := []kiosk.WiFi{
		{Name: "Harbour", Active: true, Known: true, Password: true}, {Name: "Ward 7", Known: true, Password: true},
		{Name: "Café", Open: true}, {Name: "Neighbour", Password: true}, {Name: "Uni"},
	}
	for name, c := range map[string]struct {
		state  kiosk.Network
		says   []string
		passes []string // rows that can't be joined
	}{
		"a cable is out": {kiosk.Network{Reach: kiosk.ReachNone, Cable: true}, []string{"This computer is in no network.", "No network cable is plugged in.", "ext. 4400"}, nil},
		"connected":      {kiosk.Network{Reach: kiosk.ReachFull, Cable: true, Plugged: true, Names: []string{"Wired connection 1"}}, []string{"Connected: Wired connection 1"}, nil},
		"a portal":       {kiosk.Network{Reach: kiosk.ReachPortal, WiFi: true, On: true, Near: near}, []string{"This network wants you to agree to something on a page of its own first, as in a hotel. That page can't be opened here: use another network, such as that of your phone."}, []string{"Harbour", "Ward 7", "Café", "Neighbour", "Uni"}},
		"a switch":       {kiosk.Network{Reach: kiosk.ReachNone, WiFi: true, Blocked: true, Near: near}, []string{"Wi-Fi is off by a switch or a key of this computer. Look for an aeroplane or an antenna."}, nil},
		"off for good":   {kiosk.Network{Reach: kiosk.ReachNone, WiFi: true}, []string{"Wi-Fi is off, and can't be turned on here."}, nil},
		"known ones":     {kiosk.Network{Reach: kiosk.ReachFull, WiFi: true, On: true, MaySet: true, Near: near}, []string{"This computer knows its password", "Not known to this computer, so it can't be joined here"}, []string{"Harbour", "Café", "Neighbour", "Uni"}},
		"all":            {kiosk.Network{Reach: kiosk.ReachFull, WiFi: true, On: true, MaySet: true, MayAdd: true, Near: near}, []string{"Needs its password", "Needs a user name, so it can't be joined here"}, []string{"Harbour", "Uni"}},
		"a name that turns the line": {kiosk.Network{Reach: kiosk.ReachFull, WiFi: true, On: true, Near: []kiosk.WiFi{{Name: "ab\u202ecd\n"}}},
			[]string{"abcd"}, nil},
	} {
		b := besideLogon(t)
		b.networks.state = c.state
		uitest.Tap(t, b.w, "kiosk.network")
		for _, words := range c.says {
			uitest.MustSay(t, b.w, words)
		}
		for _, w := range c.state.Near {
			row := rowOf(b.w, w.Name)
			switch {
			case c.passes == nil && row != nil && c.state.Blocked:
				t.Errorf("%s: %s is shown", name, w.Name)
			case c.passes != nil && (row == nil || row.Disabled() != slices.Contains(c.passes, w.Name)):
				t.Errorf("%s: %s is shown as %+v", name, w.Name, row)
			}
		}
	}
	b := besideLogon(t)
	b.networks.known = false
	uitest.Tap(t, b.w, "kiosk.network")
	uitest.MustSay(t, b.w, "How the network stands can't be told on this computer.")
}

// rowOf is the row with a title.
func rowOf(w *shell.Window, title string) (found *kit.Row) {
	kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
		row, is := o.(*kit.Row)
		if is && slices.Contains(kit.Texts(row), title) {
			found = row
		}
		return found != nil
	})
	return found
}

// TestANetworkIsJoined: a known one by a tap, another by its password, which stays for a second try.
func TestANetworkIsJoined(t *testing.T) {
	b := besideLogon(t)
	b.networks.state = kiosk.Network{Reach: kiosk.ReachNone, WiFi: true, On: true, MaySet: true, MayAdd: true, Near: []kiosk.WiFi{{Name: "Ward 7", Known: true}, {Name: "Neighbour", Password: true}}}
	uitest.Tap(t, b.w, "kiosk.network")
	rowOf(b.w, "Ward 7").Tapped(nil)
	uitest.MustSay(t, b.w, "Done. The network is joined.")
	rowOf(b.w, "Neighbour").Tapped(nil)
	uitest.MustBeAt(t, b.w, "kiosk_join")
	field := uitest.Field(t, b.w, "kiosk.network.password")
	test.Type(field.Entry(), "short")
	uitest.Tap(t, b.w, "page.next")
	uitest.MustSay(t, b.w, "Such a password has 8 to 63 characters.")
	test.Type(field.Entry(), " but longer")
	b.networks.result = kiosk.JoinPassword
	uitest.Tap(t, b.w, "page.next")
	uitest.MustSay(t, b.w, "The network didn't take that password.")
	b.networks.result = kiosk.Joined
	uitest.Tap(t, b.w, "page.next")
	uitest.MustBeAt(t, b.w, "kiosk_network")
	if want := []string{"Ward 7|", "Neighbour|short but longer", "Neighbour|short but longer"}; !slices.Equal(b.networks.joined, want) {
		t.Errorf("joined is %q", b.networks.joined)
	}
	if field.Text() != "" {
		t.Error("the password is still there")
	}
}

// TestTheNetworkPageFollows what changes while it is shown.
func TestTheNetworkPageFollows(t *testing.T) {
	b := besideLogon(t)
	b.networks.state = kiosk.Network{Reach: kiosk.ReachNone, Cable: true}
	uitest.Tap(t, b.w, "kiosk.network")
	uitest.MustSay(t, b.w, "No network cable is plugged in.")
	b.networks.state = kiosk.Network{Reach: kiosk.ReachFull, Cable: true, Plugged: true, Names: []string{"Wired connection 1"}}
	b.Pass(6 * time.Second)
	uitest.MustSay(t, b.w, "Connected: Wired connection 1")
}

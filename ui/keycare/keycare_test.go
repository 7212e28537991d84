package keycare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestKeyCareIsOfferedWhereThisBuildCan(t *testing.T) {
	w := uitest.NewStage(t).OpenWindow()
	if kit.Find(w.Root(), "home.keycare") != nil {
		t.Error("the home page offers what this build can't do")
	}
	w.Go(shell.Route{Place: shell.PlaceKeyCare})
	uitest.MustBeAt(t, w, "home")
	s := uitest.NewStage(t)
	keys := &fakeKeys{news: make(chan []app.KeyInfo)}
	w = s.OpenWindow(func(o *ui.Options) { o.Keys, o.KeyCare, o.Services = keys, keys, app.Services{} })
	uitest.MustBeAt(t, w, "connect")
	s.Hold = true // nobody hears of keys yet
	uitest.Tap(t, w, "home.keycare")
	uitest.MustBeAt(t, w, "keycare")
	uitest.Tap(t, w, "page.home")
	uitest.MustBeAt(t, w, "connect")
}

func TestKeysComeAndGo(t *testing.T) {
	b := newBench(t)
	b.at("keycare")
	b.says("Plug in your security key")
	b.plug(careKey(func(k *app.KeyInfo) { k.Ready = false }))
	b.at("keycare_key")
	b.says(words.Text("keycare.asking"))
	b.plug(careKey())
	b.says("Sample Makers · firmware 5.4.3")
	b.plug()
	b.at("keycare")
	b.says("Sample Key was taken out.")
	other := careKey(func(k *app.KeyInfo) { k.ID, k.Product, k.Firmware = "k2", "", "" })
	b.plug(careKey(), other)
	b.at("keycare")
	b.says("Choose the one that you want to look after.")
	b.tap("keycare.key.k2")
	b.at("keycare_key")
	b.says("Security key")
	b.tap("page.back")
	b.at("keycare")
	b.tap("keycare.key.k1")
	b.plug(other)
	b.at("keycare_key")
	b.says("Sample Key was taken out.")
	b.says("Security key")
	b.tap("page.home")
	b.at("home")
	if b.w.Visit() != nil {
		t.Error("the keys are watched still")
	}
}

func TestAKeySaysWhatItIsAndWhatItCan(t *testing.T) {
	for name, c := range map[string]struct {
		key  app.KeyInfo
		says []string
		can  map[string]bool // rows, and whether they can be tapped; what is not named must not be there
	}{
		"everything": {careKey(), []string{"It is set, 8 tries left", "It knows a finger: add, rename or delete", "See and delete sign-ins, room for 24 more"},
			map[string]bool{"pin": true, "stored": true, "fingers": true, "reset": true}},
		"no PIN": {careKey(noPIN), []string{words.Text("keycare.no_pin_hint"), "Set a PIN first", words.Text("keycare.set_pin_detail")},
			map[string]bool{"pin": true, "stored": false, "fingers": false, "reset": true}},
		"no PIN ever": {careKey(func(k *app.KeyInfo) { k.PIN, k.PINRetries = app.PINNever, 0 }), []string{words.Text("keycare.pinless_hint"), words.Text("keycare.pin_never")},
			map[string]bool{"stored": false, "fingers": false, "reset": true}},
		"tries untold": {careKey(func(k *app.KeyInfo) { k.PINRetries, k.UVRetries, k.Room = app.Untold, app.Untold, app.Untold }),
			[]string{"It is set", "It knows a finger: add, rename or delete", words.Text("keycare.stored_detail")},
			map[string]bool{"pin": true, "stored": true, "fingers": true, "reset": true}},
		"PIN to change": {careKey(func(k *app.KeyInfo) { k.ForcePINChange = true }), []string{words.Text("keycare.pin_change_hint"), "Change the PIN first"},
			map[string]bool{"pin": true, "stored": false, "fingers": false, "reset": true}},
		"blocked": {careKey(func(k *app.KeyInfo) { k.PINRetries = 0 }), []string{words.Text("keycare.blocked")},
			map[string]bool{"reset": true}},
		"sensor blocked": {careKey(func(k *app.KeyInfo) { k.UVRetries = 0 }), []string{"Too many wrong fingers: the PIN opens the sensor again"},
			map[string]bool{"pin": true, "stored": true, "fingers": true, "reset": true}},
		"no finger": {careKey(func(k *app.KeyInfo) { k.Fingers, k.UVRetries = false, 0 }), []string{"It knows no finger yet"},
			map[string]bool{"pin": true, "stored": true, "fingers": true, "reset": true}},
		"broken": {careKey(func(k *app.KeyInfo) { k.Ready, k.Trouble = false, &app.Error{Code: app.CodeKeyFailed} }),
			[]string{words.Text("error.key_failed")}, nil},
		"shut": {careKey(func(k *app.KeyInfo) {
			k.Ready, k.Trouble = false, &app.Error{Code: app.CodeKeyNoPermission, Params: map[string]string{"udev": "the rule", "file": "/etc/the.rules"}}
		}), []string{words.Text("error.key_no_permission"), "the rule", words.Text("key.permission.file", words.Values{"file": "/etc/the.rules"})}, nil},
		"shut, without a rule": {careKey(func(k *app.KeyInfo) { k.Ready, k.Trouble = false, &app.Error{Code: app.CodeKeyNoPermission} }),
			[]string{"Only an administrator of this computer may use security keys here. Ask your IT staff, or use another way."}, nil},
		"simple": {careKey(func(k *app.KeyInfo) { k.Sensor, k.Manages, k.Room = false, false, -1 }), []string{"It is set, 8 tries left"},
			map[string]bool{"pin": true, "reset": true}},
	} {
		b := newBench(t, c.key)
		b.at("keycare_key")
		for _, words := range c.says {
			b.says(words)
		}
		for _, row := range []string{"pin", "stored", "fingers", "reset"} {
			can, wanted := c.can[row]
			o, there := kit.Find(b.w.Root(), "keycare."+row).(*kit.Row)
			if there != wanted || there && o.Disabled() == can {
				t.Errorf("%s: %s is there: %v, want %v; can be tapped: want %v", name, row, there, wanted, can)
			}
		}
	}
}

func TestAKeyThatMayNotBeOpenedShowsItsRule(t *testing.T) {
	const rule = `KERNEL=="hidraw*", TAG+="uaccess"`
	b := newBench(t, app.KeyInfo{ID: "k1", Product: "Sample Key", Room: -1, Trouble: &app.Error{Code: app.CodeKeyNoPermission,
		Params: map[string]string{"udev": rule, "file": "/etc/udev/rules.d/70-security-key.rules"}}})
	b.says(words.Text("error.key_no_permission"))
	b.says(rule)
	b.tap("key.copy")
	if got := b.w.Clipboard().Content(); got != rule {
		t.Errorf("copied %q", got)
	}
	if kit.Find(b.w.Root(), "keycare.reset") != nil {
		t.Error("a key that can't be opened offers a reset")
	}
	b.plug(app.KeyInfo{ID: "k1", Room: -1, Trouble: &app.Error{Code: app.CodeKeyBusy}})
	b.says(words.Text("error.key_busy"))
}

func TestWhatHasTheFocusKeepsItWhenTheKeyTellsNews(t *testing.T) {
	b := newBench(t, careKey())
	row := kit.Find(b.w.Root(), "keycare.fingers")
	b.w.Window().Canvas().Focus(row.(fyne.Focusable))
	b.plug(careKey(func(k *app.KeyInfo) { k.PINRetries = 5 }))
	b.says("It is set, 5 tries left")
	if now, is := b.w.Window().Canvas().Focused().(kit.Element); !is || now.Key() != "keycare.fingers" || fyne.CanvasObject(now) == row {
		t.Errorf("the focus is on %v", now)
	}
}

// pages leads to each page of the visit.
func (b *bench) pages() map[string]func() {
	list := func(row, page string) func() { return func() { b.unlock(row, page) } }
	then := func(before func(), keys ...string) func() {
		return func() {
			before()
			for _, key := range keys {
				b.tap(key)
			}
		}
	}
	stored, fingers := list("keycare.stored", "keycare_stored"), list("keycare.fingers", "keycare_fingers")
	return map[string]func(){
		"keycare_pin":    func() { b.tap("keycare.pin") },
		"keycare_unlock": func() { b.tap("keycare.stored") },
		"keycare_paused": func() {
			b.fails["credentials"] = &app.Error{Code: app.CodeKeyAuthBlocked}
			list("keycare.stored", "keycare_paused")()
		},
		"keycare_stored":  stored,
		"keycare_forget":  then(stored, "keycare.credential.1"),
		"keycare_fingers": fingers,
		"keycare_finger":  then(fingers, "keycare.finger.1"),
		"keycare_enrol":   then(fingers, "keycare.add_finger"),
		"keycare_samples": func() {
			fingers()
			b.tap("keycare.add_finger")
			b.hold = make(chan struct{})
			b.tap("page.next")
			<-b.began
		},
		"keycare_reset": func() { b.tap("keycare.reset") },
	}
}

// stock puts something onto the key.
func (b *bench) stock() {
	b.creds = []app.KeyCredential{
		{ID: []byte("c1"), RPID: "harbour.example", UserName: "ana", DisplayName: "Ana Lopes"},
		{ID: []byte("c2"), RPID: "a-long-name-of-an-organisation.with-a-long-domain.example", UserName: "ana.lopes@harbour.example"},
	}
	b.fingers = []app.Fingerprint{{ID: []byte("f1"), Name: "Left thumb"}}
}

func TestAKeyTakenOutInTheMiddleEndsThePage(t *testing.T) {
	for page := range newBench(t, careKey()).pages() {
		b := newBench(t, careKey())
		b.stock()
		b.pages()[page]()
		b.at(page)
		var fields []*kit.Field
		kit.Walk(b.w.Root(), func(o fyne.CanvasObject) bool {
			if f, is := o.(*kit.Field); is && page != "keycare_enrol" && page != "keycare_finger" && page != "keycare_reset" {
				f.SetText("0815")
				fields = append(fields, f)
			}
			return false
		})
		b.plug()
		b.at("keycare")
		b.says("Sample Key was taken out.")
		for _, f := range fields {
			if f.Text() != "" {
				t.Errorf("%s keeps what was typed into %s", page, f.Key())
			}
		}
		if b.hold != nil {
			if b.ctx.Err() == nil {
				t.Errorf("%s: the key goes on", page)
			}
			close(b.hold)
			b.step()
			b.at("keycare")
		}
		b.wiped()
	}
}

// TestEachPageThatChangesAKeyNamesIt, so that it can't be taken for another one of its model.
func TestEachPageThatChangesAKeyNamesIt(t *testing.T) {
	at := func(id app.KeyID, port string) app.KeyInfo {
		return careKey(func(k *app.KeyInfo) { k.ID, k.Port = id, port })
	}
	for page := range newBench(t, careKey()).pages() {
		b := newBench(t, at("k1", "1-2"), at("k2", "1-3"))
		b.stock()
		b.says("Sample Key at USB port 1-2")
		b.tap("keycare.key.k2")
		b.pages()[page]()
		b.at(page)
		if !slices.ContainsFunc(kit.Texts(b.w.Root()), func(s string) bool { return strings.Contains(s, "Sample Key at USB port 1-3") }) {
			t.Errorf("%s does not name its key: %q", page, kit.Texts(b.w.Root()))
		}
		if b.hold != nil {
			close(b.hold)
		}
	}
}

func TestNoTextOfKeyCareIsCut(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(640, 400)} {
		for page := range newBench(t, careKey()).pages() {
			b := newBench(t, careKey())
			b.stock()
			b.w.Window().Resize(size)
			b.pages()[page]()
			kit.Walk(b.w.Root(), func(o fyne.CanvasObject) bool {
				if words, ok := o.(*canvas.Text); ok && words.Text != "" {
					uitest.MustNotCut(t, b.w, page, words)
				}
				return false
			})
			if b.hold != nil {
				close(b.hold)
			}
		}
	}
}

func TestTabReachesEverythingOnMySecurityKey(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(640, 400)} {
		for page := range newBench(t, careKey()).pages() {
			b := newBench(t, careKey())
			b.stock()
			b.w.Window().Resize(size)
			b.pages()[page]()
			uitest.OnKeyboard(t, b.w, fmt.Sprintf("page %s at %v", page, size))
			if b.hold != nil {
				close(b.hold)
			}
		}
	}
}

// TestWhoWaitsForAKeyIsTold what may help, for as long as that is so.
func TestWhoWaitsForAKeyIsTold(t *testing.T) {
	b := newBench(t)
	b.Pass(shell.OfferAfter)
	b.says(words.Text("key.plug.late"))
	b.plug(careKey(func(k *app.KeyInfo) { k.Ready = false }))
	uitest.MustNotSay(t, b.w, words.Text("key.plug.late"))
	b.Pass(shell.OfferAfter)
	b.says(words.Text("key.here.late"))
	b.plug(careKey())
	uitest.MustNotSay(t, b.w, words.Text("key.here.late"))
	b.w.Home()
	b.Pass(time.Minute)
	uitest.MustNotSay(t, b.w, words.Text("key.plug.late"))
}

package keycare_test

import (
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestTheFirstPINIsTypedTwiceByTheKeysRules(t *testing.T) {
	b := newBench(t, careKey(noPIN, func(k *app.KeyInfo) { k.MinPINLength = 6 }))
	b.tap("keycare.pin")
	b.at("keycare_pin")
	b.says("At least 6 characters: digits, letters, or both")
	b.says(words.Text("key.new.lost"))
	b.tap("page.next")
	b.error("keycare.pin.new", words.Text("key.pin.empty"))
	b.fill("keycare.pin.new", "12345")
	b.tap("page.next")
	b.error("keycare.pin.new", "This PIN is too short. The security key wants at least 6 characters.")
	b.fill("keycare.pin.new", strings.Repeat("ü", 32))
	b.tap("page.next")
	b.error("keycare.pin.new", words.Text("key.new.long"))
	b.says(words.Text("key.new.long"))
	b.fill("keycare.pin.new", "081542")
	uitest.MustNotSay(t, b.w, words.Text("key.new.long"))
	b.tap("page.next")
	b.error("keycare.pin.again", words.Text("key.new.again_empty"))
	b.fill("keycare.pin.again", "081543")
	b.tap("page.next")
	b.error("keycare.pin.again", words.Text("key.new.mismatch"))
	b.did()
	b.fill("keycare.pin.again", "081542")
	pin := uitest.Field(t, b.w, "keycare.pin.new")
	b.tap("page.next")
	b.at("keycare_key")
	b.says("The PIN is set.")
	b.did("set")
	if b.pins[0] != "081542" || pin.Text() != "" {
		t.Errorf("the key got %q, the field keeps %q", b.pins[0], pin.Text())
	}
	b.wiped()
	b.plug(careKey())
	b.says("The PIN is set.") // the key's news doesn't take it away
	b.says("It is set, 8 tries left")
}

func TestThePINIsChangedWithTheOldOne(t *testing.T) {
	b := newBench(t, careKey())
	b.tap("keycare.pin")
	b.tap("page.next")
	b.error("keycare.pin.old", words.Text("keycare.pin_empty"))
	b.fill("keycare.pin.old", "4711")
	b.fill("keycare.pin.new", "4711")
	b.fill("keycare.pin.again", "4711")
	b.tap("page.next")
	b.error("keycare.pin.new", words.Text("keycare.pin_same"))
	b.did()
	b.fill("keycare.pin.new", "0815")
	b.fill("keycare.pin.again", "0815")
	for _, c := range []struct {
		e    app.Error
		says string
	}{
		{app.Error{Code: app.CodeKeyPINWrong, TriesLeft: 7}, "That is not the key's PIN. You have 7 tries left."},
		{app.Error{Code: app.CodeKeyPINWrong, TriesLeft: 1}, "That is not the key's PIN. You have 1 try left; after it only a factory reset helps."},
	} {
		b.fails["change"] = &c.e
		b.fill("keycare.pin.old", "4711")
		b.tap("page.next")
		b.settle()
		b.error("keycare.pin.old", c.says)
		if uitest.Field(t, b.w, "keycare.pin.old").Text() != "" || uitest.Field(t, b.w, "keycare.pin.new").Text() != "0815" {
			t.Error("the wrong PIN stays, or the new one is lost")
		}
	}
	b.did("change", "change")
	b.fails["change"] = &app.Error{Code: app.CodeKeyPINPolicy}
	b.fill("keycare.pin.old", "4711")
	b.tap("page.next")
	b.settle()
	b.error("keycare.pin.new", words.Text("error.key_pin_policy"))
	delete(b.fails, "change")
	b.tap("page.next")
	b.at("keycare_key")
	b.says(words.Text("keycare.pin_changed"))
	b.wiped()
}

// TestTheTwoWaysToBeBlockedAreToldApart also where the PIN opens what is on the key; no field for it stays.
func TestTheTwoWaysToBeBlockedAreToldApart(t *testing.T) {
	for code, want := range map[app.Code]struct{ page, says string }{
		app.CodeKeyAuthBlocked: {"keycare_paused", words.Text("key.trouble.pause_lead")},
		app.CodeKeyPINBlocked:  {"keycare_key", words.Text("keycare.blocked")},
	} {
		for call, to := range map[string]func(*bench){
			"credentials": func(b *bench) { b.tap("keycare.stored"); b.fill("keycare.unlock", "0815"); b.tap("page.next") },
			"change": func(b *bench) {
				b.tap("keycare.pin")
				b.fill("keycare.pin.old", "4711")
				b.fill("keycare.pin.new", "0815")
				b.fill("keycare.pin.again", "0815")
				b.tap("page.next")
			},
			"delete c1": func(b *bench) { b.pages()["keycare_forget"](); b.tap("keycare.delete") },
		} {
			b := newBench(t, careKey())
			b.stock()
			b.fails[call] = &app.Error{Code: code}
			to(b)
			b.settle()
			b.at(want.page)
			b.says(want.says)
			if kit.Find(b.w.Root(), "page.next") != nil || kit.Find(b.w.Root(), "keycare.unlock") != nil {
				t.Errorf("%s, %s: a PIN is asked for still", call, code)
			}
			b.wiped()
			if want.page == "keycare_paused" {
				b.tap("page.back")
				b.at("keycare_key")
			}
		}
	}
}

// TestWhatAKeyIsAskedCanBeGivenUp with each call: leaving the page cancels it, and its late answer is nobody's.
func TestWhatAKeyIsAskedCanBeGivenUp(t *testing.T) {
	newPIN := func(b *bench) {
		b.tap("keycare.pin")
		b.fill("keycare.pin.new", "0815")
		b.fill("keycare.pin.again", "0815")
	}
	for call, c := range map[string]struct {
		key   app.KeyInfo
		to    func(*bench)
		begin string
	}{
		"set":             {careKey(noPIN), newPIN, "page.next"},
		"change":          {careKey(), func(b *bench) { newPIN(b); b.fill("keycare.pin.old", "4711") }, "page.next"},
		"credentials":     {careKey(), func(b *bench) { b.tap("keycare.stored"); b.fill("keycare.unlock", "0815") }, "page.next"},
		"fingers":         {careKey(), func(b *bench) { b.tap("keycare.fingers"); b.fill("keycare.unlock", "0815") }, "page.next"},
		"delete c1":       {careKey(), func(b *bench) { b.pages()["keycare_forget"]() }, "keycare.delete"},
		"name Left thumb": {careKey(), func(b *bench) { b.pages()["keycare_finger"]() }, "page.next"},
		"enrol Finger 2":  {careKey(), func(b *bench) { b.pages()["keycare_enrol"]() }, "page.next"},
	} {
		b := newBench(t, c.key)
		b.stock()
		c.to(b)
		b.hold = make(chan struct{})
		b.tap(c.begin)
		if got := <-b.began; got != call {
			t.Fatalf("the key was asked to %s, not to %s", got, call)
		}
		b.w.Home()
		if b.ctx.Err() == nil {
			t.Errorf("%s goes on", call)
		}
		close(b.hold)
		b.step()
		b.at("home")
		b.wiped()
	}
}

// TestTheLastTriesAreWarnedOf by what is so now: after each answer, and after news of the key.
func TestTheLastTriesAreWarnedOf(t *testing.T) {
	few := func(n int) string { return words.Plural("key.pin.few", n) }
	left := func(n int) app.KeyInfo { return careKey(func(k *app.KeyInfo) { k.PINRetries = n }) }
	for call, c := range map[string]struct{ row, field string }{
		"fingers": {"keycare.fingers", "keycare.unlock"}, "change": {"keycare.pin", "keycare.pin.old"},
	} {
		b := newBench(t, left(4))
		b.tap(c.row)
		if call == "change" {
			b.fill("keycare.pin.new", "0815")
			b.fill("keycare.pin.again", "0815")
		}
		for n := 3; n > 0; n-- {
			uitest.MustNotSay(t, b.w, few(n))
			b.fails[call] = &app.Error{Code: app.CodeKeyPINWrong, TriesLeft: n}
			b.fill(c.field, "4711")
			b.tap("page.next")
			b.settle()
			b.says(few(n))
			uitest.MustNotSay(t, b.w, few(n+1))
		}
		b.plug(left(2))
		b.says(few(2))
		uitest.MustNotSay(t, b.w, few(1))
		b.fails[call] = &app.Error{Code: app.CodeKeyPINWrong} // and nobody knows how many are left
		b.fill(c.field, "4711")
		b.tap("page.next")
		b.settle()
		uitest.MustNotSay(t, b.w, few(2))
		b.plug(left(8))
		uitest.MustNotSay(t, b.w, few(2))
		b.plug(left(0))
		b.at("keycare_key")
		b.says(words.Text("keycare.blocked"))
	}
}

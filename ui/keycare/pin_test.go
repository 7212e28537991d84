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

// TestTheTwoWaysToBeBlockedAreToldApart also where the PIN opens what is on the key.
func TestTheTwoWaysToBeBlockedAreToldApart(t *testing.T) {
	for code, want := range map[app.Code]string{
		app.CodeKeyAuthBlocked: words.Text("error.key_pin_auth_blocked"), app.CodeKeyPINBlocked: words.Text("keycare.blocked"),
	} {
		b := newBench(t, careKey())
		b.fails["credentials"], b.fails["change"] = &app.Error{Code: code}, &app.Error{Code: code}
		blocked := func() {
			b.tap("page.next")
			b.settle()
			b.says(want)
			if !kit.Find(b.w.Root(), "page.next").(*kit.Button).Disabled() {
				t.Errorf("%s goes on, or doesn't say %q", code, want)
			}
			b.tap("page.back")
			b.at("keycare_key")
		}
		b.tap("keycare.stored")
		b.fill("keycare.unlock", "0815")
		blocked()
		b.tap("keycare.pin")
		b.fill("keycare.pin.old", "4711")
		b.fill("keycare.pin.new", "0815")
		b.fill("keycare.pin.again", "0815")
		blocked()
		b.wiped()
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

func TestTheLastTriesAreWarnedOf(t *testing.T) {
	b := newBench(t, careKey(func(k *app.KeyInfo) { k.PINRetries = 2 }))
	const want = "2 more wrong PINs, and this key is blocked. Then only a factory reset helps, which deletes everything on it."
	b.tap("keycare.pin")
	b.says(want)
	b.tap("page.back")
	b.tap("keycare.fingers")
	b.says(want)
	b.plug(careKey())
	b.tap("page.back")
	b.tap("keycare.fingers")
	uitest.MustNotSay(t, b.w, want)
}

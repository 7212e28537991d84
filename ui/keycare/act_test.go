package keycare_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

// TestWhatWasDoneIsToldThoughTheListAfterItFails, beside what the list must be now.
func TestWhatWasDoneIsToldThoughTheListAfterItFails(t *testing.T) {
	for name, c := range map[string]struct {
		list string
		do   func(*bench)
		page string
		says []string
		gone string // must not stand there any more
	}{
		"delete a sign-in": {
			"credentials", func(b *bench) { b.pages()["keycare_forget"](); b.failing("credentials"); b.tap("keycare.delete") },
			"keycare_stored", []string{"The sign-in to harbour.example was deleted from the key.", "The key keeps 1 sign-in. Choose it to delete it."},
			"Ana Lopes Â· ana",
		},
		"rename a finger": {
			"fingers", func(b *bench) {
				b.pages()["keycare_finger"]()
				b.failing("fingers")
				b.fill("keycare.finger_name", "Right thumb")
				b.tap("page.next")
			}, "keycare_fingers", []string{"The finger is called Right thumb now.", "The key knows 1 finger. A finger serves in place of the PIN."}, "Left thumb",
		},
		"delete a finger": {
			"fingers", func(b *bench) {
				b.pages()["keycare_finger"]()
				b.tap("keycare.delete_finger")
				b.failing("fingers")
				b.tap("keycare.delete")
			}, "keycare_fingers", []string{words.Text("keycare.finger_deleted"), words.Text("keycare.fingers_none")}, "Left thumb",
		},
		"add a finger": {
			"fingers", func(b *bench) { b.pages()["keycare_enrol"](); b.failing("fingers"); b.tap("page.next") },
			"keycare_fingers", []string{"The key knows Finger 2 now.", "The key knows 2 fingers. A finger serves in place of the PIN."}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, careKey())
			b.stock()
			c.do(b)
			b.at(c.page)
			for _, want := range append(c.says, words.Text("keycare.not_listed")) {
				b.says(want)
			}
			if c.gone != "" {
				uitest.MustNotSay(t, b.w, c.gone)
			}
			uitest.MustNotSay(t, b.w, words.Text("error.key_failed"))
		})
	}
}

// failing has the key fail to list what it has.
func (b *bench) failing(list string) { b.fails[list] = &app.Error{Code: app.CodeKeyFailed} }

func TestAFingerWithoutItsNameIsTold(t *testing.T) {
	b := newBench(t, careKey())
	b.nameless = true
	b.unlock("keycare.fingers", "keycare_fingers")
	b.tap("keycare.add_finger")
	b.tap("page.next")
	b.at("keycare_fingers")
	b.says(words.Text("keycare.finger_unnamed"))
	b.says(words.Text("keycare.unnamed_finger"))
}

// TestASignInThatTheKeyGivesInPartStandsInTheList under the name that it gives, and can't be chosen.
func TestASignInThatTheKeyGivesInPartStandsInTheList(t *testing.T) {
	b := newBench(t, careKey())
	b.stock()
	b.creds = append(b.creds, app.KeyCredential{RPID: "accounts.customers.of.the.old.ha"}, app.KeyCredential{})
	b.unlock("keycare.stored", "keycare_stored")
	b.says("2 sign-ins can be deleted here. Choose one.")
	b.says("accounts.customers.of.the.old.ha")
	b.says(words.Text("keycare.stored_unread"))
	b.says(words.Text("keycare.stored_unnamed"))
	for _, key := range []string{"keycare.credential.3", "keycare.credential.4"} {
		if !kit.Find(b.w.Root(), key).(*kit.Row).Disabled() {
			t.Errorf("%s can be chosen", key)
		}
	}
	b.creds = b.creds[2:]
	b.tap("page.back")
	b.unlock("keycare.stored", "keycare_stored")
	b.says(words.Text("keycare.stored_unread_lead"))
}

package step_test

import (
	"reflect"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestAKeyThatWasMadeIsNamed(t *testing.T) {
	s := atKey(t, registering)
	s.plug(sampleKey)
	s.begun()
	made := app.KeyAnswer{AttestationObject: []byte("a"), Product: "Sample Key"}
	s.end(made, nil)
	s.see(words.Text("key.name.heading"))
	name := uitest.Field(t, s.w, "key.name")
	if name.Text() != "Sample Key" {
		t.Errorf("%q is suggested", name.Text())
	}
	test.Type(name.Entry(), strings.Repeat("n", 41)) // over what is selected
	uitest.Tap(t, s.w, "page.next")
	uitest.MustSay(t, s.w, words.Text("key.name.long", words.Values{"max": 40}))
	name.SetText("  ")
	uitest.Tap(t, s.w, "page.next")
	uitest.MustSay(t, s.w, words.Text("key.name.empty"))
	for _, e := range []*app.Error{{Code: app.CodeBadRequest, Field: "name"}, {Code: app.CodeOffline}} {
		s.OnInput = func(app.Input) (app.Flow, error) {
			if e.Code == app.CodeOffline {
				return app.Flow{}, e
			}
			return uitest.FlowAt(1, registering), e
		}
		name.SetText("Blue key")
		uitest.Tap(t, s.w, "page.next")
		uitest.MustSay(t, s.w, words.Text("error."+string(e.Code)))
		if uitest.Field(t, s.w, "key.name") != name || name.Text() != "Blue key" {
			t.Fatalf("after %s, what was typed is lost", e.Code)
		}
	}
	if want := (app.GiveKey{Answer: made, Name: "Blue key"}); !reflect.DeepEqual(s.Sent[0].In, want) {
		t.Errorf("sent %+v", s.Sent[0].In)
	}
	anew := app.UseKey{Create: &app.KeyCreate{Challenge: []byte("c3")}}
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, anew), &app.Error{Code: app.CodeKeyExcluded}
	}
	uitest.Tap(t, s.w, "page.next")
	uitest.MustSay(t, s.w, words.Text("key.trouble.excluded_lead"))
	s.plug(sampleKey)
	s.Until("the list arrived", func() bool { return len(step.KeysSeen(s.w)) == 1 })
	uitest.MustSay(t, s.w, words.Text("key.trouble.excluded_lead")) // until the person plugs a key in
	s.plug()
	other := sampleKey
	other.ID = "k2"
	s.plug(other)
	if got := s.begun().use; !reflect.DeepEqual(got, anew) {
		t.Errorf("the next try is for %+v", got)
	}
}

func TestAKindThatIsNotTakenIsNotTriedAgain(t *testing.T) {
	s := atKey(t, registering)
	s.plug(sampleKey)
	s.begun()
	s.end(app.KeyAnswer{AttestationObject: []byte("a")}, nil)
	s.see(words.Text("key.name.heading"))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, registering), &app.Error{Code: app.CodeKeyNotAllowed}
	}
	uitest.Tap(t, s.w, "page.next")
	uitest.MustSay(t, s.w, "This kind of key can't be used here")
	uitest.MustSay(t, s.w, "Your organisation doesn't take it. Plug in another one.")
	if kit.Find(s.w.Root(), "key.again") != nil {
		t.Error("it can be tried again, to no avail")
	}
}

func TestARefusedAnswerIsMadeAnew(t *testing.T) {
	s := atKey(t, proving)
	s.plug(sampleKey)
	s.begun()
	anew := app.UseKey{Get: &app.KeyGet{Challenge: []byte("c3")}}
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	s.end(app.KeyAnswer{Signature: []byte("s")}, nil)
	s.see(words.Text("error.offline"))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, anew), &app.Error{Code: app.CodeKeyAnswer, TriesLeft: 4}
	}
	uitest.Tap(t, s.w, "page.retry")
	if len(s.Sent) != 2 || s.Sent[0].Key != s.Sent[1].Key {
		t.Errorf("sent %+v", s.Sent)
	}
	uitest.MustSay(t, s.w, words.Text("error.key_answer_wrong"))
	uitest.MustSay(t, s.w, "You have 4 tries left to use a key here. Its PIN has tries of its own.")
	uitest.Tap(t, s.w, "key.again")
	if got := s.begun().use; !reflect.DeepEqual(got, anew) {
		t.Errorf("the next try is for %+v", got)
	}
}

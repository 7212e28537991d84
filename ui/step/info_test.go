package step_test

import (
	"reflect"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// atInfo opens the security info page of who is signed in.
func atInfo(s *uitest.Stage) *shell.Window {
	s.Signed, s.Session = true, app.Session{ID: "s1", Person: app.Person{Name: "Ana Ruiz"}, Registered: true}
	info := uitest.FlowAt(1, app.SecurityInfo{Needed: 2, More: []app.Choice{{Kind: app.KindSMS, Recommended: true}}, Have: []app.Credential{
		{ID: "c1", Kind: app.KindAuthApp, Default: true}, {ID: "c2", Kind: app.KindSMS, Masked: "+44 ••••••23"},
		{ID: "c3", Kind: app.KindSecurityKey, Masked: "Blue key"},
	}})
	info.Purpose, info.Places = app.PurposeManage, nil
	s.OnStart = func(app.Start) (app.Flow, error) { return info, nil }
	s.OnInput = func(app.Input) (app.Flow, error) { return info, nil }
	w := s.OpenWindow()
	uitest.Tap(s.T, w, "home.set_up")
	return w
}

func TestRegisteredPeopleLandOnTheirSecurityInfo(t *testing.T) {
	s := uitest.NewStage(t)
	w := atInfo(s)
	uitest.MustBeAt(t, w, "info")
	if got := s.Starts[0].Purpose; got != app.PurposeManage {
		t.Errorf("started %s", got)
	}
	uitest.MustSay(t, w, words.Text("info.default"))
	for key, in := range map[string]app.Input{
		"method.default": app.SetDefault{Credential: "c2"}, "method.change": app.Replace{Credential: "c2"}, "method.reveal": app.Reveal{Credential: "c2"}, "method.delete": app.Delete{Credential: "c2"},
	} {
		uitest.Tap(t, w, "info.sms")
		uitest.MustBeAt(t, w, "method")
		row, can := kit.Find(w.Root(), key).(fyne.Focusable)
		if !can {
			t.Fatalf("%s can't be reached by keyboard", key)
		}
		row.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if got := s.Sent[len(s.Sent)-1].In; !reflect.DeepEqual(got, in) {
			t.Errorf("%s sent %#v", key, got)
		}
		uitest.MustBeAt(t, w, "info")
	}
	uitest.Tap(t, w, "info.authapp")
	if kit.Find(w.Root(), "method.default") != nil || kit.Find(w.Root(), "method.reveal") != nil || kit.Find(w.Root(), "method.change") != nil {
		t.Error("the default is offered as default, or an app to be shown or changed")
	}
	uitest.Tap(t, w, "page.back")
	uitest.Tap(t, w, "info.securitykey")
	if kit.Find(w.Root(), "method.reveal") != nil {
		t.Error("a key's name is offered to be shown in full")
	}
	uitest.Tap(t, w, "page.back")
	uitest.Tap(t, w, "info.add")
	uitest.Tap(t, w, "add.sms")
	if got := s.Sent[len(s.Sent)-1].In; !reflect.DeepEqual(got, app.Choose{Kind: app.KindSMS}) {
		t.Errorf("adding sent %#v", got)
	}
}

func TestSigningOutEverywhereForgetsTheSession(t *testing.T) {
	s := uitest.NewStage(t)
	w := atInfo(s)
	done := uitest.FlowAt(2, app.Done{Facts: []app.Fact{app.FactEverywhere}})
	done.Purpose = app.PurposeManage
	s.OnInput = func(app.Input) (app.Flow, error) { return done, nil }
	uitest.Tap(t, w, "rail.everywhere")
	uitest.MustBeAt(t, w, "everywhere")
	if len(s.Sent) != 0 {
		t.Error("it does not ask first")
	}
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "done")
	uitest.MustNotSay(t, w, "Signed in as Ana Ruiz")
	if s.Closed != 1 {
		t.Errorf("the session was closed %d times", s.Closed)
	}
}

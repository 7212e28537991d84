package step_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// TestEveryKindHasItsIcon holds that no two kinds look alike, and none like what has no icon of its own.
func TestEveryKindHasItsIcon(t *testing.T) {
	seen := map[kit.Icon]app.Kind{shell.KindIcon("no kind"): "no kind"}
	for _, kind := range app.Kinds() {
		if other, taken := seen[shell.KindIcon(kind)]; taken {
			t.Errorf("%s looks like %s", kind, other)
		}
		seen[shell.KindIcon(kind)] = kind
	}
}

// TestEveryKindCanBeRenewed holds that the page of a credential offers to set it up anew, unless another one is added
// beside it.
func TestEveryKindCanBeRenewed(t *testing.T) {
	for _, kind := range app.Kinds() {
		s := uitest.NewStage(t)
		s.Signed, s.Session = true, app.Session{ID: "s1", Person: app.Person{Name: "Ana Ruiz"}, Registered: true}
		info := uitest.FlowAt(1, app.SecurityInfo{Needed: 2, Have: []app.Credential{{ID: "c1", Kind: kind}}})
		info.Purpose, info.Places = app.PurposeManage, nil
		s.OnStart = func(app.Start) (app.Flow, error) { return info, nil }
		w := s.OpenWindow()
		uitest.Tap(t, w, "home.set_up")
		uitest.Tap(t, w, "info."+string(kind))
		uitest.MustBeAt(t, w, "method")
		offered := kit.Find(w.Root(), "method.change") != nil || kit.Find(w.Root(), "method.again") != nil
		if added := kind == app.KindAuthApp || kind == app.KindSecurityKey; offered == added {
			t.Errorf("%s: another one is added %v, and it is set up anew %v", kind, added, offered)
		}
	}
}

package ui

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// TestEveryKindHasItsIcon holds that no two kinds look alike, and none like what has no icon of its own.
func TestEveryKindHasItsIcon(t *testing.T) {
	seen := map[kit.Icon]app.Kind{kindIcon("no kind"): "no kind"}
	for _, kind := range app.Kinds() {
		if other, taken := seen[kindIcon(kind)]; taken {
			t.Errorf("%s looks like %s", kind, other)
		}
		seen[kindIcon(kind)] = kind
	}
}

// TestEveryKindCanBeRenewed holds that the page of a credential offers to set it up anew, unless another one is added
// beside it.
func TestEveryKindCanBeRenewed(t *testing.T) {
	for _, kind := range app.Kinds() {
		s := newStage(t)
		s.signed, s.session = true, app.Session{ID: "s1", Person: app.Person{Name: "Ana Ruiz"}, Registered: true}
		info := flow(1, app.SecurityInfo{Needed: 2, Have: []app.Credential{{ID: "c1", Kind: kind}}})
		info.Purpose, info.Places = app.PurposeManage, nil
		s.start = func(app.Start) (app.Flow, error) { return info, nil }
		w := s.open()
		tap(t, w, "home.set_up")
		tap(t, w, "info."+string(kind))
		mustBeAt(t, w, "method")
		offered := kit.Find(w.Root(), "method.change") != nil || kit.Find(w.Root(), "method.again") != nil
		if added := kind == app.KindAuthApp || kind == app.KindSecurityKey; offered == added {
			t.Errorf("%s: another one is added %v, and it is set up anew %v", kind, added, offered)
		}
	}
}

package flow

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// TestPresentPasswordsAreForgotten by their flow's end, by what voids it, and when it expires; what was lent stays the borrower's.
func TestPresentPasswordsAreForgotten(t *testing.T) {
	noon := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, forget := range map[string]func(*presents){
		"dropped":  func(p *presents) { p.drop("ana 1") },
		"voided":   func(p *presents) { p.dropOthers("ana", "ana 2") },
		"expired":  func(p *presents) { p.dropExpired(noon.Add(time.Second)) },
		"replaced": func(p *presents) { p.keep("ana 1", present{"ana", app.Secret{}, noon}) },
	} {
		p, typed := newPresents(), app.NewSecret("lantern-tide")
		p.keep("ana 1", present{"ana", typed, noon})
		p.keep("ana 2", present{"ana", app.NewSecret("copper"), noon.Add(time.Hour)})
		p.keep("ben 1", present{"ben", app.NewSecret("heron"), noon.Add(time.Hour)})
		inside, lent := p.kept["ana 1"].password, p.of("ana 1", noon)
		forget(p)
		if !p.of("ana 1", noon).Empty() || !inside.Empty() {
			t.Errorf("%s: it is still there", name)
		}
		if lent.Reveal() != "lantern-tide" || typed.Reveal() != "lantern-tide" {
			t.Errorf("%s: what was lent or given is gone", name)
		}
		if p.of("ana 2", noon).Reveal() != "copper" || p.of("ben 1", noon).Reveal() != "heron" {
			t.Errorf("%s: others are gone, too", name)
		}
	}
}

func TestAPresentPasswordIsNotGivenAfterItsTime(t *testing.T) {
	p, noon := newPresents(), time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	p.keep("ana 1", present{"ana", app.NewSecret("lantern-tide"), noon})
	if p.of("ana 1", noon).Empty() || !p.of("ana 1", noon.Add(time.Nanosecond)).Empty() {
		t.Error("its last instant is the flow's")
	}
}

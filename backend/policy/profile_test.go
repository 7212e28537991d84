package policy

import (
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// TestTheProfileNamesEachViolation breaks one demand of the profile at a time; without the profile each may stand.
func TestTheProfileNamesEachViolation(t *testing.T) {
	nist := func() Policy {
		p := sound()
		p.Profile = "nist"
		return p
	}
	if found := nist().Check(); len(found) > 0 {
		t.Fatalf("the default does not keep to the profile: %v", found)
	}
	phones := nist()
	phones.Methods.Allowed = []app.Kind{app.KindSMS, app.KindVoice, app.KindAuthApp}
	if found := phones.Check(); len(found) > 0 {
		t.Errorf("text and voice beside the app: %v", found)
	}
	for name, c := range map[string]struct {
		fault func(*Policy)
		key   string
	}{
		"classic passwords": {func(p *Policy) { p.Password.Mode = "classic" }, "password.mode"},
		"one gate":          {func(p *Policy) { p.Methods.Gates = 1 }, "methods.gates"},
		"questions": {func(p *Policy) {
			p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindEmail, app.KindQuestions}
		}, "methods.allowed"},
		"nothing but a number": {func(p *Policy) { p.Methods.Allowed = []app.Kind{app.KindSMS, app.KindEmail} }, "methods.allowed"},
		"nothing but a call":   {func(p *Policy) { p.Methods.Allowed = []app.Kind{app.KindVoice, app.KindEmail} }, "methods.allowed"},
		"too many tries":       {func(p *Policy) { p.Recovery.MostWrongTries = 101 }, "recovery.most_wrong_tries"},
	} {
		p := nist()
		c.fault(&p)
		found := p.Check()
		if len(found) != 1 || found[0].Key != c.key || !strings.Contains(words.Problem(found[0]), `profile "nist"`) {
			t.Errorf("%s: %v, want one problem at %s", name, found, c.key)
		}
		p.Profile = ""
		if found := p.Check(); slices.ContainsFunc(found, func(f app.Problem) bool { return f.Key == c.key }) {
			t.Errorf("%s without the profile: %v", name, found)
		}
	}
}

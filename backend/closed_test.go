package backend_test

import (
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
)

// plain is a method without decoys; strange is one that has them, of a kind that is in no table.
type (
	plain   struct{ app.Method }
	strange struct{ app.Decoyer }
)

func (strange) Kind() app.Kind { return "pigeon" }

// TestUnknownDecoysFailClosed: what would tell a person from a decoy keeps the backend from starting.
func TestUnknownDecoysFailClosed(t *testing.T) {
	w := newWorld(t)
	config := w.config
	for i, m := range w.config.Methods {
		if m.Kind() == app.KindEmail {
			config.Methods = append([]app.Method{plain{m}}, append(w.config.Methods[:i:i], w.config.Methods[i+1:]...)...)
		}
	}
	if _, err := backend.New(config); err != nil {
		t.Errorf("where everything may be told: %v", err)
	}
	config.Policy.Feature.Disclosure = policy.Private
	if _, err := backend.New(config); err == nil || !strings.Contains(err.Error(), "email") {
		t.Errorf("a method without decoys beside private disclosure: %v", err)
	}
	config = w.config
	config.Methods = append(config.Methods[:len(config.Methods):len(config.Methods)], strange{w.config.Methods[0].(app.Decoyer)})
	if _, err := backend.New(config); err == nil || !strings.Contains(err.Error(), "pigeon") {
		t.Errorf("a method without a likelihood: %v", err)
	}
}

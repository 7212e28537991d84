package core

import (
	"reflect"
	"testing"
)

// TestAPolicyIsReadInAnOperationAlone: whatever reads the policy in force is a method of Operation, which Begin alone makes,
// so that no call can run without its policy held.
func TestAPolicyIsReadInAnOperationAlone(t *testing.T) {
	for _, name := range []string{"Policy", "Logo", "Breached", "Method", "Rules", "Settings", "Figures", "Refusal", "Off", "Due"} {
		if _, has := reflect.TypeFor[*Core]().MethodByName(name); has {
			t.Errorf("Core has the method %s, which no operation holds the policy for", name)
		}
		if _, has := reflect.TypeFor[*Operation]().MethodByName(name); !has {
			t.Errorf("Operation has no method %s any more: adapt this list", name)
		}
	}
	op := reflect.TypeFor[Operation]()
	for i := range op.NumField() {
		if f := op.Field(i); f.IsExported() && !f.Anonymous && f.Name != "Log" { // which holds no policy
			t.Errorf("the field %s can be set by others than Begin", f.Name)
		}
	}
}

package wire

import (
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzInput: what can be read can be written, and reads the same again.
func FuzzInput(f *testing.F) {
	for name := range Inputs() {
		f.Add([]byte(`{"type":"` + name + `"}`))
	}
	f.Add([]byte(`{"type":"sign_in","user_id":"ana@harbour.example","password":"\u0000"}`))
	f.Add([]byte(`{"type":"give_code","code":{"a":[[[[]]]]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var in Input
		if json.Unmarshal(data, &in) != nil {
			return
		}
		if got := through(t, in); !reflect.DeepEqual(got, in) {
			t.Errorf("got %#v, want %#v", got, in)
		}
	})
}

// FuzzReply: no reply of a broken or hostile server makes the client panic.
func FuzzReply(f *testing.F) {
	for name := range Steps() {
		f.Add([]byte(`{"id":"F1","now":{"type":"` + name + `"},"flow":{"now":{"type":"` + name + `"}}}`))
	}
	f.Add([]byte(`{"versions":[{"number":-1,"at":"0001-01-01T00:00:00Z","hash":"AA=="}],"problems":[{"params":{}}],"person":{}}`))
	f.Add([]byte(`{"status":-1,"at":"2027-01-01T00:00:00Z","params":{"a":"b"},"flow":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var flow Flow
		if json.Unmarshal(data, &flow) == nil && flow.Now.Step != nil {
			if _, err := NewFlow(flow.Domain()); err != nil {
				t.Errorf("a flow that was read can't be written: %v", err)
			}
		}
		var p Problem
		if json.Unmarshal(data, &p) == nil {
			if e, _ := p.Domain(); !known(e.Code) {
				t.Errorf("an unknown code came through: %q", e.Code)
			}
		}
		for _, form := range replies {
			w := reflect.New(reflect.TypeOf(form))
			if json.Unmarshal(data, w.Interface()) == nil {
				w.MethodByName("Domain").Call(nil)
			}
		}
	})
}

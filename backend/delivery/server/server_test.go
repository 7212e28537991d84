package server

import (
	"errors"
	"testing"
)

var schemes = map[string]Scheme{"safe": {Port: "465"}, "clear": {Port: "25", Clear: true}}

func TestAnAddressNamesAServerAndNothingBesides(t *testing.T) {
	for address, want := range map[string]string{
		"safe://mx.harbour.example": "mx.harbour.example:465", "safe://mx.harbour.example:4650/": "mx.harbour.example:4650", "safe://[2001:db8::1]": "[2001:db8::1]:465",
		"clear://localhost": "localhost:25", "clear://127.0.0.1:2525": "127.0.0.1:2525", "clear://[::1]": "[::1]:25",
		"clear://mx.harbour.example": "", "clear://10.0.0.1": "", "other://mx": "", "mx.harbour.example": "", "safe://": "", "safe://mx:0": "", "safe://mx:99999": "", "safe://mx:x": "",
		"safe://user@mx": "", "safe://mx/x": "", "safe://mx?x": "", "safe://mx#x": "", "": "",
	} {
		s, err := Parse(address, schemes)
		if want == "" && !errors.Is(err, ErrAddress) || want != "" && (err != nil || s.String() != want || s.Scheme+"://" != address[:len(s.Scheme)+3]) {
			t.Errorf("%s: %+v, %v", address, s, err)
		}
	}
}

package api

import (
	"strings"
	"testing"
)

// The description refuses most of these as well; this wall must hold alone.
func TestStrictJSONHoldsAlone(t *testing.T) {
	nested := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	for body, good := range map[string]bool{
		`{"a":1}`: true, ` {"a":[1,"b",{"c":true}]} `: true, `{}`: true, nested(maxDepth): true,
		nested(maxDepth + 1): false, `{"a":null}`: false, `{"a":[null]}`: false, `{"A":1}`: false, `{"a":1,"a":2}`: false,
		`{"a":{"b":1,"b":1}}`: false, `{"a":"\u0000"}`: false, `{"":1}`: false, `{"a":1}{}`: false, `{"a":1`: false, `[]`: false,
		"": false, " ": false, "{\"a\":\"\xff\"}": false, strings.Repeat("[", 1<<16): false,
	} {
		if err := checkJSON([]byte(body)); (err == nil) != good {
			t.Errorf("%.60q: %v", body, err)
		}
	}
}

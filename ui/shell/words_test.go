package shell

import (
	"testing"

	"github.com/sparekey/sparekey/app"
)

func TestEachRefusalHasItsWords(t *testing.T) {
	cases := []struct {
		e    app.Error
		when string
		want string
	}{
		{app.Error{Code: app.CodeWrongCode, TriesLeft: 3}, "", "That code was not right. You have 3 tries left. Check that it is the newest."},
		{app.Error{Code: app.CodeThrottled}, "in 22 s", "Too many tries. You can go on in 22 s."},
		{app.Error{Code: app.CodeThrottled}, "", "Too many tries. Wait a while, then try again."},
		{app.Error{Code: app.CodeDirectory, Params: map[string]string{"rule": "history"}}, "",
			"The directory does not take this password. It is an old password of yours. Choose one that you never had."},
		{app.Error{Code: app.CodeKeyPINWrong, TriesLeft: 7}, "", "That is not the key's PIN. You have 7 tries left."},
		{app.Error{Code: app.CodeKeyPINWrong}, "", "That is not the key's PIN. The key doesn't say how many tries you have left: type it with care."},
		{app.Error{Code: app.CodeKeyFingerWrong}, "", "The security key does not know this finger. Try another one, or clean the sensor."},
		{app.Error{Code: "new_to_me"}, "", "Something went wrong on our side. Try again, or tell the help desk the support code."},
	}
	for _, c := range cases {
		if got := Refusal(&c.e, c.when); got != c.want {
			t.Errorf("%s is said %q, want %q", c.e.Code, got, c.want)
		}
	}
}

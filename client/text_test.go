package client

import (
	"context"
	"net/http"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// TestNoTextIsChangedOnItsWay is the threat of two passwords that become one before they leave: JSON puts U+FFFD in the place
// of what is no UTF-8. Such a text is not sent, in whatever field; U+FFFD itself is, and so is a text about it.
func TestNoTextIsChangedOnItsWay(t *testing.T) {
	sent := 0
	c := &Client{Base: "https://sparekey.example", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		sent++
		return nil, context.Canceled
	})}
	c.tokens.put("F1", app.NewSecret("token"))
	for text, good := range map[string]bool{
		"a\xffb": false, "\xed\xa0\x80": false, "\xc3": false, "\x80": false, "ü": true, "\ufffd": true, `\ufffd`: true, `\\ufffd`: true, "😀": true,
	} {
		for _, in := range []app.Input{
			app.GivePassword{Password: app.NewSecret(text)}, app.GiveCurrentPassword{Password: app.NewSecret(text)},
			app.SignIn{UserID: "ana", Password: app.NewSecret(text)}, app.GiveUserID{UserID: text}, app.GiveAddress{Address: text},
			app.GiveAnswers{Answers: []app.Answer{{Answer: app.NewSecret(text)}}},
		} {
			sent = 0
			_, err := c.Submit(context.Background(), "F1", 1, goodKey, in)
			if refused := app.CodeOf(err) == app.CodeBadRequest; refused == good || (sent == 0) == good {
				t.Errorf("%q in %T: sent %d times, %v", text, in, sent, err)
			}
		}
	}
}

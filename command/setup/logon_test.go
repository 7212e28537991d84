package setup

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
)

// TestThePersonOfTheLogonScreen registers an authenticator app for scripts/logon-check, which tells in SPAREKEY_LOGON the server, the
// user ID, and the file for the app's secret (base32).
func TestThePersonOfTheLogonScreen(t *testing.T) {
	said := strings.Fields(os.Getenv("SPAREKEY_LOGON"))
	if len(said) != 3 {
		t.Skip("scripts/logon-check begins it")
	}
	c := &client.Client{Base: said[0]}
	begins(t, c, app.PurposeSignIn).must(app.SignIn{UserID: said[1], Password: app.NewSecret(os.Getenv("SPAREKEY_LOGON_PASSWORD"))}).session()
	k := begins(t, c, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	show := k.codes()
	var secret string
	for _, group := range k.flow.Now.(app.ShowSecret).Groups {
		secret += group.Reveal()
	}
	if err := os.WriteFile(said[2], []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	k.must(app.GiveCode{Digits: show(time.Now())})
	if _, is := k.flow.Now.(app.Registered); !is {
		t.Fatalf("registering leads to %T", k.flow.Now)
	}
	k.must(app.Finish{})
}

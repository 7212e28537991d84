package app_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

const canary = "canary-7Q4"

// forms are the ways in which bytes get printed.
func forms() []string {
	return []string{canary, hex.EncodeToString([]byte(canary)), strings.ToUpper(hex.EncodeToString([]byte(canary))),
		base64.StdEncoding.EncodeToString([]byte(canary)), fmt.Sprint([]byte(canary)), fmt.Sprintf("%#v", []byte(canary)),
		strings.Trim(fmt.Sprint([]byte(canary)), "[]"), "99 97 110", "0x63"}
}

func quiet(t *testing.T, how, printed string) {
	t.Helper()
	for _, form := range forms() {
		if strings.Contains(printed, form) {
			t.Errorf("%s prints %s", how, printed)
		}
	}
}

// TestSecretIsNeverPrinted prints a secret alone, by pointer and inside of what carries one, with every verb and logger.
func TestSecretIsNeverPrinted(t *testing.T) {
	secret := app.NewSecret(canary)
	values := map[string]any{
		"value":      secret,
		"pointer":    &secret,
		"slice":      []app.Secret{secret},
		"map":        map[string]app.Secret{"a": secret},
		"SignIn":     app.SignIn{UserID: "ana", Password: secret},
		"GiveCode":   &app.GiveCode{Digits: secret},
		"Flow":       app.Flow{Token: secret},
		"ShowSecret": app.ShowSecret{URI: secret, Groups: []app.Secret{secret}},
		"Grant":      app.Grant{Access: secret, Refresh: secret},
		"Input":      app.Input(app.GivePassword{Password: secret}),
		"unexported": struct{ token app.Secret }{secret},
	}
	for name, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "% x", "%t", "%T"} {
			quiet(t, name+" by "+verb, fmt.Sprintf(verb, v))
		}
		quiet(t, name+" by Sprint", fmt.Sprint(v))
		var b bytes.Buffer
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v, slog.Group("g", "v", v))
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v, slog.Group("g", "v", v))
		quiet(t, name+" by slog", b.String())
		encoded, err := json.Marshal(v)
		if err == nil && name != "unexported" {
			t.Errorf("%s became JSON: %s", name, encoded)
		}
		quiet(t, name+" by the error of json", fmt.Sprint(err))
		encoded, _ = xml.Marshal(v)
		quiet(t, name+" by xml", string(encoded))
	}
}

func TestSecret(t *testing.T) {
	source := []byte(canary)
	secret := app.NewSecret(string(source))
	if secret.Reveal() != canary || secret.Empty() {
		t.Errorf("the secret does not hold what it was given")
	}
	copied := secret
	secret.Wipe()
	secret.Wipe()
	if !secret.Empty() || secret.Reveal() != "" || !copied.Empty() || copied.Reveal() != "" {
		t.Error("something is left after Wipe")
	}
	(&app.Secret{}).Wipe() // must not panic
	if !(app.Secret{}).Empty() || !app.NewSecret("").Empty() {
		t.Error("an empty secret is not Empty")
	}
}

func TestLendGivesTheValueItself(t *testing.T) {
	s := app.NewSecret("0815")
	s.Lend(func(value []byte) {
		if string(value) != "0815" {
			t.Errorf("got %q", value)
		}
		value[0] = '1'
	})
	if s.Reveal() != "1815" {
		t.Error("Lend made a copy")
	}
	app.Secret{}.Lend(func(value []byte) {
		if len(value) != 0 {
			t.Errorf("an empty secret lent %q", value)
		}
	})
}

package authapp

import (
	"encoding/base32"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"

	"github.com/sparekey/sparekey/methods/methodtest"
)

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// TestOathtool compares with an implementation that shares no code with ours (Debian package oathtool).
func TestOathtool(t *testing.T) {
	tool, err := exec.LookPath("oathtool")
	if err != nil {
		t.Fatalf("oathtool is needed to check the codes independently; install the package oathtool: %v", err)
	}
	secret := seed("Harbour Hospital 160")
	for n := range 5 {
		at := methodtest.Start.Add(time.Duration(n) * 7919 * time.Hour)
		out, err := exec.Command(tool, "--totp=sha1", "--base32", "--now", "@"+strconv.FormatInt(at.Unix(), 10), secret.base32()).Output()
		if err != nil {
			t.Fatalf("oathtool: %v", err)
		}
		ours, err := secret.code(stepAt(at))
		if want := strings.TrimSpace(string(out)); err != nil || ours != want {
			t.Errorf("at %v: ours %s, %v; oathtool's %s", at, ours, err, want)
		}
	}
}

func FuzzKeyURI(f *testing.F) {
	for _, s := range []string{"Harbour Hospital", "A:B", "", "100 % & more?", "Ñandú/日本", "a+b@c", "\xff", "\x00x", "#frag"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, organisation, user string) {
		issuer, account := label(organisation), label(user)
		secret := seed("12345678901234567890")
		text := keyURI(issuer, account, secret)
		key, err := otp.NewKeyFromURL(text)
		if err != nil {
			t.Fatalf("%q does not parse: %v", text, err)
		}
		if key.Issuer() != issuer || key.AccountName() != account || key.Secret() != secret.base32() {
			t.Fatalf("%q reads as issuer %q, account %q; want %q, %q", text, key.Issuer(), key.AccountName(), issuer, account)
		}
		u, err := url.Parse(text)
		if err != nil || strings.Contains(text, "+") || u.Fragment != "" {
			t.Fatalf("%q: %v", text, err)
		}
		q := u.Query()
		if len(q) != 5 || q.Get("algorithm") != "SHA1" || q.Get("digits") != "6" || q.Get("period") != "30" {
			t.Fatalf("%q has the parameters %v", text, q)
		}
	})
}

func TestModules(t *testing.T) {
	rows, err := Modules(keyURI("Harbour Hospital", "ana@harbour.example", make(seed, seedSize)))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(rows); n < 21 || (n-17)%4 != 0 || len(rows[0]) != n {
		t.Fatalf("%d rows of %d: no QR code has that size", n, len(rows[0]))
	}
	for i := range 7 { // the finder pattern begins in the very corner: no border
		if !rows[0][i] || !rows[i][0] {
			t.Errorf("no finder pattern at %d", i)
		}
	}
	if _, err := Modules(strings.Repeat("x", 3000)); err == nil {
		t.Error("3,000 characters fit into a QR code")
	}
}

package call

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/call/calltest"
	"github.com/sparekey/sparekey/backend/delivery/call/media"
)

// softphone opens a provider that calls a softphone, in real time.
func softphone(t *testing.T, port int, change func(*Config)) (*Provider, *receipts) {
	t.Helper()
	return open(t, &calltest.Phone{Address: fmt.Sprintf("%s:%d", calltest.Inside, port)}, func(c *Config) {
		c.Frame, c.User, c.Talk.Language = 0, "", "de"
		if change != nil {
			change(c)
		}
	})
}

// TestBaresip is called for real: it hears the code, and types the digits.
func TestBaresip(t *testing.T) {
	if testing.Short() {
		t.Skip("real calls take their time: `make test` makes them without the race detector")
	}
	if !calltest.IsInside() {
		t.Parallel()
		calltest.InNetwork(t, t.Name(), "baresip")
		return
	}
	t.Run("code", func(t *testing.T) {
		t.Parallel()
		certificate, _ := certified(t, calltest.Inside)
		phone := calltest.StartBaresip(t, 5070, theNumber, "audio_codecs=PCMA;mediaenc=srtp-mand", inPEM(t, certificate))
		p, all := softphone(t, 5070, func(c *Config) { c.Security = media.SecureRequire })
		if _, err := deliver(t, p, codeCall(), 5*time.Second); err != nil {
			t.Fatal(err)
		}
		phone.Await(t, 1500*time.Millisecond)
		phone.Press(t, "1")
		phone.Await(t, 13*time.Second)
		phone.Do(t, "hangup", "")
		if r := all.next(t); !r.Arrived {
			t.Errorf("the receipt is %+v", r)
		}
		if digits := calltest.Digits(phone.Heard(t), "de"); !strings.HasPrefix(digits, theCode) {
			t.Errorf("baresip heard %q", digits)
		}
	})
	t.Run("digits", func(t *testing.T) {
		t.Parallel()
		certificate, roots := certified(t, calltest.Inside)
		phone := calltest.StartBaresip(t, 5080, theNumber, "audio_codecs=PCMU;mediaenc=srtp", inPEM(t, certificate))
		typed := make(chan string, 1)
		p, all := softphone(t, 5080, func(c *Config) {
			c.Server, c.Roots = "sips:"+calltest.Inside+":5081", roots
			c.Talk.Keyed = func(_ context.Context, _ string, digits app.Secret) error { typed <- digits.Reveal(); return nil }
		})
		if _, err := deliver(t, p, digitsCall(), 5*time.Second); err != nil {
			t.Fatal(err)
		}
		phone.Await(t, 6*time.Second)
		phone.Press(t, "4")
		phone.Press(t, "4")
		select {
		case got := <-typed:
			if got != "44" {
				t.Errorf("was typed: %q", got)
			}
		case <-time.After(patience):
			t.Error("nothing was typed")
		}
		if r := all.next(t); !r.Arrived {
			t.Errorf("the receipt is %+v", r)
		}
		if said := calltest.Spoken(phone.Heard(t), "de"); !strings.Contains(said, "two") || !strings.HasSuffix(said, "right") {
			t.Errorf("baresip heard %s", said)
		}
	})
}

// inPEM is a certificate with its key.
func inPEM(t *testing.T, c tls.Certificate) []byte {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
}

package signed_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/signed"
)

var kiosk = signed.Key{Station: "S1", Private: ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))}

func find(_ context.Context, id app.StationID) (ed25519.PublicKey, error) {
	if id != kiosk.Station {
		return nil, errUnknown
	}
	return kiosk.Private.Public().(ed25519.PublicKey), nil
}

var errUnknown = errors.New("nobody")

func request(t testing.TB, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer token")
	return r
}

// What is signed here is verified here; that others sign the same way is backend/api's to test.
func TestWhatIsSignedHolds(t *testing.T) {
	for url, host := range map[string]string{
		"https://reset.example.org/v1/flows": "reset.example.org", "https://RESET.example.org:443/v1/flows": "reset.example.org",
		"https://reset.example.org:8443/v1/flows": "reset.example.org:8443", "https://[2001:db8::7]/v1/flows": "[2001:db8::7]",
	} {
		r := request(t, url, "body")
		if err := kiosk.Sign(r, []byte("body")); err != nil {
			t.Fatal(err)
		}
		first := r.Header.Get("Signature-Input")
		r.Host = host
		got, err := signed.Verify(r, find)
		if err != nil || got.Station != "S1" || got.Created.IsZero() || len(got.Nonce) != 44 {
			t.Errorf("%s: %+v, %v", url, got, err)
		}
		if err := kiosk.Sign(r, []byte("body")); err != nil || r.Header.Get("Signature-Input") == first {
			t.Errorf("signed anew: %v", err)
		}
		r.Host = "other.example.org"
		if _, err := signed.Verify(r, find); !errors.Is(err, signed.ErrSignature) {
			t.Errorf("%s, for another: %v", url, err)
		}
	}
	other := kiosk
	other.Station = "S2"
	r := request(t, "https://reset.example.org/", "")
	if err := other.Sign(r, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := signed.Verify(r, find); !errors.Is(err, errUnknown) {
		t.Errorf("an unknown one: %v", err)
	}
}

// FuzzVerify: whatever the headers say, nothing holds that was not signed, and nothing breaks.
func FuzzVerify(f *testing.F) {
	r := request(f, "https://reset.example.org/v1/flows", "body")
	if err := kiosk.Sign(r, []byte("body")); err != nil {
		f.Fatal(err)
	}
	input, signature, digest := r.Header.Get("Signature-Input"), r.Header.Get("Signature"), r.Header.Get("Content-Digest")
	f.Add(input, signature, digest, "body ")
	f.Add(input+", sig2=()", signature+", sig2=:AA==:", "md5=:AA==:", "")
	f.Fuzz(func(t *testing.T, i, s, d, body string) {
		r := request(t, "https://reset.example.org/v1/flows", body)
		r.Header.Set("Signature-Input", i)
		r.Header.Set("Signature", s)
		r.Header.Set("Content-Digest", d)
		if _, err := signed.Verify(r, find); err == nil && (i != input || s != signature || d != digest || body != "body") {
			t.Errorf("%q %q %q holds for %q", i, s, d, body)
		}
	})
}

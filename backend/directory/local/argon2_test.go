package local_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
)

// The reference implementation's command line made these (argon2 SALT -id -e).
const (
	phcDefault = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AdweBLwcflnNX2HVW8i1Mtu7frrn4Ki7h/rYSGuU7Is"
	phcSmall   = "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$9xg80Iwr1YYUEBdGAqhKw5F8FacYHaMpbUydKbuotBw"
)

func TestReferenceStrings(t *testing.T) {
	for phc, password := range map[string]string{phcDefault: "correct horse", phcSmall: "naïve pässword"} {
		if ok, err := quick().Match(phc, app.NewSecret(password)); !ok || err != nil {
			t.Errorf("%s: %v, %v", phc, ok, err)
		}
		if ok, err := quick().Match(phc, app.NewSecret(password+"x")); ok || err != nil {
			t.Errorf("%s matches another password: %v, %v", phc, ok, err)
		}
	}
}

func TestDefaultFigures(t *testing.T) {
	phc, err := local.DefaultArgon2(rand.Reader).Hash(app.NewSecret("x"))
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("Hash = %s, %v", phc, err)
	}
	again, err := local.DefaultArgon2(rand.Reader).Hash(app.NewSecret("x"))
	if err != nil || again == phc {
		t.Errorf("two hashes of a password share their salt: %s, %v", again, err)
	}
}

func TestBadStringsAreRefused(t *testing.T) {
	for _, phc := range []string{
		"", "$", "$$$$$", "plain", strings.Replace(phcSmall, "argon2id", "argon2i", 1),
		strings.Replace(phcSmall, "v=19", "v=16", 1), strings.Replace(phcSmall, "t=1", "t=0", 1),
		strings.Replace(phcSmall, "p=1", "p=0", 1), strings.Replace(phcSmall, "m=64", "m=4294967295", 1),
		strings.Replace(phcSmall, "t=1", "t=4294967295", 1), strings.Replace(phcSmall, "p=1", "p=1,x=1", 1),
		strings.Replace(phcSmall, "m=64", "m=+64", 1), phcSmall[:len(phcSmall)-4], phcSmall + "AAAA", phcSmall + "$",
		strings.Replace(phcSmall, "MDEyMzQ1Njc4OWFiY2RlZg", "", 1),
	} {
		if ok, err := quick().Match(phc, app.NewSecret("naïve pässword")); ok || err == nil {
			t.Errorf("%q: %v, %v; want an error", phc, ok, err)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add(phcSmall, "x")
	f.Fuzz(func(t *testing.T, phc, password string) {
		if strings.Count(phc, "m=64,t=1,p=1") == 0 {
			return // other figures would be measured, not tested
		}
		if ok, err := quick().Match(phc, app.NewSecret(password)); ok && (err != nil || password == "") {
			t.Errorf("%q matches %q: %v", phc, password, err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	h := local.DefaultArgon2(rand.Reader)
	for b.Loop() {
		if ok, err := h.Match(phcDefault, app.NewSecret("correct horse")); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

package vault_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/vault"
)

const place = "flow.state|F1"

func newMaster(t testing.TB) app.Secret {
	t.Helper()
	master, err := vault.NewMaster(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return master
}

func create(t testing.TB) (v *vault.Vault, path string, master app.Secret) {
	t.Helper()
	path, master = filepath.Join(t.TempDir(), "data", "keys.json"), newMaster(t)
	v, err := vault.Create(path, master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return v, path, master
}

func seal(t testing.TB, v *vault.Vault, plain string) []byte {
	t.Helper()
	sealed, err := v.Seal([]byte(plain), place)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealedOpensAtItsPlaceOnly(t *testing.T) {
	v, _, _ := create(t)
	for _, plain := range []string{"", "x", strings.Repeat("long ", 10_000)} {
		sealed := seal(t, v, plain)
		if len(plain) > 1 && bytes.Contains(sealed, []byte(plain)) {
			t.Error("the plain text stands in the sealed value")
		}
		got, err := v.Open(sealed, place)
		if err != nil || string(got) != plain {
			t.Errorf("Open = %d bytes, %v; want %d bytes", len(got), err, len(plain))
		}
		if _, err := v.Open(sealed, "flow.state|F2"); !errors.Is(err, vault.ErrForged) {
			t.Errorf("opened in another row: %v", err)
		}
	}
	if bytes.Equal(seal(t, v, "same"), seal(t, v, "same")) {
		t.Error("two sealed values are alike: the nonce was used twice")
	}
}

func TestEveryAlteredByteIsFound(t *testing.T) {
	v, _, _ := create(t)
	sealed := seal(t, v, "secret")
	for i := range sealed {
		for bit := range 8 {
			altered := bytes.Clone(sealed)
			altered[i] ^= 1 << bit
			if _, err := v.Open(altered, place); err == nil {
				t.Fatalf("byte %d, bit %d was altered, and it opened", i, bit)
			}
		}
		if _, err := v.Open(sealed[:i], place); err == nil {
			t.Fatalf("cut to %d bytes, and it opened", i)
		}
	}
}

func TestUnknownDataKey(t *testing.T) {
	v, _, _ := create(t)
	sealed := seal(t, v, "secret")
	sealed[4] = 9
	if _, err := v.Open(sealed, place); !errors.Is(err, vault.ErrKey) {
		t.Errorf("Open = %v, want ErrKey", err)
	}
}

func TestRotationKeepsTheOldKeysAndTheIndex(t *testing.T) {
	v, path, master := create(t)
	before, index := seal(t, v, "before"), v.Index("credential.address", "a@b.example")
	if err := v.Rotate(noon); err != nil {
		t.Fatal(err)
	}
	after := seal(t, v, "after")
	if bytes.Equal(before[1:5], after[1:5]) {
		t.Error("the new value names the old data key")
	}
	again, err := vault.Open(path, master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for want, sealed := range map[string][]byte{"before": before, "after": after} {
		if got, err := again.Open(sealed, place); err != nil || string(got) != want {
			t.Errorf("%s rotation: Open = %q, %v", want, got, err)
		}
	}
	if !bytes.Equal(again.Index("credential.address", "a@b.example"), index) {
		t.Error("the index changed with the rotation")
	}
	if !bytes.Equal(seal(t, again, "x")[1:5], after[1:5]) {
		t.Error("after opening again, another data key is active")
	}
}

func TestRotateBesideSealAndOpen(t *testing.T) {
	v, _, _ := create(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				sealed, err := v.Seal([]byte("x"), place)
				if err != nil {
					t.Error(err)
				}
				if _, err := v.Open(sealed, place); err != nil {
					t.Error(err)
				}
				v.Index("p", "v")
			}
		})
	}
	for range 5 {
		if err := v.Rotate(noon); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

func TestWrongMaster(t *testing.T) {
	_, path, _ := create(t)
	if _, err := vault.Open(path, newMaster(t), rand.Reader); !errors.Is(err, vault.ErrMaster) {
		t.Errorf("another key: %v, want ErrMaster", err)
	}
	if _, err := vault.Open(path, app.NewSecret("short"), rand.Reader); err == nil {
		t.Error("a short master key was taken")
	}
}

func TestKeyFileIsNotReplaced(t *testing.T) {
	v, path, master := create(t)
	sealed := seal(t, v, "kept")
	if _, err := vault.Create(path, master, rand.Reader); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("Create over a key file: %v, want fs.ErrExist", err)
	}
	again, err := vault.Open(path, master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(sealed, place); err != nil || string(got) != "kept" {
		t.Errorf("the old keys are gone: %q, %v", got, err)
	}
	if _, err := vault.Open(path+".none", master, rand.Reader); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no key file: %v, want fs.ErrNotExist", err)
	}
	if names, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(names) != 1 {
		t.Errorf("temporary files stay: %v", names)
	}
}

func TestBadKeyFileIsRefused(t *testing.T) {
	_, path, master := create(t)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string]string{
		"empty":          "",
		"no keys":        `{"version":1,"index":"","keys":[]}`,
		"newer":          strings.Replace(string(good), `"version": 1`, `"version": 2`, 1),
		"another key ID": strings.Replace(string(good), `"id": 1`, `"id": 2`, 1),
		"cut":            string(good[:len(good)/2]),
	}
	for name, text := range bad {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.Open(path, master, rand.Reader); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestIndexKeepsPurposesApart(t *testing.T) {
	v, _, _ := create(t)
	if bytes.Equal(v.Index("ab", "c"), v.Index("a", "bc")) {
		t.Error("purpose and value run into each other")
	}
	if !bytes.Equal(v.Index("a", "b"), v.Index("a", "b")) {
		t.Error("the index of a value is not stable")
	}
	other, _, _ := create(t)
	if bytes.Equal(v.Index("a", "b"), other.Index("a", "b")) {
		t.Error("the index is not keyed")
	}
}

const (
	goldenSealed = "010000000158595a5b5c5d5e5f606162635a3e0b23f7f664e5e5d3a7bf35f13fb75e331d631d2d"
	goldenIndex  = "642cd45d6cf51fba972e3b399c4cc9ff81531b97bf31d99008f169ea984d0afa"
)

// TestGoldenFormat holds the format: values that were sealed by an older version must open for ever.
func TestGoldenFormat(t *testing.T) {
	master := app.NewSecret(strings.Repeat("m", 32))
	path := filepath.Join(t.TempDir(), "keys.json")
	counted := &countingReader{}
	v, err := vault.Create(path, master, counted)
	if err != nil {
		t.Fatal(err)
	}
	const want = "01000000015859" + "5a5b5c5d5e5f60616263"
	sealed := seal(t, v, "golden")
	if got := hex.EncodeToString(sealed); !strings.HasPrefix(got, want) || len(sealed) != 5+12+6+16 {
		t.Errorf("sealed = %s, want %s and the ciphertext", got, want)
	}
	kept, err := vault.Open("testdata/keys.json", master, counted)
	if err != nil {
		t.Fatal(err)
	}
	old, err := hex.DecodeString(goldenSealed)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := kept.Open(old, place); err != nil || string(got) != "golden" {
		t.Errorf("the golden value: %q, %v", got, err)
	}
	if got := hex.EncodeToString(kept.Index("purpose", "value")); got != goldenIndex {
		t.Errorf("index = %s, want %s", got, goldenIndex)
	}
}

// countingReader gives 0, 1, 2, ….
type countingReader struct{ next byte }

func (r *countingReader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r.next
		r.next++
	}
	return len(p), nil
}

func FuzzOpen(f *testing.F) {
	v, _, _ := create(f)
	f.Add([]byte(nil), place)
	f.Add([]byte{1, 0, 0, 0, 1}, place)
	f.Add(seal(f, v, "x")[:20], place)
	f.Fuzz(func(t *testing.T, sealed []byte, place string) {
		if plain, err := v.Open(sealed, place); err == nil {
			t.Errorf("opened what was never sealed: %q", plain)
		}
	})
}

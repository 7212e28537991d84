package securitykey_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/methods/methodtest"
	"github.com/sparekey/sparekey/methods/securitykey"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

var sample, unlisted = [16]byte{1, 2, 3}, [16]byte{9}

func rootOf(t *testing.T, m *keytest.Maker) *x509.Certificate {
	t.Helper()
	root, err := x509.ParseCertificate(m.Root)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// listed is a list with the maker's sample model.
func listed(t *testing.T, m *keytest.Maker, status string) *securitykey.Metadata {
	t.Helper()
	list, err := securitykey.ReadMetadata(m.Metadata(sample, status), rootOf(t, m), methodtest.Start)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// settings are those of an organisation that wants keys attested so.
func settings(grade app.Attestation) app.MethodSettings {
	return app.MethodSettings{Organisation: "Harbour", CodeLife: time.Minute, Key: app.KeySettings{
		RPID: "harbour.example", Origin: "https://harbour.example", Algorithms: []int{keytest.RS256, keytest.ES256, keytest.EdDSA},
		Verification: app.VerifyRequired, Attestation: grade,
	}}
}

// register registers a key, and gives what came of it.
func register(t *testing.T, m securitykey.Method, s app.MethodSettings, key *keytest.Key) (app.Result, app.KeyCreate) {
	t.Helper()
	turn := app.Turn{Now: methodtest.Start, Rand: strings.NewReader(strings.Repeat("x", 1000)), Person: methodtest.Ana, Settings: s}
	r, err := m.Enrol(turn, nil)
	if err != nil {
		t.Fatal(err)
	}
	asked := *r.Step.(app.UseKey).Create
	turn.State = r.State
	if r, err = m.Enrol(turn, app.GiveKey{Name: "Key", Answer: key.Create(asked)}); err != nil {
		t.Fatal(err)
	}
	return r, asked
}

func TestAttestation(t *testing.T) {
	maker, forger := keytest.NewMaker(), keytest.NewMaker()
	good := listed(t, maker, "FIDO_CERTIFIED")
	for name, c := range map[string]struct {
		grade app.Attestation
		list  *securitykey.Metadata
		key   keytest.Key
		taken bool
	}{
		"direct, its maker's":                   {app.AttestDirect, good, keytest.Key{AAGUID: sample, Maker: maker}, true},
		"direct, silent":                        {app.AttestDirect, good, keytest.Key{AAGUID: sample}, false},
		"direct, forged":                        {app.AttestDirect, good, keytest.Key{AAGUID: sample, Maker: forger}, false},
		"direct, not in the list":               {app.AttestDirect, good, keytest.Key{AAGUID: unlisted, Maker: maker}, false},
		"direct, revoked":                       {app.AttestDirect, listed(t, maker, "REVOKED"), keytest.Key{AAGUID: sample, Maker: maker}, false},
		"direct, a way round its PIN":           {app.AttestDirect, listed(t, maker, "USER_VERIFICATION_BYPASS"), keytest.Key{AAGUID: sample, Maker: maker}, false},
		"direct, without a list":                {app.AttestDirect, nil, keytest.Key{AAGUID: sample, Maker: maker}, false},
		"indirect, silent":                      {app.AttestIndirect, good, keytest.Key{AAGUID: sample}, true},
		"indirect, its maker's":                 {app.AttestIndirect, good, keytest.Key{AAGUID: sample, Maker: maker}, true},
		"indirect, forged":                      {app.AttestIndirect, good, keytest.Key{AAGUID: sample, Maker: forger}, false},
		"indirect, not in the list":             {app.AttestIndirect, good, keytest.Key{AAGUID: unlisted, Maker: forger}, true},
		"indirect, without a list":              {app.AttestIndirect, nil, keytest.Key{AAGUID: sample, Maker: forger}, true},
		"none":                                  {app.AttestNone, nil, keytest.Key{AAGUID: sample}, true},
		"none, though the list knows the model": {app.AttestNone, good, keytest.Key{AAGUID: unlisted, Maker: forger}, true},
	} {
		r, asked := register(t, securitykey.Method{Metadata: c.list}, settings(c.grade), &c.key)
		if taken := r.Verdict == app.Proven; taken != c.taken || !taken && (r.Verdict != app.Wrong || r.Why != app.CodeKeyNotAllowed) {
			t.Errorf("%s: verdict %v, %s", name, r.Verdict, r.Why)
		}
		if asked.Attested != (c.grade != app.AttestNone) {
			t.Errorf("%s: asked to attest: %v", name, asked.Attested)
		}
	}
}

// TestTheKeyIsToldWhichModelsAreTaken, so that another one is refused before it is used.
func TestTheKeyIsToldWhichModelsAreTaken(t *testing.T) {
	s := settings(app.AttestNone)
	s.Key.Allow, s.Key.Deny = []string{"a"}, []string{"b"}
	r, asked := register(t, securitykey.Method{}, s, &keytest.Key{AAGUID: sample})
	if !slices.Equal(asked.AllowModels, s.Key.Allow) || !slices.Equal(asked.DenyModels, s.Key.Deny) {
		t.Errorf("asked %+v", asked)
	}
	if r.Verdict != app.Wrong || r.Why != app.CodeKeyNotAllowed {
		t.Errorf("verdict %v, %s", r.Verdict, r.Why)
	}
}

// TestWhatTheListSaysLater about a model that was registered: it no longer counts as two.
func TestWhatTheListSaysLater(t *testing.T) {
	maker := keytest.NewMaker()
	good, s := securitykey.Method{Metadata: listed(t, maker, "FIDO_CERTIFIED")}, settings(app.AttestDirect)
	r, _ := register(t, good, s, &keytest.Key{AAGUID: sample, Maker: maker})
	silent, _ := register(t, securitykey.Method{}, settings(app.AttestNone), &keytest.Key{AAGUID: sample})
	for name, c := range map[string]struct {
		method securitykey.Method
		secret []byte
		double bool
	}{
		"as it was":                  {good, r.Credential.Secret, true},
		"revoked":                    {securitykey.Method{Metadata: listed(t, maker, "REVOKED")}, r.Credential.Secret, false},
		"registered without a proof": {good, silent.Credential.Secret, false},
		"no list":                    {securitykey.Method{}, r.Credential.Secret, false},
		"no credential":              {good, []byte("{}"), false},
	} {
		if got := c.method.Double(s, c.secret); got != c.double {
			t.Errorf("%s: counts as two: %v", name, got)
		}
	}
	if !good.Double(settings(app.AttestNone), silent.Credential.Secret) {
		t.Error("where models need no proof, one without counts as one")
	}
}

func TestReadMetadata(t *testing.T) {
	maker := keytest.NewMaker()
	list, root := maker.Metadata(sample, "FIDO_CERTIFIED"), rootOf(t, maker)
	byRSA := keytest.NewMaker()
	byRSA.RSA = true
	parts := bytes.Split(list, []byte("."))
	join := func(a, b, c []byte) []byte { return bytes.Join([][]byte{a, b, c}, []byte(".")) }
	encoded := func(s string) []byte { return []byte(base64.RawURLEncoding.EncodeToString([]byte(s))) }
	spoilt := bytes.Clone(list)
	spoilt[len(list)-len(parts[2])-40] ^= 1
	for name, c := range map[string]struct {
		list []byte
		root *x509.Certificate
		now  time.Time
		want string
	}{
		"good":               {append(list, '\n'), root, methodtest.Start, ""},
		"good, by RSA":       {byRSA.Metadata(sample, "FIDO_CERTIFIED"), rootOf(t, byRSA), methodtest.Start, ""},
		"another root":       {list, rootOf(t, keytest.NewMaker()), methodtest.Start, "certificate"},
		"too late":           {list, root, time.Date(2101, 1, 1, 0, 0, 0, 0, time.UTC), "expired"},
		"another text":       {join(parts[0], encoded(`{"entries":[]}`), parts[2]), root, methodtest.Start, "signature"},
		"a changed letter":   {spoilt, root, methodtest.Start, "FIDO"},
		"no signature":       {join(parts[0], parts[1], nil), root, methodtest.Start, "signed"},
		"unsigned":           {join(encoded(`{"alg":"none"}`), parts[1], nil), root, methodtest.Start, "certificate"},
		"another publisher":  {maker.SignedBy("mds.evil.example", sample), root, methodtest.Start, `"mds.evil.example"`},
		"JSON":               {[]byte(`{"entries":[]}`), root, methodtest.Start, "JWT"},
		"nothing":            {nil, root, methodtest.Start, "JWT"},
		"a list of no model": {maker.Metadata([16]byte{}, "FIDO_CERTIFIED"), root, methodtest.Start, "without a model"},
	} {
		_, err := securitykey.ReadMetadata(c.list, c.root, c.now)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(words.Problem(app.ProblemOf(err)), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	fido, err := securitykey.FIDORoot()
	if err != nil || !fido.IsCA {
		t.Errorf("the FIDO Alliance's root: %v", err)
	}
}

// TestAlgorithms registers and proves by each.
func TestAlgorithms(t *testing.T) {
	for _, algorithm := range []int{keytest.ES256, keytest.EdDSA, keytest.RS256} {
		m, s, key := securitykey.Method{}, settings(app.AttestNone), &keytest.Key{Algorithm: algorithm}
		r, _ := register(t, m, s, key)
		if r.Verdict != app.Proven {
			t.Errorf("%d: not registered: %s", algorithm, r.Why)
			continue
		}
		secret := r.Credential.Secret
		turn := app.Turn{Now: methodtest.Start, Rand: strings.NewReader(strings.Repeat("x", 1000)), Person: methodtest.Ana,
			Settings: s, Credential: secret, Siblings: [][]byte{secret}}
		r, err := m.Prove(turn, nil)
		if err != nil {
			t.Fatal(err)
		}
		turn.State = r.State
		r, err = m.Prove(turn, app.GiveKey{Answer: key.Get(*r.Step.(app.UseKey).Get)})
		if err != nil || r.Verdict != app.Proven || !r.Double {
			t.Errorf("%d: verdict %v, %s, counts as two %v, %v", algorithm, r.Verdict, r.Why, r.Double, err)
		}
	}
}

func TestCheck(t *testing.T) {
	if err := (securitykey.Method{}).Check(settings(app.AttestNone)); err != nil {
		t.Error(err)
	}
	if (securitykey.Method{}).Check(settings(app.AttestDirect)) == nil {
		t.Error("models can be proven without a list")
	}
	s := settings(app.AttestNone)
	s.Key.Origin = ""
	s.Key.RPID = "192.0.2.1"
	if (securitykey.Method{}).Check(s) == nil {
		t.Error("an address is a domain")
	}
}

package setup

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/entra/entratest"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// entraHouse is a server whose directory is Entra ID, played, with a person in it.
func entraHouse(t *testing.T) (*house, *entratest.Server, string) {
	t.Helper()
	tenant := entratest.New(t)
	ana := tenant.Person("ana@harbour.example", entratest.Object{"displayName": "Ana Reyes", "givenName": "Ana", "surname": "Reyes", "mail": "ana@harbour.example"})
	before := commandParts
	commandParts.Graph = tenant
	t.Cleanup(func() { commandParts = before })
	h := emptyHouse(t, strings.Replace(goodServer, "[directory]\n", `[directory]
kind = "entra"
tenant = "`+entratest.Tenant+`"
application = "`+entratest.Client+`"
secret = "entra.secret"
`, 1))
	everybody := trial.Policy()
	everybody.Feature.Reset, everybody.Feature.Groups, everybody.Feature.Disclosure = policy.ForAll, nil, policy.Private
	everybody.Registration.ContactsMayReset = true
	write(t, filepath.Join(h.dir, "policy.toml"), string(policy.Effective(everybody)))
	write(t, filepath.Join(h.dir, "entra.secret"), entratest.Secret+"\n")
	return h, tenant, ana
}

// TestAResetInEntra: a whole one, by contacts that were entered beforehand, from the settings to the password in the tenant. Who
// signs in by the password learns nothing, and everybody reads who needs a pass.
func TestAResetInEntra(t *testing.T) {
	h, tenant, ana := entraHouse(t)
	tenant.Lacks["User.RevokeSessions.All"] = true // which undoes nothing
	h.start(nil)
	admin, done, err := Admin(t.Context(), Target{Server: filepath.Join(h.dir, "server.toml"), Write: true})
	if err != nil {
		t.Fatal(err)
	}
	entered, err := admin.Contacts.ImportContacts(t.Context(), app.ContactsFile{Content: []byte("user_id,mobile,email\nana,+61491570110,ana@mail.example\n")})
	if err != nil || !entered.Written {
		t.Fatalf("%+v, %v", entered, err)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
	c := h.client()
	flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeSignIn, Key: key()})
	if step, is := flow.Now.(app.EnterSignIn); err != nil || !is || !step.PassOnly {
		t.Fatalf("signing in begins with %+v, %v", flow.Now, err)
	}
	for _, name := range []string{"ana", "nobody"} {
		if _, err := c.Submit(t.Context(), flow.ID, flow.Rev, key(), app.SignIn{UserID: name, Password: app.NewSecret("made at random")}); app.CodeOf(err) != app.CodeSignIn {
			t.Errorf("%s signs in by password: %v", name, err)
		}
		if flow, err = c.Get(t.Context(), flow.ID); err != nil {
			t.Fatal(err)
		}
	}
	if flow, err = c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: key()}); err != nil {
		t.Fatal(err)
	}
	tell := func(in app.Input) {
		t.Helper()
		if flow, err = c.Submit(t.Context(), flow.ID, flow.Rev, key(), in); err != nil {
			t.Fatalf("%T: %v", in, err)
		}
	}
	for _, in := range []app.Input{
		app.GiveUserID{UserID: `HARBOUR\Ana`}, app.GiveReason{Reason: app.ReasonLocked}, app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: "+61491570110"},
	} {
		tell(in)
	}
	tell(app.GiveCode{Digits: h.sent("+61491570110")})
	tell(app.GiveCode{Digits: h.sent("ana@mail.example")})
	const password = "Seven herons 2 cross the harbour mouth"
	tell(app.GivePassword{Password: app.NewSecret(password)})
	if _, done := flow.Now.(app.Done); !done {
		t.Fatalf("it leads to %T", flow.Now)
	}
	tenant.Mu.Lock()
	if tenant.Secrets[ana] != password {
		t.Errorf("in the tenant: %q", tenant.Secrets[ana])
	}
	tenant.Mu.Unlock()
	h.end()
	if !strings.Contains(h.log.String(), "sessions could not be revoked") {
		t.Error("the log doesn't say what the app may not do")
	}
	if strings.Contains(h.log.String(), password) || strings.Contains(h.log.String(), entratest.Secret) {
		t.Error("the log has a secret")
	}
}

// TestWhatIsWrongWithEntraIsSaid with its line, before a server starts.
func TestWhatIsWrongWithEntraIsSaid(t *testing.T) {
	const block = "[directory]\nkind = \"entra\"\ntenant = \"t\"\napplication = \"a\"\n"
	for name, c := range map[string]struct{ block, want string }{
		"no tenant":        {"[directory]\nkind = \"entra\"\napplication = \"a\"\nsecret = \"secret\"\n", "directory.tenant: must be given"},
		"no application":   {"[directory]\nkind = \"entra\"\ntenant = \"t\"\nsecret = \"secret\"\n", "directory.application: must be given"},
		"no proof":         {block, "directory.certificate: must be given"},
		"two proofs":       {block + "secret = \"secret\"\ncertificate = \"good.pem\"\n", "directory.secret: can't be given beside a certificate"},
		"an open secret":   {block + "secret = \"open\"\n", "directory.secret: everybody on this computer can read"},
		"no certificate":   {block + "certificate = \"secret\"\n", "directory.certificate: it must be a certificate with its private key"},
		"another key":      {block + "certificate = \"ec.pem\"\n", "directory.certificate: the key of the certificate must be an RSA key"},
		"an old one":       {block + "certificate = \"old.pem\"\n", "directory.certificate: the certificate was good until"},
		"a cloud":          {block + "secret = \"secret\"\ncloud = \"mars\"\n", `directory.cloud: "mars" is no cloud; known are: global, us-government`},
		"a group's name":   {block + "secret = \"secret\"\nadministrators = [\"Admins\"]\n", `directory.administrators: "Admins" is no object ID`},
		"no such thing":    {block + "secret = \"secret\"\nclient = \"x\"\n", "directory.client: is not a setting"},
		"":                 {block + "certificate = \"good.pem\"\n", ""},
		"names of groups":  {block + "secret = \"secret\"\nadministrators = [\"Admins\"]\ngroup_names = true\n", ""},
		"beside another":   {"[directories.cloud]" + strings.TrimPrefix(block, "[directory]") + "secret = \"secret\"\n", ""},
		"of another cloud": {block + "secret = \"secret\"\ncloud = \"china\"\nadministrators = [\"0000AAAA-0000-4000-8000-000000000001\"]\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir, path := serverFolder(t, strings.Replace(goodServer, "[directory]\ndomain = \"harbour.example\"\n", c.block, 1))
			for file, content := range appProofs(t) {
				write(t, filepath.Join(dir, file), content)
			}
			if err := os.Chmod(filepath.Join(dir, "open"), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Plan(path, nil)
			if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "server.toml:")) {
				t.Errorf("said: %v, want %q", err, c.want)
			}
		})
	}
}

// appProofs are files by which an application proves itself, or can't.
func appProofs(t *testing.T) map[string]string {
	t.Helper()
	made := map[string]string{"secret": "x\n", "open": "x\n"}
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pair := func(public, private any, left time.Duration) string {
		template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(left)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
		if err != nil {
			t.Fatal(err)
		}
		pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	}
	made["good.pem"], made["old.pem"] = pair(own.Public(), own, time.Hour), pair(own.Public(), own, -time.Hour)
	made["ec.pem"] = pair(curve.Public(), curve, time.Hour)
	return made
}

// TestEntraIsExaminedByItsSettings, as every kind is: in words, with the command that grants what is missing.
func TestEntraIsExaminedByItsSettings(t *testing.T) {
	h, tenant, _ := entraHouse(t)
	tenant.Tells = true
	tenant.Lacks["User.RevokeSessions.All"] = true
	var said []string
	failed := 0
	e := DirectoryExamination{Config: filepath.Join(h.dir, "server.toml"), Person: "ana", Reset: "ana"}
	tell := func(f DirectoryFinding) {
		said = append(said, f.Step+" "+f.About+": "+f.What+". "+f.Do)
		if f.Failed {
			failed++
		}
	}
	if err := ExamineDirectories(t.Context(), e, tell); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{
		"token " + entratest.Tenant + ": the cloud knows the application " + entratest.Client, "permission User.Read.All: the application has it",
		"permission User.RevokeSessions.All: the application lacks this permission", "Where-Object Value -eq 'User.RevokeSessions.All'",
		"domain harbour.example: it is one of the tenant's", "person ana: ana@harbour.example", "reset ana: the account got a password that nobody knows",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("not said: %s\n%s", want, all)
		}
	}
	if failed != 0 {
		t.Errorf("%d things keep a reset from being done\n%s", failed, all)
	}
}

// TestALocalDirectoryHasNothingToExamine.
func TestALocalDirectoryHasNothingToExamine(t *testing.T) {
	h := emptyHouse(t, goodServer)
	var said []DirectoryFinding
	err := ExamineDirectories(t.Context(), DirectoryExamination{Config: filepath.Join(h.dir, "server.toml")}, func(f DirectoryFinding) { said = append(said, f) })
	if err != nil || len(said) != 1 || said[0].Failed || !strings.Contains(said[0].What, "there is nothing to connect to") {
		t.Errorf("%+v, %v", said, err)
	}
}

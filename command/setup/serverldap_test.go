package setup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// openLDAPHouse is a server whose directory is an OpenLDAP server with a person who never had a password.
func openLDAPHouse(t *testing.T) (*house, *ldaptest.Server) {
	t.Helper()
	directory := ldaptest.Harbour(t)
	h := emptyHouse(t, strings.Replace(goodServer, `[directory]
domain = "harbour.example"
`, `[directory]
kind = "openldap"
domain = "harbour.example"
servers = ["`+directory.URL+`"]
trust = "ca.pem"
user = "`+ldaptest.Service+`"
password = "directory.secret"
base = "ou=people,dc=harbour,dc=example"
password_policy = "cn=default,ou=policies,dc=harbour,dc=example"
`, 1))
	roots, err := os.ReadFile(directory.RootsFile)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(h.dir, "ca.pem"), string(roots))
	everybody := trial.Policy()
	everybody.Feature.Reset, everybody.Feature.Groups = policy.ForAll, nil
	write(t, filepath.Join(h.dir, "policy.toml"), string(policy.Effective(everybody)))
	write(t, filepath.Join(h.dir, "directory.secret"), ldaptest.ServicePassword+"\n")
	return h, directory
}

// TestAFirstPasswordInARealDirectory: by contacts that were entered beforehand, over real TLS on both sides. The directory's own
// rule is shown before anybody types, and the password that was chosen signs in there.
func TestAFirstPasswordInARealDirectory(t *testing.T) {
	h, directory := openLDAPHouse(t)
	h.start(nil)
	admin, done, err := Admin(t.Context(), Target{Server: filepath.Join(h.dir, "server.toml"), Write: true})
	if err != nil {
		t.Fatal(err)
	}
	entered, err := admin.Contacts.ImportContacts(t.Context(), app.ContactsFile{Content: []byte("user_id,mobile,email\nines,+61491570110,ines@mail.example\n")})
	if err != nil || !entered.Written {
		t.Fatalf("%+v, %v", entered, err)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
	c := h.client()
	flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: key()})
	if err != nil {
		t.Fatal(err)
	}
	tell := func(in app.Input) {
		t.Helper()
		if flow, err = c.Submit(t.Context(), flow.ID, flow.Rev, key(), in); err != nil {
			t.Fatalf("%T: %v", in, err)
		}
	}
	for _, in := range []app.Input{
		app.GiveUserID{UserID: `HARBOUR\Ines`}, app.GiveReason{Reason: app.ReasonNever}, app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: "+61491570110"},
	} {
		tell(in)
	}
	tell(app.GiveCode{Digits: h.sent("+61491570110")})
	tell(app.GiveCode{Digits: h.sent("ines@mail.example")})
	step, is := flow.Now.(app.NewPassword)
	if !is || step.Rules.MinLength != 20 {
		t.Fatalf("the step is %+v", flow.Now)
	}
	const password = "seven herons cross the harbour mouth"
	tell(app.GivePassword{Password: app.NewSecret(password)})
	if _, done := flow.Now.(app.Done); !done {
		t.Fatalf("it leads to %T", flow.Now)
	}
	if err := directory.Binds(t, "uid=ines,ou=people,dc=harbour,dc=example", password); err != nil {
		t.Errorf("in the directory: %v", err)
	}
	if err := directory.Binds(t, "uid=ines,ou=people,dc=harbour,dc=example", "Not-this-one 99"); !goldap.IsErrorWithCode(err, goldap.LDAPResultInvalidCredentials) {
		t.Errorf("another password: %v", err)
	}
	h.end()
}

// TestWhatIsWrongWithADirectoryIsSaid with its line, before a server starts.
func TestWhatIsWrongWithADirectoryIsSaid(t *testing.T) {
	for name, c := range map[string]struct{ block, want string }{
		"kind":          {"[directory]\nkind = \"novell\"\n", `directory.kind: "novell" is no kind of directory; known are: 389, active-directory`},
		"no server":     {"[directory]\nkind = \"openldap\"\nuser = \"u\"\npassword = \"secret\"\n", "directory.servers: must be given"},
		"a clear one":   {"[directory]\nkind = \"openldap\"\nservers = [\"http://x\"]\nuser = \"u\"\npassword = \"secret\"\n", "directory.servers: must be ldaps://HOST"},
		"no domain":     {"[directory]\nkind = \"active-directory\"\nuser = \"u\"\npassword = \"secret\"\n", "directory.domain: must be given where no servers are named"},
		"no account":    {"[directory]\nkind = \"openldap\"\nservers = [\"ldaps://x\"]\npassword = \"secret\"\n", "directory.user: must be given"},
		"no password":   {"[directory]\nkind = \"openldap\"\nservers = [\"ldaps://x\"]\nuser = \"u\"\n", "directory.password: must be given"},
		"everybody's":   {"[directory]\nkind = \"openldap\"\nservers = [\"ldaps://x\"]\nuser = \"u\"\npassword = \"open\"\n", "directory.password: "},
		"two lines":     {"[directory]\nkind = \"openldap\"\nservers = [\"ldaps://x\"]\nuser = \"u\"\npassword = \"lines\"\n", "directory.password: "},
		"no roots":      {"[directory]\nkind = \"openldap\"\nservers = [\"ldaps://x\"]\nuser = \"u\"\npassword = \"secret\"\ntrust = \"secret\"\n", "directory.trust: there is no certificate in it"},
		"two domains":   {"[directories.a]\nkind = \"openldap\"\ndomain = \"x.example\"\nservers = [\"ldaps://x\"]\nuser = \"u\"\npassword = \"secret\"\n[directories.b]\nkind = \"openldap\"\ndomain = \"X.example\"\nservers = [\"ldaps://x\"]\nuser = \"u\"\npassword = \"secret\"\n", `directories.b.domain: "x.example" is the domain of directories.a as well`},
		"a name":        {"[directories.A_b]\nkind = \"openldap\"\nservers = [\"ldaps://x\"]\nuser = \"u\"\npassword = \"secret\"\n", "directories.A_b: must be a short name"},
		"a local other": {"[directories.a]\nkind = \"local\"\n", "directories.a.kind: a local directory stands in [directory]"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, path := serverFolder(t, strings.Replace(goodServer, "[directory]\ndomain = \"harbour.example\"\n", c.block, 1))
			write(t, filepath.Join(dir, "secret"), "x\n")
			write(t, filepath.Join(dir, "lines"), "x\ny\n")
			write(t, filepath.Join(dir, "open"), "x\n")
			if err := os.Chmod(filepath.Join(dir, "open"), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Plan(path, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("said: %v, want %s", err, c.want)
			}
		})
	}
}

// TestDirectoriesAreExaminedByTheirSettings, each thing as it is found.
func TestDirectoriesAreExaminedByTheirSettings(t *testing.T) {
	h, _ := openLDAPHouse(t)
	var said []string
	e := DirectoryExamination{Config: filepath.Join(h.dir, "server.toml"), Person: "ines"}
	tell := func(f DirectoryFinding) { said = append(said, f.Step+": "+f.What) }
	if err := ExamineDirectories(t.Context(), e, tell); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"sign-in: the service account cn=svc-sparekey,ou=services,dc=harbour,dc=example is let in", "policy: it can be read; 6 wrong passwords", "person: ines@harbour.example: there was never a password"} {
		if !strings.Contains(all, want) {
			t.Errorf("not said: %s\n%s", want, all)
		}
	}
	e.Name = "pier"
	if err := ExamineDirectories(t.Context(), e, tell); err == nil || !strings.Contains(err.Error(), "they have: directory") {
		t.Errorf("one that there is not: %v", err)
	}
}

// TestSamplePeopleAreNotMadeUpInARealDirectory: who isn't there is missing, and nobody is put there.
func TestSamplePeopleAreNotMadeUpInARealDirectory(t *testing.T) {
	h, directory := openLDAPHouse(t)
	plan, err := Plan(filepath.Join(h.dir, "server.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := SettleSamplePeople(t.Context(), plan, ServerParts{}); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("nobody of them is there: %v", err)
	}
	for _, p := range trial.People() {
		name, _, _ := strings.Cut(p.UserID, "@")
		found, err := directory.Bind(t, "", "").Search(goldap.NewSearchRequest("ou=people,dc=harbour,dc=example", goldap.ScopeSingleLevel,
			goldap.NeverDerefAliases, 0, 0, false, "(uid="+goldap.EscapeFilter(name)+")", []string{"uid"}, nil))
		if err != nil || len(found.Entries) != 0 {
			t.Errorf("%s was put there: %v, %v", name, found, err)
		}
	}
}

package setup

import (
	"context"
	"crypto/x509"
	"errors"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
	"github.com/sparekey/sparekey/client"
)

// behindLDAP are answers by which a server is set up for ldaptest.Harbour. The password is given as it is typed.
func behindLDAP(directory *ldaptest.Server) map[string]string {
	return map[string]string{
		askDirectory: "openldap", askDomain: "harbour.example", askServers: directory.URL, askTrust: directory.RootsFile, askUser: ldaptest.Service, askPassword: ldaptest.ServicePassword,
		askPeople: "ou=people,dc=harbour,dc=example", askPasswordPolicy: "cn=default,ou=policies,dc=harbour,dc=example",
		askAdministrators: "Sparekey Administrators",
	}
}

// TestAServerIsSetUpForARealDirectory, and its first administrator, who has a password there, registers with the code and keeps it.
func TestAServerIsSetUpForARealDirectory(t *testing.T) {
	directory := ldaptest.Harbour(t)
	dir, d := site(t)
	if key, err := d.answerAll(t.Context(), behindLDAP(directory)); err != nil {
		t.Fatal(key, err)
	}
	if before := tree(t, dir); len(before) != 4 {
		t.Errorf("before it was written there was %v", before)
	}
	done, err := d.Write(t.Context())
	if err != nil || done.Code.First || done.Code.Person.UserID != "omar@harbour.example" || done.Code.Person.Name != "Omar Aziz" {
		t.Fatalf("%+v, %v", done, err)
	}
	all := strings.Join(tree(t, dir), "\n")
	if !strings.Contains(all, "-rw------- /keys/directory\n") || strings.Contains(all, "directory.db") || !slices.Contains(done.Files, filepath.Join(dir, "keys", "directory")) {
		t.Errorf("there is %s, told are %v", all, done.Files)
	}
	settings := filepath.Join(dir, "server.toml")
	document, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`kind = "openldap" `, `servers = ["` + directory.URL + `"]`, `group_base = "dc=harbour,dc=example"`, `administrators = ["Sparekey Administrators"]`, "# the service account, as the server takes it"} {
		if !strings.Contains(string(document), want) {
			t.Errorf("there is no %s in\n%s", want, document)
		}
	}
	if strings.Contains(string(document), ldaptest.ServicePassword) {
		t.Error("the password stands in the settings")
	}
	h := &house{t: t, dir: dir, trusted: x509.NewCertPool()}
	chain, err := os.ReadFile(filepath.Join(dir, "tls", "cert.pem"))
	if err != nil || !h.trusted.AppendCertsFromPEM(chain) {
		t.Fatal("no certificate", err)
	}
	filled, err := fill(document, map[string]string{"admin.address": `"127.0.0.1:0"`})
	if err != nil {
		t.Fatal(err)
	}
	write(t, settings, string(filled))
	h.start(nil)
	c := &client.Client{Base: "https://reset.example.org", Transport: h.transport()}
	begins(t, c, app.PurposeSignIn).must(app.SignInWithPass{UserID: "omar", Pass: done.Code.Shown()}).session()
	k := begins(t, c, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	show := k.codes()
	k.must(app.GiveCode{Digits: show(time.Now())})
	if err := directory.Binds(t, "uid=omar,ou=people,dc=harbour,dc=example", "Lantern-tide 41 mooring"); err != nil {
		t.Errorf("the password of before: %v", err)
	}
	if _, err := IssueFirstCode(t.Context(), settings, "omar"); app.ProblemOf(err).Code != "administrator_registered" {
		t.Errorf("another code: %v", err)
	}
	h.end()
}

// TestTheFirstAdministratorMayHaveNoPasswordInTheDirectory: the code says so, and lets them choose the first one.
func TestTheFirstAdministratorMayHaveNoPasswordInTheDirectory(t *testing.T) {
	directory := ldaptest.Harbour(t)
	directory.Apply(t, "dn: cn=Sparekey Administrators,ou=groups,dc=harbour,dc=example\nchangetype: modify\nadd: member\nmember: uid=ines,ou=people,dc=harbour,dc=example\n")
	_, d := site(t)
	answers := behindLDAP(directory)
	answers[askAdmin] = "ines"
	if key, err := d.answerAll(t.Context(), answers); err != nil {
		t.Fatal(key, err)
	}
	all := d.Questions()
	notes, err := d.Answer(t.Context(), all[len(all)-1], "ines")
	if said := strings.Join(notes, "\n"); err != nil || !strings.Contains(said, "ines@harbour.example: there was never a password. The code at the end lets them") || strings.Contains(said, "uid=") {
		t.Errorf("said is %q, %v", said, err)
	}
	if done, err := d.Write(t.Context()); err != nil || !done.Code.First {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestEachWrongAnswerAboutADirectoryIsSaidAtOnce, with what to do, and is not kept.
func TestEachWrongAnswerAboutADirectoryIsSaidAtOnce(t *testing.T) {
	directory := ldaptest.Harbour(t)
	directory.Apply(t, `dn: cn=Deputies,ou=groups,dc=harbour,dc=example
changetype: add
objectClass: groupOfNames
member: cn=Sparekey Administrators,ou=groups,dc=harbour,dc=example

dn: uid=lena,ou=people,dc=harbour,dc=example
changetype: add
objectClass: inetOrgPerson
cn: Lena
sn: Lena
pwdAccountLockedTime: 000001010000Z
`)
	dir := t.TempDir()
	certify(t, dir, "elsewhere.example", time.Now().Add(time.Hour))
	write(t, filepath.Join(dir, "words.pem"), "not a certificate")
	for name, c := range map[string]struct {
		key, answer string
		wants       []string
	}{
		"no server":             {askServers, "", []string{"needs an answer"}},
		"in clear":              {askServers, "http://x", []string{"ldaps://HOST"}},
		"nobody there":          {askServers, "ldaps://127.0.0.1:1", []string{"ldaps://127.0.0.1:1: nothing answers there (connection refused). Look at", "firewalls on the way"}},
		"no such name":          {askServers, "ldaps://nowhere.invalid", []string{"nowhere.invalid: the name has no address (", "DNS servers of this computer"}},
		"no such root":          {askTrust, "nowhere.pem", []string{"no such file"}},
		"no certificate":        {askTrust, filepath.Join(dir, "words.pem"), []string{"there is no certificate in it"}},
		"none for an unknown":   {askTrust, "", []string{"needs an answer"}},
		"another root":          {askTrust, filepath.Join(dir, "cert.pem"), []string{"issued by CN=Directories under test, is not to be trusted", "Name a file in PEM"}},
		"no password":           {askPassword, "", []string{"needs an answer"}},
		"wrong password":        {askPassword, "Not-this-one 98", []string{"does not know the service account " + ldaptest.Service, "Type it again"}},
		"no such base":          {askPeople, "ou=nowhere,dc=harbour,dc=example", []string{"there is nothing, or", "how the DN is written"}},
		"no such group base":    {askGroupBase, "ou=nowhere,dc=harbour,dc=example", []string{"there is nothing, or"}},
		"no such policy":        {askPasswordPolicy, "cn=no,ou=policies,dc=harbour,dc=example", []string{"no such policy entry"}},
		"no such group":         {askAdministrators, "Sparkey Administrators", []string{"no group of that name", "or make it"}},
		"no such group's DN":    {askAdministrators, "cn=no,ou=groups,dc=harbour,dc=example", []string{"no group of that name"}},
		"an empty group":        {askAdministrators, "Nobody", []string{"nobody is in the group", "Put the first administrator into it"}},
		"nobody by that name":   {askAdmin, "nadia", []string{"nobody is found by that name", "beneath the entry"}},
		"not in the group":      {askAdmin, "ines", []string{"ines@harbour.example isn't in Sparekey Administrators", "Put them into the group"}},
		"a disabled account":    {askAdmin, "lena", []string{"the account is disabled", "Name another account"}},
		"a user ID that's none": {askAdmin, strings.Repeat("o", 400), []string{"can't be a user ID"}},
	} {
		_, d := site(t)
		answers := behindLDAP(directory)
		answers[c.key] = c.answer
		key, err := d.answerAll(t.Context(), answers)
		if key != c.key || err == nil {
			t.Errorf("%s: at %q %v", name, key, err)
			continue
		}
		for _, want := range c.wants {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: said is %q, not %s", name, err, want)
			}
		}
		if d.answers[c.key] != "" || strings.Contains(err.Error(), "Not-this-one") || c.key == askPassword && !d.secrets[askPassword].Empty() {
			t.Errorf("%s: it is kept", name)
		}
	}
	// A group of groups is one, and whoever may administer has to be among those who may reset.
	_, d := site(t)
	answers := behindLDAP(directory)
	answers[askAdministrators], answers[askReset], answers[askGroups] = "Deputies", "groups", "Nobody"
	if key, err := d.answerAll(t.Context(), answers); key != askAdmin || err == nil || !strings.Contains(err.Error(), "isn't in Nobody") {
		t.Errorf("an administrator who may not reset: at %q %v", key, err)
	}
}

// TestWhatThereIsToKnowOfADirectoryIsSaid beside good answers: whose certificate it is, how the service account was let in.
func TestWhatThereIsToKnowOfADirectoryIsSaid(t *testing.T) {
	directory := ldaptest.Harbour(t)
	_, d := site(t)
	answers := behindLDAP(directory)
	answers[askServers] += ", ldaps://127.0.0.1:1" // one may be away
	answers[askPasswordPolicy], answers[askReset], answers[askGroups] = "", "groups", "Sparekey Administrators, Staff"
	said := map[string]string{}
	asked := map[string]bool{}
	for {
		all := d.Questions()
		i := slices.IndexFunc(all, func(q Question) bool { return !asked[q.Key] })
		if i < 0 {
			break
		}
		q := all[i]
		asked[q.Key] = true
		answer := q.Suggested
		for _, from := range []map[string]string{good(), answers} {
			if is, known := from[q.Key]; known {
				answer = is
			}
		}
		notes, err := d.Answer(t.Context(), q, answer)
		if err != nil {
			t.Fatal(q.Key, err)
		}
		said[q.Key] = strings.Join(notes, "\n")
	}
	for key, wants := range map[string][]string{
		askServers:        {"the certificate of CN=localhost, issued by CN=Directories under test, good until 20", "doesn't know who issued it", "ldaps://127.0.0.1:1: nothing answers there"},
		askTrust:          {directory.URL + " is trusted: its certificate, of CN=localhost, issued by CN=Directories under test, is good until 20"},
		askPassword:       {"the service account " + ldaptest.Service + " is let in"},
		askPasswordPolicy: {"no password policy is named", "held back by Sparekey alone"},
		askGroups:         {"Staff: there is no group of that name"},
		askAdmin:          {"Omar Aziz, omar@harbour.example"},
	} {
		for _, want := range wants {
			if !strings.Contains(said[key], want) {
				t.Errorf("%s: said is %q, not %s", key, said[key], want)
			}
		}
	}
	if said[askPeople]+said[askGroupBase]+said[askAdministrators] != "" {
		t.Errorf("said of what is there: %v", said)
	}
}

// TestADirectoryThatGoesAwayLeavesNothing: what was tried has to be there at the end as well.
func TestADirectoryThatGoesAwayLeavesNothing(t *testing.T) {
	directory := ldaptest.Harbour(t)
	dir, d := site(t)
	if key, err := d.answerAll(t.Context(), behindLDAP(directory)); err != nil {
		t.Fatal(key, err)
	}
	before := tree(t, dir)
	directory.Apply(t, "dn: uid=omar,ou=people,dc=harbour,dc=example\nchangetype: delete\n")
	if done, err := d.Write(t.Context()); err == nil {
		t.Errorf("%+v", done)
	}
	if after := tree(t, dir); !slices.Equal(after, before) {
		t.Errorf("left is %v", after)
	}
}

// TestAPasswordThatIsThereIsNotReplaced: another folder for the keys is asked for.
func TestAPasswordThatIsThereIsNotReplaced(t *testing.T) {
	directory := ldaptest.Harbour(t)
	dir, d := site(t)
	if err := os.Mkdir(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "keys", "directory"), "somebody's\n")
	key, err := d.answerAll(t.Context(), behindLDAP(directory))
	var again AgainError
	if key != askPassword || !errors.As(err, &again) || again.Key != askKeys || !strings.Contains(err.Error(), "never replaced") {
		t.Errorf("at %q %v", key, err)
	}
}

// TestAServerIsSetUpForActiveDirectory: its controllers are found by DNS, and what of the administrator can't be helped is said.
func TestAServerIsSetUpForActiveDirectory(t *testing.T) {
	directory := ldaptest.Samba(t)
	directory.HarbourDomain(t)
	before := commandParts.Network
	t.Cleanup(func() { commandParts.Network = before })
	domains := map[string][]*net.SRV{"_ldap._tcp.dc._msdcs.harbour.example": {{Target: "dc1.harbour.example.", Port: 389}}}
	commandParts.Network = ldap.Network{
		Dial:   directory.Dial,
		Lookup: func(context.Context, string) ([]string, error) { return []string{"192.0.2.1"}, nil },
		SRV: func(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
			return "", domains["_"+service+"._"+proto+"."+name], nil
		},
	}
	answers := map[string]string{
		askDirectory: "active-directory", askDomain: "harbour.example", askTrust: directory.RootsFile, askUser: "svc-sparekey@harbour.example",
		askPassword: ldaptest.ServicePassword, askPeople: "OU=People,DC=harbour,DC=example", askAdministrators: "Sparekey Administrators",
	}
	dir, d := site(t)
	if key, err := d.answerAll(t.Context(), answers); err != nil {
		t.Fatal(key, err)
	}
	if d.answers[askController] != "harbour.example" || d.answers[askServers] != "" || d.answers[askGroupBase] != "DC=harbour,DC=example" || !d.seen.untrusted {
		t.Errorf("%v, %+v", d.answers, d.seen)
	}
	if done, err := d.Write(t.Context()); err != nil || done.Code.First || done.Code.Person.Name != "Omar Aziz" {
		t.Errorf("%+v, %v", done, err)
	}
	if plan, err := Plan(filepath.Join(dir, "server.toml"), nil); err != nil || len(plan.directories) != 1 || plan.directories[0].Domain != "harbour.example" {
		t.Errorf("the check: %v", err)
	}
	for key, c := range map[string][2]string{
		askController: {"elsewhere.example", ""}, // nothing is wrong yet: servers can be named
		askUser:       {"svc@harbour.example", "does not know the service account svc@harbour.example"},
		askAdmin:      {"Administrator", "nobody is found by that name"}, // outside of OU=People
	} {
		_, d := site(t)
		changed := maps.Clone(answers)
		changed[key] = c[0]
		at, err := d.answerAll(t.Context(), changed)
		want := map[string]string{askController: askServers, askUser: askPassword, askAdmin: askAdmin}[key]
		if at != want || err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: at %s %v", key, at, err)
		}
	}
	_, d = site(t)
	answers[askPeople], answers[askAdmin] = "DC=harbour,DC=example", "Administrator"
	if at, err := d.answerAll(t.Context(), answers); at != askAdmin || err == nil || !strings.Contains(err.Error(), "the directory protects the account") || !strings.Contains(err.Error(), "Name another account") {
		t.Errorf("an administrator of the domain: at %s %v", at, err)
	}
}

// TestAnswersCanBeChangedAfterwards: the password lies with the keys, wherever those are put, and goes where no directory wants it.
func TestAnswersCanBeChangedAfterwards(t *testing.T) {
	directory := ldaptest.Harbour(t)
	change := func(d *Draft, key, answer string) {
		t.Helper()
		all := d.Questions()
		i := slices.IndexFunc(all, func(q Question) bool { return q.Key == key })
		if i < 0 {
			t.Fatalf("%s is not asked", key)
		}
		if _, err := d.Answer(t.Context(), all[i], answer); err != nil {
			t.Fatal(key, err)
		}
	}
	for name, c := range map[string]struct {
		change [][2]string
		wants  []string
		not    string
	}{
		"other keys":        {[][2]string{{askKeys, "elsewhere"}}, []string{"/elsewhere/directory", "/elsewhere/master"}, "/keys"},
		"a local directory": {[][2]string{{askDirectory, "local"}, {askAdminName, "Omar Aziz"}, {askAdminMail, "omar@harbour.example"}}, []string{"/data/directory.db"}, "/keys/directory"},
	} {
		dir, d := site(t)
		if key, err := d.answerAll(t.Context(), behindLDAP(directory)); err != nil {
			t.Fatal(key, err)
		}
		for _, one := range c.change {
			change(d, one[0], one[1])
		}
		if _, err := d.Write(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		all := strings.Join(tree(t, dir), "\n") + "\n"
		for _, want := range c.wants {
			if !strings.Contains(all, want+"\n") {
				t.Errorf("%s: there is no %s in\n%s", name, want, all)
			}
		}
		if strings.Contains(all, c.not+"\n") {
			t.Errorf("%s: there is %s", name, c.not)
		}
	}
}

// TestAPackagedServersDirectoryIsExamined beside the service, by the password that the unit loads.
func TestAPackagedServersDirectoryIsExamined(t *testing.T) {
	directory := ldaptest.Harbour(t)
	dir, d := site(t)
	d.machine.packaged, d.machine.units = true, filepath.Join(dir, "units")
	before := onDisk
	t.Cleanup(func() { onDisk = before })
	onDisk = func(name string) string {
		unit, _ := os.ReadFile(filepath.Join(dir, "units", "sparekey.service.d", "setup.conf"))
		_, path, _ := strings.Cut(string(unit), "LoadCredential="+name+":")
		path, _, _ = strings.Cut(path, "\n")
		return path
	}
	answers := behindLDAP(directory)
	answers[askData] = filepath.Join(dir, "data")
	if key, err := d.answerAll(t.Context(), answers); err != nil {
		t.Fatal(key, err)
	}
	if done, err := d.Write(t.Context()); err != nil || done.Code.First {
		t.Fatalf("%+v, %v", done, err)
	}
	let := false
	err := ExamineDirectories(t.Context(), DirectoryExamination{Config: filepath.Join(dir, "server.toml")}, func(f DirectoryFinding) {
		let = let || strings.Contains(f.What, "is let in")
		if f.Failed {
			t.Errorf("%+v", f)
		}
	})
	if err != nil || !let {
		t.Errorf("let in: %t, %v", let, err)
	}
}

// TestAPackagedServersPasswordIsSystemds: a credential beside those that the unit has.
func TestAPackagedServersPasswordIsSystemds(t *testing.T) {
	d := &Draft{machine: machine{config: PackagedSettings, packaged: true, units: "/etc/systemd/system"}, answers: map[string]string{
		askBase: "https://reset.example.org", askTLS: tlsFiles, askKey: "/etc/sparekey/tls/key.pem", askListen: ":443", askData: "/var/lib/sparekey/data",
		askKeys: "/etc/sparekey/keys", askDirectory: "freeipa", askPassword: "/etc/sparekey/keys/directory",
	}}
	document, err := d.serverDocument()
	if err != nil {
		t.Fatal(err)
	}
	s := DefaultServerSettings()
	if _, problems := config.DecodeLines("server.toml", document, &s); problems.OrNil() != nil || s.Directory.Password != "credential:directory" {
		t.Errorf("%v\n%s", problems, document)
	}
	const path = "/etc/systemd/system/sparekey.service.d/setup.conf"
	if unit := d.units()[path]; !strings.Contains(unit, "[Service]\nLoadCredential=directory:/etc/sparekey/keys/directory\n") {
		t.Errorf("the unit's own are loaded as well: %s", unit)
	}
	d.answers[askKey] = "/srv/key.pem"
	if unit := d.units()[path]; !strings.Contains(unit, "LoadCredential=tls:/srv/key.pem\nLoadCredential=directory:/etc/sparekey/keys/directory\n") {
		t.Errorf("with a key elsewhere: %s", unit)
	}
}

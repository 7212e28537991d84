package setup

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/assets"
	"github.com/sparekey/sparekey/backend/policy"
)

// site is a folder with a certificate, in which a server is to be set up.
func site(t *testing.T) (dir string, d *Draft) {
	t.Helper()
	dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tls"), 0o755); err != nil {
		t.Fatal(err)
	}
	certify(t, filepath.Join(dir, "tls"), "reset.example.org", time.Now().Add(time.Hour))
	d, err := Begin(filepath.Join(dir, "server.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, d
}

// good are answers that nobody can suggest.
func good() map[string]string {
	return map[string]string{
		askBase: "https://reset.example.org", askListen: "127.0.0.1:0", askOrganisation: "Harbour Clinic", askAdmin: "omar",
		askAdminName: "Omar Aziz", askTerms: "yes", askGroups: "Staff, IT",
	}
}

// answerAll answers each question, but for those that change says otherwise, until one is wrong.
func (d *Draft) answerAll(ctx context.Context, change map[string]string) (key string, err error) {
	asked := map[string]bool{}
	for {
		all := d.Questions()
		i := slices.IndexFunc(all, func(q Question) bool { return !asked[q.Key] })
		if i < 0 {
			return "", nil
		}
		q := all[i]
		asked[q.Key] = true
		answer := q.Suggested
		if is, known := good()[q.Key]; known {
			answer = is
		}
		if is, known := change[q.Key]; known {
			answer = is
		}
		if _, err := d.Answer(ctx, q, answer); err != nil {
			return q.Key, err
		}
	}
}

// tree lists what is in a folder, with modes.
func tree(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		all = append(all, info.Mode().String()+" "+strings.TrimPrefix(path, dir))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAServerIsSetUp(t *testing.T) {
	dir, d := site(t)
	if key, err := d.answerAll(t.Context(), nil); err != nil {
		t.Fatal(key, err)
	}
	before := tree(t, dir)
	done, err := d.Write(t.Context())
	if err != nil || !done.Code.First || done.Code.Person.UserID != "omar@example.org" {
		t.Fatalf("%+v, %v", done, err)
	}
	if len(before) != 4 { // the folder, tls, and two files
		t.Errorf("before it was written there was %v", before)
	}
	all := strings.Join(tree(t, dir), "\n")
	for _, want := range []string{
		"drwx------ /data", "-rw------- /data/sparekey.db", "-rw------- /data/directory.db", "drwx------ /keys", "-rw------- /keys/master",
		"-rw------- /keys/audit", "-rw-r--r-- /server.toml", "-rw-r--r-- /policy.toml", "-rw------- /heads.jsonl",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("there is no %s:\n%s", want, all)
		}
	}
	if strings.Contains(all, ".new") || strings.Contains(all, probeName) {
		t.Errorf("something is left:\n%s", all)
	}
	plan, err := Plan(filepath.Join(dir, "server.toml"), nil)
	if err != nil || plan.policy.Organisation.Name != "Harbour Clinic" || plan.policy.Feature.Reset != policy.ForAll {
		t.Errorf("the check: %v", err)
	}
	var already *SetUpError
	if _, err := Begin(filepath.Join(dir, "server.toml")); !errors.As(err, &already) {
		t.Errorf("once more: %v", err)
	}
}

// TestEachWayToTLSIsSetUp: behind a proxy, and by an authority.
func TestEachWayToTLSIsSetUp(t *testing.T) {
	for how, want := range map[string]string{tlsProxy: `behind_proxy = ["10.0.0.5", "192.0.2.0/24"]`, tlsACME: `directory = "` + letsEncrypt + `"`} {
		dir, d := site(t)
		if key, err := d.answerAll(t.Context(), map[string]string{askTLS: how, askProxy: "10.0.0.5, 192.0.2.0/24", askContact: "jo@example.org", askReset: "groups"}); err != nil {
			t.Fatal(how, key, err)
		}
		if _, err := d.Write(t.Context()); err != nil {
			t.Fatal(how, err)
		}
		document, err := os.ReadFile(filepath.Join(dir, "server.toml"))
		if err != nil || !strings.Contains(string(document), want) || !strings.Contains(string(document), `certificate = ""`) {
			t.Errorf("%s: %v\n%s", how, err, document)
		}
		if plan, err := Plan(filepath.Join(dir, "server.toml"), nil); err != nil || !slices.Equal(plan.policy.Feature.Groups, []string{"Staff", "IT"}) {
			t.Errorf("%s: %v", how, err)
		}
	}
}

// TestEachWrongAnswerIsSaidAtOnce, with what to do.
func TestEachWrongAnswerIsSaidAtOnce(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	dir, _ := site(t)
	elsewhere := filepath.Join(dir, "elsewhere")
	if err := os.Mkdir(elsewhere, 0o755); err != nil {
		t.Fatal(err)
	}
	certify(t, elsewhere, "reset.example.com", time.Now().Add(time.Hour))
	over := filepath.Join(dir, "over")
	if err := os.Mkdir(over, 0o755); err != nil {
		t.Fatal(err)
	}
	certify(t, over, "reset.example.org", time.Now().Add(-time.Hour))
	exposed := filepath.Join(dir, "exposed.pem")
	write(t, exposed, "x")
	if err := os.Chmod(exposed, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"full/notes", "kept/master"} {
		if err := os.Mkdir(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), "somebody's")
	}
	for _, c := range []struct{ key, answer, want string }{
		{askBase, "", "needs an answer"},
		{askBase, "http://reset.example.org", "https://"},
		{askBase, "https://reset.example.org/path", "alone"},
		{askBase, "https://reset\x07.example.org", "can't be printed"},
		{askTLS, "magic", `"magic" is none of the answers: files, proxy, acme`},
		{askCertificate, "nowhere.pem", "no such file"},
		{askCertificate, "tls/key.pem", "no certificate in PEM"},
		{askKey, "nowhere.pem", "no such file"},
		{askKey, exposed, "everybody"},
		{askKey, elsewhere + "/key.pem", "key"},
		{askListen, "8443", "8443"},
		{askListen, taken.Addr().String(), "in use. Name another"},
		{askData, "full", "has something in it already"},
		{askData, "tls/cert.pem/data", "directory"},
		{askKeys, "data/keys", "can't lie in the data folder"},
		{askKeys, "kept", "is never replaced"},
		{askDirectory, "ldap", "none of the answers"},
		{askDomain, "no domain", "domain"},
		{askOrganisation, strings.Repeat("x", 500), ""},
		{askReset, "nobody", "none of the answers: all, groups"},
		{askMethods, "authapp, pigeon", `"pigeon" is none of the answers`},
		{askMethods, "authapp, securitykey", `"server1" is none. Give it a name`},
		{askAdmin, strings.Repeat("o", 400), "can't be a user ID"},
		{askAdminMail, "omar", "no mail address"},
	} {
		_, d := site(t)
		d.machine.config = filepath.Join(dir, "server.toml")
		answers := map[string]string{c.key: c.answer}
		if strings.Contains(c.want, "server1") {
			bare := filepath.Join(dir, "bare")
			if err := os.MkdirAll(bare, 0o755); err != nil {
				t.Fatal(err)
			}
			certify(t, bare, "server1", time.Now().Add(time.Hour))
			answers[askBase], answers[askCertificate], answers[askKey], answers[askDomain] = "https://server1", "bare/cert.pem", "bare/key.pem", "example.org"
		}
		if key, err := d.answerAll(t.Context(), answers); key != c.key || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s = %q: at %q %v, want %s", c.key, c.answer, key, err, c.want)
		}
		if d.answers[c.key] != "" {
			t.Errorf("%s = %q is kept", c.key, c.answer)
		}
	}
	// A certificate that does not fit is told of where its key is given, and is asked for again.
	for _, folder := range []string{elsewhere, over} {
		_, d := site(t)
		key, err := d.answerAll(t.Context(), map[string]string{askCertificate: folder + "/cert.pem", askKey: folder + "/key.pem"})
		var again AgainError
		if key != askKey || !errors.As(err, &again) || again.Key != askCertificate || !strings.Contains(err.Error(), "the certificate") {
			t.Errorf("%s: at %s %v", folder, key, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*", probeName+"*")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// TestASetUpThatFailsLeavesNothing, and touches nothing that was there.
func TestASetUpThatFailsLeavesNothing(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string) context.Context{
		"a policy that is somebody's": func(t *testing.T, dir string) context.Context {
			write(t, filepath.Join(dir, "policy.toml"), "# mine\n")
			return t.Context()
		},
		"settings that came meanwhile": func(t *testing.T, dir string) context.Context {
			write(t, filepath.Join(dir, "server.toml"), "# mine\n")
			return t.Context()
		},
		"a certificate that went": func(t *testing.T, dir string) context.Context {
			if err := os.Remove(filepath.Join(dir, "tls", "cert.pem")); err != nil {
				t.Fatal(err)
			}
			return t.Context()
		},
		"a key that came meanwhile": func(t *testing.T, dir string) context.Context {
			if err := os.Mkdir(filepath.Join(dir, "keys"), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "keys", "audit"), strings.Repeat("k", 32))
			return t.Context()
		},
		"left at the last moment": func(t *testing.T, _ string) context.Context {
			ctx, leave := context.WithCancel(t.Context())
			leave()
			return ctx
		},
	} {
		dir, d := site(t)
		if key, err := d.answerAll(t.Context(), nil); err != nil {
			t.Fatal(key, err)
		}
		ctx := spoil(t, dir)
		before := tree(t, dir)
		if done, err := d.Write(ctx); err == nil || strings.Contains(err.Error(), ".new") {
			t.Errorf("%s: %+v, %v", name, done, err)
		}
		if after := tree(t, dir); !slices.Equal(after, before) {
			t.Errorf("%s leaves\n%s", name, strings.Join(after, "\n"))
		}
		for _, path := range []string{"policy.toml", "server.toml"} {
			if text, err := os.ReadFile(filepath.Join(dir, path)); err == nil && string(text) != "# mine\n" {
				t.Errorf("%s: %s is %s", name, path, text)
			}
		}
	}
}

// TestAPackagedServerIsSetUpForItsUnit: sockets and secrets are systemd's, and what the unit has otherwise is dropped in.
func TestAPackagedServerIsSetUpForItsUnit(t *testing.T) {
	d := &Draft{machine: machine{config: PackagedSettings, packaged: true, units: "/etc/systemd/system"}, answers: map[string]string{
		askBase: "https://reset.example.org", askTLS: tlsFiles, askCertificate: "/etc/sparekey/tls/cert.pem", askKey: "/etc/sparekey/tls/key.pem",
		askListen: ":443", askData: "/var/lib/sparekey/data", askKeys: "/etc/sparekey/keys", askDirectory: "local", askDomain: "example.org",
	}}
	document, err := d.serverDocument()
	if err != nil {
		t.Fatal(err)
	}
	s := DefaultServerSettings()
	if _, problems := config.DecodeLines("server.toml", document, &s); problems.OrNil() != nil {
		t.Fatal(problems)
	}
	if s.Listen.Address != bySystemd || s.Listen.Key != "credential:tls" || s.Admin.Address != bySystemd || s.Keys.Master != "credential:master" ||
		s.Keys.Audit != "credential:audit" || s.Keys.Heads != "/var/lib/sparekey/heads.jsonl" || s.Log.Format != "journal" || s.Policy.File != "policy.toml" {
		t.Errorf("%s", document)
	}
	if units := d.units(); len(units) != 0 {
		t.Errorf("the unit as it is needs %v", units)
	}
	d.answers[askTLS], d.answers[askProxy], d.answers[askListen] = tlsProxy, "127.0.0.1", "127.0.0.1:8443"
	units := d.units()
	service, socket := units["/etc/systemd/system/sparekey.service.d/setup.conf"], units["/etc/systemd/system/sparekey.socket.d/setup.conf"]
	if strings.Contains(service, "tls") || !strings.Contains(service, "LoadCredential=\nLoadCredential=master:/etc/sparekey/keys/master\n") ||
		!strings.Contains(socket, "ListenStream=\nListenStream=127.0.0.1:8443\n") {
		t.Errorf("behind a proxy:\n%s\n%s", service, socket)
	}
	d.answers[askTLS], d.answers[askKey], d.answers[askListen] = tlsFiles, "/srv/key.pem", ":8443"
	units = d.units()
	if !strings.Contains(units["/etc/systemd/system/sparekey.service.d/setup.conf"], "LoadCredential=tls:/srv/key.pem\n") ||
		!strings.Contains(units["/etc/systemd/system/sparekey.socket.d/setup.conf"], "ListenStream=8443\n") {
		t.Errorf("with a key elsewhere: %v", units)
	}
}

func TestEveryKindOfDirectoryCanBeSetUp(t *testing.T) {
	for _, kind := range directoryKinds() {
		if kind == "entra" { // which is set up in two places, as its guide has it
			continue
		}
		if !slices.ContainsFunc(firstDirectories(), func(one firstDirectory) bool { return one.kind == kind }) {
			t.Errorf("%s can't be set up", kind)
		}
	}
}

func TestADocumentIsFilledIn(t *testing.T) {
	const sample = "a = \"x\"   # says a\n\n[t] # of t\na = \"#\"   # says #\nb = 1\n         # more\n"
	got, err := fill([]byte(sample), map[string]string{"a": `"longer than it was"`, "t.a": `"y"`, "t.b": "2"})
	if want := "a = \"longer than it was\" # says a\n\n[t] # of t\na = \"y\"   # says #\nb = 2\n         # more\n"; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := fill([]byte(sample), map[string]string{"t.c": "1"}); err == nil || !strings.Contains(err.Error(), "t.c") {
		t.Errorf("a setting that there is not: %v", err)
	}
	for _, document := range [][]byte{assets.ServerSettings, policy.Sample()} {
		if same, err := fill(document, nil); err != nil || string(same) != string(document) {
			t.Errorf("filled with nothing, a sample is another: %v", err)
		}
	}
}

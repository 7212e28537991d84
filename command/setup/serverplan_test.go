package setup

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// certify writes a certificate for a host that trusts in itself, and its key, beside each other, and gives the certificate.
func certify(t testing.TB, dir, host string, until time.Time) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: []string{host}, NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: until,
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	chain := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	write(t, filepath.Join(dir, "cert.pem"), string(chain))
	write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})))
	return chain
}

// goodServer are settings with which a server starts, on ports that are free.
const goodServer = `base_url = "https://reset.example.org"
[listen]
address = "127.0.0.1:0"
certificate = "cert.pem"
key = "key.pem"
[admin]
address = "127.0.0.1:0"
[data]
folder = "data"
[keys]
master = "keys/master"
audit = "keys/audit"
heads = "heads.jsonl"
[policy]
file = "policy.toml"
[directory]
domain = "harbour.example"
`

// serverFolder has settings, a certificate and a policy, and no data yet.
func serverFolder(t testing.TB, settings string) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	certify(t, dir, "reset.example.org", time.Now().Add(time.Hour))
	write(t, filepath.Join(dir, "policy.toml"), string(policy.Effective(trial.Policy())))
	path = filepath.Join(dir, "server.toml")
	write(t, path, settings)
	return dir, path
}

func TestGoodServerSettingsAreGood(t *testing.T) {
	dir, path := serverFolder(t, goodServer)
	plan, err := Plan(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(plan.Notes, "\n")
	for _, want := range []string{
		path + ":11: keys.master: " + filepath.Join(dir, "keys/master") + " is not there yet", path + ":12: keys.audit: ",
		"the policy allows sms, and this server has nobody who carries what it sends",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("there is no note %q in\n%s", want, notes)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 {
		t.Errorf("a look made something: %v, %v", entries, err)
	}
}

// TestEverythingThatIsWrongIsSaidAtOnce, with file, line and key.
func TestEverythingThatIsWrongIsSaidAtOnce(t *testing.T) {
	dir, path := serverFolder(t, `base_url = "http://reset.example.org/path"
lissten = 1
[listen]
address = "8443"
certificate = "none.pem"
key = "key.pem"
behind_proxy = ["10.0.0.0/8", "proxy.example.org", "10.0.0.5/8", "0.0.0.0/0"]
[admin]
address = "unix:admin.sock"
[data]
folder = "policy.toml"
[keys]
master = "credential:master"
heads = 7
[policy]
file = "policy.toml"
[directory]
kind = "ldap"
[limits]
connections = 0
body_time = "1ms"
idle_time = 5
shared_networks = ["all"]
[log]
format = "xml"
level = "loud"
[traces]
endpoint = "collector:4318"
percent = 101
`)
	write(t, filepath.Join(dir, "policy.toml"), "[methods]\ngates = 3\n")
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	_, err := Plan(path, nil)
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{
		`:1: base_url: must begin with https://`, `:2: lissten: is not a setting; did you mean "listen"?`, `:4: listen.address: must be a host and a port`,
		`:5: listen.certificate: open `, `:7: listen.behind_proxy: "proxy.example.org" is no address`, `:7: listen.behind_proxy: "10.0.0.5/8" is no address`, `:7: listen.behind_proxy: "0.0.0.0/0" is no address`,
		`:9: admin.address: must be an absolute path`, `:11: data.folder: `, `:13: keys.master: names a credential, and systemd has handed none over`,
		`:12: keys.audit: must be given`, `:14: keys.heads: must be a text in quotes`, `:18: directory.kind: "ldap" is no kind of directory; known are: 389, active-directory, entra, freeipa, local, openldap`,
		`:20: limits.connections: must be 1 to 100000, is 0`, `:21: limits.body_time: must be 1s to 1h0m0s, is 1ms`, `:22: limits.idle_time: must be a duration`,
		`:23: limits.shared_networks: "all" is no address`,
		`:25: log.format: must be "json", "journal" or "text", is "xml"`, `:26: log.level: must be "info", "warn" or "error", is "loud"`,
		`:28: traces.endpoint: must be an address such as`, `:29: traces.percent: must be 0 to 100, is 101`,
	} {
		if !strings.Contains(err.Error(), path+want) {
			t.Errorf("there is no %s", want)
		}
	}
	if want := filepath.Join(dir, "policy.toml") + ":2: methods.gates"; !strings.Contains(err.Error(), want) {
		t.Errorf("there is no %s", want)
	}
	if n := strings.Count(err.Error(), "\n"); n != 25 {
		t.Errorf("%d lines are said:\n%v", n+1, err)
	}
}

func TestEachFileThatServerSettingsNameIsTried(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		want  string
	}{
		"a certificate that is over": {func(t *testing.T, dir string) {
			certify(t, dir, "reset.example.org", time.Now().Add(-time.Minute))
		}, "server.toml:4: listen.certificate: the certificate was good until "},
		"a certificate of another name": {func(t *testing.T, dir string) {
			certify(t, dir, "www.example.org", time.Now().Add(time.Hour))
		}, "server.toml:4: listen.certificate: the certificate is not for reset.example.org"},
		"another key": {func(t *testing.T, dir string) {
			other := t.TempDir()
			certify(t, other, "reset.example.org", time.Now().Add(time.Hour))
			if err := os.Rename(filepath.Join(other, "key.pem"), filepath.Join(dir, "key.pem")); err != nil {
				t.Fatal(err)
			}
		}, "server.toml:4: listen.certificate: is no certificate in PEM, or not the one of listen.key"},
		"a key that all can read": {func(t *testing.T, dir string) {
			if err := os.Chmod(filepath.Join(dir, "key.pem"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "server.toml:5: listen.key: everybody on this computer can read "},
		"no policy": {func(t *testing.T, dir string) {
			_ = os.Remove(filepath.Join(dir, "policy.toml"))
		}, "server.toml:15: policy.file: "},
		"a master key that all can read": {func(t *testing.T, dir string) {
			_ = os.Mkdir(filepath.Join(dir, "keys"), 0o700)
			write(t, filepath.Join(dir, "keys/master"), strings.Repeat("k", 32))
			if err := os.Chmod(filepath.Join(dir, "keys/master"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "server.toml:11: keys.master: others than its owner may read "},
		"no heads beside a store": {func(t *testing.T, dir string) {
			ran(t, dir)
			_ = os.Remove(filepath.Join(dir, "heads.jsonl"))
		}, "server.toml:13: keys.heads: "},
		"no key beside a store": {func(t *testing.T, dir string) {
			ran(t, dir)
			_ = os.Remove(filepath.Join(dir, "keys/master"))
		}, "keys/master is not there, and this server has run: put its copy back"},
		"another key beside a store": {func(t *testing.T, dir string) {
			ran(t, dir)
			write(t, filepath.Join(dir, "keys/master"), strings.Repeat("k", 32))
		}, "keys/master is not the master key that "},
		"no store where heads tell of one": {func(t *testing.T, dir string) {
			ran(t, dir)
			_ = os.Remove(filepath.Join(dir, "data/sparekey.db"))
		}, "server.toml:9: data.folder: there is no "},
		"an empty store where heads tell of one": {func(t *testing.T, dir string) {
			ran(t, dir)
			write(t, filepath.Join(dir, "data/sparekey.db"), "")
		}, "server.toml:9: data.folder: there is no "},
		"no folder of data where heads tell of one": {func(t *testing.T, dir string) {
			ran(t, dir)
			_ = os.RemoveAll(filepath.Join(dir, "data"))
		}, "server.toml:9: data.folder: there is no "},
		"half a restore": {func(t *testing.T, dir string) {
			ran(t, dir)
			_ = os.Rename(filepath.Join(dir, "data/sparekey.db"), filepath.Join(dir, "data/sparekey.db.restoring"))
		}, "server.toml:9: data.folder: a restore into "},
		"no people beside a store": {func(t *testing.T, dir string) {
			ran(t, dir)
			_ = os.Remove(filepath.Join(dir, "data/directory.db"))
		}, "directory.file: there is no "},
		"data that everybody may replace": {func(t *testing.T, dir string) {
			ran(t, dir)
			_ = os.Chmod(filepath.Join(dir, "data"), 0o703)
		}, "server.toml:9: data.folder: everybody on this computer may write into "},
		"one address for both listeners": {func(t *testing.T, dir string) {
			settings := strings.Replace(goodServer, `"127.0.0.1:0"`, `":9464"`, 1)
			write(t, filepath.Join(dir, "server.toml"), strings.Replace(settings, `"127.0.0.1:0"`, `"127.0.0.1:9464"`, 1))
		}, `server.toml:7: admin.address: is the address of listen.address (":9464")`},
		"a store that is none": {func(t *testing.T, dir string) {
			ran(t, dir)
			write(t, filepath.Join(dir, "data/sparekey.db"), strings.Repeat("no database ", 1000))
		}, "server.toml:9: data.folder: store: "},
	} {
		dir, path := serverFolder(t, goodServer)
		c.spoil(t, dir)
		_, err := Plan(path, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v\nwant %s", name, err, c.want)
		}
	}
}

// TestAServerBeginsAnewWhereItsHeadsWereMovedAway, or an empty file is there for its people: these are the ways out that are named.
func TestAServerBeginsAnewWhereItsHeadsWereMovedAway(t *testing.T) {
	dir, _ := serverFolder(t, goodServer)
	ran(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, "data")); err != nil {
		t.Fatal(err)
	}
	heads := filepath.Join(dir, "heads.jsonl")
	if err := os.Rename(heads, heads+".old"); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	ran(t, dir)
	write(t, filepath.Join(dir, "data/directory.db"), "")
	ran(t, dir)
}

// TestAnAddressThatCantBeListenedAtIsNamedByItsSetting.
func TestAnAddressThatCantBeListenedAtIsNamedByItsSetting(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for setting, at := range map[string]int{"listen.address": 0, "admin.address": 1} {
		parts := strings.SplitN(goodServer, `"127.0.0.1:0"`, 3)
		addresses := []string{`"127.0.0.1:0"`, `"127.0.0.1:0"`}
		addresses[at] = strconv.Quote(taken.Addr().String())
		_, path := serverFolder(t, parts[0]+addresses[0]+parts[1]+addresses[1]+parts[2])
		plan, err := Plan(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{plan: plan}
		if _, _, err = s.listeners(); err == nil || !strings.Contains(err.Error(), path+": "+setting+": another program listens at ") {
			t.Errorf("%s: %v", setting, err)
		}
	}
}

// ran starts a server once, so that there are keys and a store, and stops it.
func ran(t *testing.T, dir string) {
	t.Helper()
	plan, err := Plan(filepath.Join(dir, "server.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenServer(t.Context(), plan, ServerParts{Err: t.Output(), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestCredentialsTakeThePlaceOfFiles: keys and the certificate's key may come from the service manager, in a folder whose modes
// are its own.
func TestCredentialsTakeThePlaceOfFiles(t *testing.T) {
	settings := strings.NewReplacer(`"key.pem"`, `"credential:tls"`, `"keys/master"`, `"credential:master"`, `"keys/audit"`, `"credential:audit"`).Replace(goodServer)
	dir, path := serverFolder(t, settings)
	held := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", held)
	for _, name := range []string{"master", "audit"} {
		write(t, filepath.Join(held, name), fmt.Sprintf("%-32s", name))
	}
	if err := os.Rename(filepath.Join(dir, "key.pem"), filepath.Join(held, "tls")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"master", "audit", "tls"} {
		if err := os.Chmod(filepath.Join(held, name), 0o440); err != nil { // as an access list shows
			t.Fatal(err)
		}
	}
	ran(t, dir)
	ran(t, dir)
	if err := os.Remove(filepath.Join(held, "audit")); err != nil {
		t.Fatal(err)
	}
	if _, err := Plan(path, nil); err == nil || !strings.Contains(err.Error(), ":12: keys.audit: ") {
		t.Errorf("without one of them: %v", err)
	}
}

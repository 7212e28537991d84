//go:build !windows

package command

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

const serverSettings = `base_url = "https://reset.example.org"
[listen]
address = "ADDRESS"
certificate = "cert.pem"
key = "key.pem"
[admin]
address = "unix:ADMIN"
[data]
folder = "data"
[keys]
master = "master"
audit = "audit"
heads = "heads.jsonl"
[policy]
file = "policy.toml"
`

// serverAt writes what a server needs, and gives its settings and whom a client trusts.
func serverAt(t *testing.T, address string) (settings, admin string, trusted *x509.CertPool) {
	t.Helper()
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"reset.example.org"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
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
	admin = filepath.Join(dir, "admin.sock")
	settings = filepath.Join(dir, "server.toml")
	for name, content := range map[string][]byte{
		"cert.pem": chain, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}),
		"policy.toml": policy.Effective(trial.Policy()),
		"server.toml": []byte(strings.NewReplacer("ADDRESS", address, "ADMIN", admin).Replace(serverSettings)),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trusted = x509.NewCertPool()
	trusted.AppendCertsFromPEM(chain)
	return settings, admin, trusted
}

// line is one of the server's log.
type line struct{ Level, Msg, Address, Admin string }

// process is a server in a process of its own.
type process struct {
	*exec.Cmd
	t    *testing.T
	log  *bufio.Reader
	said []line
}

func start(t *testing.T, command *exec.Cmd) *process {
	t.Helper()
	command.Env = append(command.Environ(), asProgram+"=1")
	out, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	return &process{Cmd: command, t: t, log: bufio.NewReader(out)}
}

// until reads the log up to a message.
func (p *process) until(message string) line {
	p.t.Helper()
	for {
		text, err := p.log.ReadString('\n')
		if err != nil {
			p.t.Fatalf("the log ends without %q: %v; it was %v", message, err, p.said)
		}
		var l line
		if !strings.HasPrefix(text, "{") { // a note
			continue
		}
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			p.t.Fatalf("no line of JSON: %s", text)
		}
		if p.said = append(p.said, l); l.Msg == message {
			return l
		}
	}
}

func readyAt(t *testing.T, address string, trusted *x509.CertPool) string {
	t.Helper()
	c := http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		},
	}}
	defer c.CloseIdleConnections()
	return get(t, &c, "https://reset.example.org/readyz")
}

func get(t *testing.T, c *http.Client, url string) string {
	t.Helper()
	reply, err := c.Get(url)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		t.Errorf("%s: %d %s, %v", url, reply.StatusCode, body, err)
	}
	return string(body)
}

// manager is a service manager that hears how a server goes on.
func manager(t *testing.T) (socket string, heard func() string) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return socket, func() string {
		b := make([]byte, 512)
		n, err := c.Read(b)
		if err != nil {
			t.Error(err)
		}
		said, _, _ := strings.Cut(string(b[:n]), "\n")
		return said
	}
}

// TestAServerInAProcessOfItsOwn starts, says so, is looked at, reloads, and stops when it is told to.
func TestAServerInAProcessOfItsOwn(t *testing.T) {
	settings, admin, trusted := serverAt(t, "127.0.0.1:0")
	if code, out, errs := said(t, "serve", "--check", "--config", settings); code != 0 || !strings.Contains(out, "is good") || !strings.Contains(errs, "the first start makes it") {
		t.Fatalf("--check: %d %s%s", code, out, errs)
	}
	socket, heard := manager(t)
	command := exec.Command(os.Args[0], "serve", "--config", settings)
	command.Env = append(command.Environ(), "NOTIFY_SOCKET="+socket)
	p := start(t, command)
	ready := p.until("the server is ready")
	if first := heard(); first != "READY=1" {
		t.Errorf("systemd hears %q", first)
	}
	if body := readyAt(t, ready.Address, trusted); !strings.Contains(body, `"ready":true`) || !strings.Contains(body, `{"name":"delivery","state":"none"}`) {
		t.Errorf("readyz: %s", body)
	}
	inside := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", admin)
	}}}
	if figures := get(t, inside, "http://localhost/metrics"); !strings.Contains(figures, `sparekey_build_info{version="v1.2.3"} 1`) {
		t.Error("there are no figures")
	}
	if info, err := os.Stat(admin); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the administrators' socket has mode %v, %v", info.Mode(), err)
	}
	if code, out, errs := said(t, "serve", "--check", "--config", settings); code != 0 || strings.Contains(errs, "makes it") {
		t.Errorf("--check beside it: %d %s%s", code, out, errs)
	}
	if err := p.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"RELOADING=1", "READY=1"} {
		if got := heard(); got != state {
			t.Errorf("systemd hears %q, want %q", got, state)
		}
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.until("the server stops")
	if last := heard(); last != "STOPPING=1" {
		t.Errorf("systemd hears %q", last)
	}
	rest, _ := io.ReadAll(p.log)
	if err := p.Wait(); err != nil || len(bytes.TrimSpace(rest)) > 0 {
		t.Errorf("it ended with %v, and said %s", err, rest)
	}
}

// TestASocketOfTheServiceManagerIsTakenOver: who connects before the server runs, or while it is started anew, waits and is heard.
func TestASocketOfTheServiceManagerIsTakenOver(t *testing.T) {
	settings, _, trusted := serverAt(t, "systemd")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	handed, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	replies := make(chan string, 1)
	for range 2 {
		go func() { replies <- readyAt(t, l.Addr().String(), trusted) }() // nobody is there yet
		command := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`, os.Args[0], "serve", "--config", settings)
		command.Env = append(command.Environ(), "LISTEN_FDS=1", "LISTEN_FDNAMES=public")
		command.ExtraFiles = []*os.File{handed}
		p := start(t, command)
		if at := p.until("the server is ready").Address; at != l.Addr().String() {
			t.Errorf("it listens at %s, want %s", at, l.Addr())
		}
		if body := <-replies; !strings.Contains(body, `"ready":true`) {
			t.Errorf("readyz: %s", body)
		}
		if err := p.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		p.until("the server stops")
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
	}
}

func TestServeSaysWhatIsWrong(t *testing.T) {
	settings, _, _ := serverAt(t, "127.0.0.1")
	answers(t, map[string]answer{
		"check":       {[]string{"serve", "--check", "--config", settings}, 2, "", settings + ":3: listen.address: must be a host and a port"},
		"serve":       {[]string{"serve", "--config", settings}, 2, "", settings + ":3: listen.address: must be a host and a port"},
		"no settings": {[]string{"serve", "--config", settings + ".none"}, 2, "", "is not there: --config names another"},
		"no sockets": {[]string{"serve", "--config", func() string {
			settings, _, _ := serverAt(t, "systemd")
			return settings
		}()}, 1, "", "handed no socket over"},
	})
}

// freeAddress is one of this computer's where nobody listens just now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// TestAServerIsAdministeredOverTheNetwork by a token that was made beside it, until that is revoked: three processes, over TLS.
func TestAServerIsAdministeredOverTheNetwork(t *testing.T) {
	address := freeAddress(t)
	settings, _, _ := serverAt(t, address)
	text, err := os.ReadFile(settings)
	if err == nil {
		err = os.WriteFile(settings, bytes.Replace(text, []byte("https://reset.example.org"), []byte("https://"+address), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, exec.Command(os.Args[0], "serve", "--config", settings))
	p.until("the server is ready")
	code, out, errs := said(t, "tokens", "new", "nightly", "--may", "policy,passes,trail,stations", "--for", "1h", "--config", settings)
	if code != 0 || !tokenForm.MatchString(out) {
		t.Fatalf("exit code %d, %s, %s", code, out, errs)
	}
	token := file(t, "token", out)
	env := []string{"SSL_CERT_FILE=" + filepath.Join(filepath.Dir(settings), "cert.pem"), "SSL_CERT_DIR=/nowhere", "XDG_CONFIG_HOME=" + t.TempDir()}
	there := func(args, want string, exit int) {
		t.Helper()
		if code, out, errs := apart(t, env, args+" --server "+address+" --token-file "+token); code != exit || !strings.Contains(out+errs, want) {
			t.Errorf("%s: exit code %d, %s, %s", args, code, out, errs)
		}
	}
	there("policy show", "manages the policy", 0)
	there("policy apply "+filepath.Join(filepath.Dir(settings), "policy.toml"), "change it there", 1)
	there("pass issue nobody", "no account with this user ID", 1)
	there("stations invite --name Lobby", "For Lobby", 0)
	there("audit verify", "holds", 0)
	there("tokens list", "takes one that may tokens.read", 1)
	here := []string{"stations list", "tokens list", "policy history", "policy show --effective", "audit verify", "pass revoke nobody"}
	for _, args := range here {
		code, out, errs := said(t, append(strings.Fields(args), "--config", settings)...)
		if strings.HasPrefix(args, "pass") != (code == 1) {
			t.Errorf("%s beside the server: exit code %d, %s, %s", args, code, out, errs)
		}
	}
	heads, err := os.ReadFile(filepath.Join(filepath.Dir(settings), "heads.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for copied, want := range map[string]string{string(heads): "holds: ", "": "holds no head"} {
		_, out, errs := said(t, "audit", "verify", "--config", settings, "--heads", file(t, "heads", copied))
		if !strings.Contains(out+errs, want) {
			t.Errorf("against a copy of %d bytes: %s, %s", len(copied), out, errs)
		}
	}
	if code, out, errs := said(t, "tokens", "list", "--config", settings); code != 0 || !strings.Contains(out, "nightly") {
		t.Errorf("listed: %d, %s, %s", code, out, errs)
	}
	if code, out, errs := said(t, "tokens", "revoke", "nightly", "--config", settings); code != 0 {
		t.Errorf("revoked: %d, %s, %s", code, out, errs)
	}
	there("policy show", "doesn't take this token", 1)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.until("the server stops")
	rest, _ := io.ReadAll(p.log)
	if err := p.Wait(); err != nil || bytes.Contains(rest, bytes.TrimSpace([]byte(out))) {
		t.Errorf("it ended with %v, and said %s", err, rest)
	}
	there("policy show", "Nothing answers", 1)
}

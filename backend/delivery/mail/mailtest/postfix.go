// Package mailtest starts real mail servers for tests, from Debian's packages: Postfix with Cyrus SASL. Each has a folder, a queue
// and a certificate of its own, and ends with the test.
package mailtest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	netmail "net/mail"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/certtest"
)

// Postfix is a mail server at work. It keeps the mailboxes ana@harbour.example and jürgen@harbour.example, and relays nothing.
type Postfix struct {
	STARTTLS, TLS  string // addresses, "smtp://localhost:PORT" and "smtps://…"
	User, Password string // that sign in, and that only they may send with
	RootsFile      string // in PEM
	Dir            string
}

// The user's realm is a part of the name: saslpasswd2 keeps it so.
const (
	realm    = "harbour.example"
	password = "Quay-side 2026 keeper"
)

// NewPostfix starts Postfix. It needs root, and skips the test without: Postfix drops privileges.
func NewPostfix(t testing.TB) *Postfix {
	t.Helper()
	for _, program := range []string{"postfix", "saslpasswd2"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s here", program)
		}
	}
	account, err := user.Lookup("postfix")
	if err != nil || os.Getuid() != 0 {
		t.Skip("Postfix starts as root, and goes on as the account postfix")
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	dir := folder(t)
	p := &Postfix{
		STARTTLS: fmt.Sprintf("smtp://localhost:%d", freePort(t)), TLS: fmt.Sprintf("smtps://localhost:%d", freePort(t)),
		User: "sparekey@" + realm, Password: password, RootsFile: filepath.Join(dir, "ca.pem"), Dir: dir,
	}
	certtest.New(t, "localhost").Write(t, dir)
	for _, sub := range []string{"queue", "data", "mail", "conf", "conf/sasl"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, sub := range []string{"data", "mail"} {
		if err := os.Chown(filepath.Join(dir, sub), uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	p.accounts(t, uid, gid)
	p.configure(t, uid, gid)
	p.start(t)
	return p
}

// folder is one that the account postfix may walk through, as t.TempDir's is not.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "postfix")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// accounts makes the one who may send.
func (p *Postfix) accounts(t testing.TB, uid, gid int) {
	t.Helper()
	db := filepath.Join(p.Dir, "conf", "sasl", "sasldb2")
	cmd := exec.Command("saslpasswd2", "-p", "-c", "-f", db, "-u", realm, "sparekey")
	cmd.Stdin = strings.NewReader(p.Password)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("saslpasswd2: %v\n%s", err, out)
	}
	if err := os.Chown(db, uid, gid); err != nil {
		t.Fatal(err)
	}
	// Debian's Postfix looks beside main.cf, whatever cyrus_sasl_config_path says.
	write(t, filepath.Join(p.Dir, "conf", "sasl", "smtpd.conf"), "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: "+db+
		"\nmech_list: PLAIN LOGIN SCRAM-SHA-256\n")
}

func (p *Postfix) configure(t testing.TB, uid, gid int) {
	t.Helper()
	conf := filepath.Join(p.Dir, "conf")
	write(t, filepath.Join(conf, "mailboxes"), "ana@harbour.example ana/\njürgen@harbour.example juergen/\n")
	write(t, filepath.Join(conf, "main.cf"), fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
mail_owner = postfix
myhostname = relay.harbour.example
mydestination =
inet_interfaces = loopback-only
alias_maps =
alias_database =
virtual_mailbox_domains = harbour.example
virtual_mailbox_maps = texthash:%[1]s/conf/mailboxes
virtual_mailbox_base = %[1]s/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:%[2]d
virtual_gid_maps = static:%[3]d
smtputf8_enable = yes
smtpd_tls_cert_file = %[1]s/cert.pem
smtpd_tls_key_file = %[1]s/key.pem
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = harbour.example
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unauth_destination
message_size_limit = 100000
maillog_file = /dev/stdout
`, p.Dir, uid, gid))
	services := `
%s inet n - n - - smtpd
%s inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
	write(t, filepath.Join(conf, "master.cf"), fmt.Sprintf(services, "127.0.0.1:"+portOf(p.STARTTLS), "127.0.0.1:"+portOf(p.TLS)))
}

// start runs Postfix in the foreground, which the end of the test ends, and waits until it answers.
func (p *Postfix) start(t testing.TB) {
	t.Helper()
	conf := filepath.Join(p.Dir, "conf")
	cmd := exec.Command("postfix", "-c", conf, "start-fg")
	cmd.Env = append(os.Environ(), "MAIL_CONFIG="+conf)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = exec.Command("postfix", "-c", conf, "stop").Run()
		select {
		case <-ended:
		case <-time.After(5 * time.Second): // a server that doesn't end is killed
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
		if t.Failed() {
			t.Log(said.String())
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", "localhost:"+portOf(p.TLS))
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("Postfix ended: %s", said.String())
		case <-ctx.Done():
			t.Fatalf("Postfix does not answer: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Mail waits until a mailbox has so many mails, and gives them.
func (p *Postfix) Mail(t testing.TB, box string, n int) (all []*netmail.Message) {
	t.Helper()
	inbox := filepath.Join(p.Dir, "mail", box, "new")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		found, _ := filepath.Glob(filepath.Join(inbox, "*"))
		if len(found) >= n {
			for _, path := range found {
				all = append(all, parse(t, path))
			}
			return all
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d of %d mails arrived at %s", len(found), n, box)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func parse(t testing.TB, path string) *netmail.Message {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func portOf(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }

// freePort gives a port that nobody listens at.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

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
	"path/filepath"
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
	if os.Getuid() != 0 {
		t.Skip("Postfix starts as root, and goes on as the account postfix")
	}
	dir := folder(t)
	p := &Postfix{
		STARTTLS: fmt.Sprintf("smtp://localhost:%d", freePort(t)), TLS: fmt.Sprintf("smtps://localhost:%d", freePort(t)),
		User: "sparekey@" + realm, Password: password, RootsFile: filepath.Join(dir, "ca.pem"), Dir: dir,
	}
	certtest.New(t, "localhost").Write(t, dir)
	cmd, err := MakePostfix(Making{
		Dir: dir, STARTTLS: "127.0.0.1:" + portOf(p.STARTTLS), TLS: "127.0.0.1:" + portOf(p.TLS), Account: "sparekey", Realm: realm, Password: password,
		Domains: realm, Mailboxes: []string{"ana@harbour.example ana/", "jürgen@harbour.example juergen/"},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.start(t, cmd)
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

// start runs Postfix, which the end of the test ends, and waits until it answers.
func (p *Postfix) start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = StopPostfix(p.Dir)
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

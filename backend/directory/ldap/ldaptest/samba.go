package ldaptest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// answerWithin bounds an answer of a server under test.
const answerWithin = 30 * time.Second

// Samba starts a domain controller of the domain harbour.example (NetBIOS name HARBOUR), in a network of its own. It needs root.
func Samba(t testing.TB) *Server {
	t.Helper()
	Need(t, "samba", "samba-tool", "unshare", "nsenter", "ip")
	if os.Getuid() != 0 {
		t.Skip("a domain controller needs root: its ports are fixed, and its network is one of its own")
	}
	dir := t.TempDir()
	s := &Server{
		URL: "ldaps://dc1.harbour.example:636", Base: "DC=harbour,DC=example", Admin: `HARBOUR\Administrator`, Password: "Quay-side 2026 keeper",
		Dir: dir, RootsFile: filepath.Join(dir, "ca.pem"),
	}
	s.Roots = certify(t, dir, "dc1.harbour.example")
	inside := func(lines string) *exec.Cmd {
		return exec.Command("unshare", "--net", "--uts", "sh", "-c", "ip link set lo up; hostname dc1\n"+lines)
	}
	start, err := MakeSamba(dir, s.Password, inside)
	if err != nil {
		t.Fatal(err)
	}
	s.In = func(name string, args ...string) *exec.Cmd {
		return exec.Command("nsenter", append([]string{"-t", strconv.Itoa(s.PID), "-n", "-u", name}, args...)...)
	}
	s.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialInside(ctx, fmt.Sprintf("/proc/%d/ns/net", s.PID), network, address)
	}
	s.launch(t, inside(start))
	return s
}

// MakeSamba makes a domain controller of the domain harbour.example in a folder that has its certificate, and gives the line of a shell
// that starts it. inside makes a command of such lines, which run where the host is dc1, in the controller's network.
func MakeSamba(dir, password string, inside func(lines string) *exec.Cmd) (start string, err error) {
	provision := inside(fmt.Sprintf(`exec samba-tool domain provision --realm=HARBOUR.EXAMPLE --domain=HARBOUR --server-role=dc \
  --dns-backend=NONE --adminpass=%q --targetdir=%q --use-rfc2307 --option="vfs objects=dfs_samba4 acl_xattr xattr_tdb" \
  --host-ip=127.0.0.1 --host-name=dc1 --option="interfaces=lo" --option="bind interfaces only=yes"`, password, dir))
	if out, err := provision.CombinedOutput(); err != nil {
		return "", fmt.Errorf("provision: %w\n%s", err, out)
	}
	conf := filepath.Join(dir, "etc", "smb.conf")
	text, err := os.ReadFile(conf)
	if err != nil {
		return "", err
	}
	// Folders of its own, also those that several controllers of one machine would share: the second one would not start. Of a setting
	// that stands there twice the last holds.
	services := regexp.MustCompile(`(?m)^\s*server services = .*\n`).ReplaceAllString(string(text), "")
	own := fmt.Sprintf(`[global]
	tls certfile = %[1]s/cert.pem
	tls keyfile = %[1]s/key.pem
	tls cafile = %[1]s/ca.pem
	server services = ldap, kdc
	pid directory = %[1]s/run
	ncalrpc dir = %[1]s/run/ncalrpc
	winbindd socket directory = %[1]s/run/winbindd
	ntp signd socket directory = %[1]s/run/ntp
	log file = %[1]s/log.%%m
`, dir)
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(conf, []byte(strings.Replace(services, "[global]\n", own, 1)), 0o600); err != nil {
		return "", err
	}
	return fmt.Sprintf("exec samba -F --debug-stdout --no-process-group -s %q", conf), nil
}

// SambaTool runs samba-tool on the server's own database.
func (s *Server) SambaTool(t testing.TB, args ...string) string {
	t.Helper()
	return s.Command(t, "", "samba-tool", append(args, "--configfile="+filepath.Join(s.Dir, "etc", "smb.conf"))...)
}

// Shell runs lines of a shell beside the server, whose samba-tool works on its database.
func (s *Server) Shell(t testing.TB, lines string) {
	t.Helper()
	s.Command(t, "set -e\nsamba-tool() { command samba-tool \"$@\" --configfile="+filepath.Join(s.Dir, "etc", "smb.conf")+"; }\n"+lines, "bash")
}

package ldaptest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
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
	provision := exec.Command("unshare", "--net", "--uts", "sh", "-c", fmt.Sprintf(`ip link set lo up; hostname dc1
exec samba-tool domain provision --realm=HARBOUR.EXAMPLE --domain=HARBOUR --server-role=dc --dns-backend=NONE --adminpass=%q \
  --targetdir=%q --use-rfc2307 --option="vfs objects=dfs_samba4 acl_xattr xattr_tdb" --host-ip=127.0.0.1 --host-name=dc1 \
  --option="interfaces=lo" --option="bind interfaces only=yes"`, s.Password, dir))
	if out, err := provision.CombinedOutput(); err != nil {
		t.Fatalf("provision: %v\n%s", err, out)
	}
	conf := filepath.Join(dir, "etc", "smb.conf")
	text, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	tls := fmt.Sprintf("[global]\n\ttls certfile = %[1]s/cert.pem\n\ttls keyfile = %[1]s/key.pem\n\ttls cafile = %[1]s/ca.pem\n\tserver services = ldap, kdc\n"+
		"\tpid directory = %[1]s\n\tncalrpc dir = %[1]s/ncalrpc\n", dir) // else two servers on one computer are in each other's way
	write(t, conf, strings.Replace(string(text), "[global]\n", tls, 1))
	cmd := exec.Command("unshare", "--net", "--uts", "sh", "-c", fmt.Sprintf("ip link set lo up; hostname dc1; exec samba -F --no-process-group -s %q", conf))
	s.In = func(name string, args ...string) *exec.Cmd {
		return exec.Command("nsenter", append([]string{"-t", strconv.Itoa(s.PID), "-n", "-u", name}, args...)...)
	}
	s.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialInside(ctx, fmt.Sprintf("/proc/%d/ns/net", s.PID), network, address)
	}
	s.launch(t, cmd)
	return s
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

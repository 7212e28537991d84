package ldaptest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// DS389 starts 389 Directory Server, in a network and with folders of its own. It needs root.
func DS389(t testing.TB) *Server {
	t.Helper()
	Need(t, "ns-slapd", "dscreate", "dsctl", "unshare", "nsenter", "ldapmodify")
	if os.Getuid() != 0 {
		t.Skip("389 Directory Server needs root: its folders are fixed, and get a place of their own")
	}
	dir := t.TempDir()
	s := &Server{
		URL: "ldaps://ds.harbour.example:636", Tools: "ldap://127.0.0.1", Base: "dc=harbour,dc=example", Admin: "cn=Directory Manager", Password: "Quay-side 2026 keeper",
		Dir: dir, RootsFile: filepath.Join(dir, "ca.pem"),
	}
	s.Roots = certify(t, dir, "ds.harbour.example")
	s.prepare389(t)
	s.In = func(name string, args ...string) *exec.Cmd {
		return exec.Command("nsenter", append([]string{"-t", strconv.Itoa(s.PID), "-n", "-m", name}, args...)...)
	}
	s.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialInside(ctx, fmt.Sprintf("/proc/%d/ns/net", s.PID), network, address)
	}
	s.launch(t, exec.Command("unshare", "--net", "--uts", "--mount", "bash", filepath.Join(dir, "start")))
	return s
}

// prepare389 writes what makes an instance and starts it.
func (s *Server) prepare389(t testing.TB) {
	t.Helper()
	dir := s.Dir
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	// dscreate and dsctl start and stop servers through systemd, which there is none of here.
	write(t, filepath.Join(dir, "bin", "systemctl"), `#!/bin/bash
running() { kill -0 "$(cat /run/dirsrv/slapd-t.pid 2>/dev/null)" 2>/dev/null; }
case "$1" in
start) ns-slapd -D /etc/dirsrv/slapd-t -i /run/dirsrv/slapd-t.pid; until (exec 3<>/dev/tcp/127.0.0.1/389) 2>/dev/null; do sleep 0.05; done ;;
stop) kill "$(cat /run/dirsrv/slapd-t.pid)"; while running; do sleep 0.05; done ;;
is-active) running ;;
esac
`)
	write(t, filepath.Join(dir, "instance.inf"), fmt.Sprintf(`[general]
config_version = 2
full_machine_name = ds.harbour.example
[slapd]
instance_name = t
port = 389
secure_port = 636
root_password = %s
self_sign_cert = False
[backend-userroot]
suffix = %s
create_suffix_entry = True
`, s.Password, s.Base))
	write(t, filepath.Join(dir, "tls.ldif"), `dn: cn=config
changetype: modify
replace: nsslapd-security
nsslapd-security: on
-
replace: nsslapd-SSLclientAuth
nsslapd-SSLclientAuth: off
`)
	write(t, filepath.Join(dir, "start"), fmt.Sprintf(`set -e
chmod +x %[1]q/bin/systemctl
export PATH=%[1]q/bin:$PATH
ip link set lo up
hostname ds.harbour.example
cp -a /etc/dirsrv %[1]q/etc
for folder in /etc/dirsrv /var/lib/dirsrv /var/log/dirsrv /run; do mkdir -p $folder; mount -t tmpfs none $folder; done
cp -a %[1]q/etc/. /etc/dirsrv/
mkdir -p /run/dirsrv /run/lock/dirsrv
dscreate from-file %[1]q/instance.inf
ldapmodify -x -H ldap://127.0.0.1 -D %[2]q -w %[3]q -f %[1]q/tls.ldif
systemctl stop
dsctl t tls import-ca %[1]q/ca.pem authority
dsctl t tls import-server-key-cert %[1]q/cert.pem %[1]q/key.pem
exec ns-slapd -D /etc/dirsrv/slapd-t -i /run/dirsrv/slapd-t.pid -d 0
`, dir, s.Admin, s.Password))
}

package ldaptest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Policy is the overlay by which OpenLDAP has a password policy.
const Policy = `overlay ppolicy
ppolicy_default "cn=default,ou=policies,dc=harbour,dc=example"
`

// Slapd starts OpenLDAP with lines for its database, such as access rules, in the manner of slapd.conf. ldif is loaded before.
func Slapd(t testing.TB, database, ldif string) *Server {
	t.Helper()
	Need(t, "slapd", "slappasswd", "ldapmodify")
	dir := t.TempDir()
	port, clear := freePort(t), freePort(t)
	s := &Server{
		URL: fmt.Sprintf("ldaps://127.0.0.1:%d", port), Base: "dc=harbour,dc=example", Admin: "cn=admin,dc=harbour,dc=example", Password: "Quay-side 2026 keeper",
		Dir: dir, RootsFile: filepath.Join(dir, "ca.pem"), In: exec.Command,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			port := port
			if strings.HasSuffix(address, ":389") {
				port = clear
			}
			return new(net.Dialer).DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", port))
		},
	}
	s.Tools = s.URL
	s.Roots = certify(t, dir, "localhost")
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "slapd.conf"), fmt.Sprintf(`include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
moduleload back_monitor
pidfile %[1]s/pid
TLSCACertificateFile %[1]s/ca.pem
TLSCertificateFile %[1]s/cert.pem
TLSCertificateKeyFile %[1]s/key.pem
password-hash {SSHA}
database mdb
suffix "%[2]s"
directory %[1]s/db
maxsize 4294967296
rootdn "%[3]s"
rootpw "%[4]s"
index objectClass,uid,mail,member,memberUid,entryUUID eq
%[5]s
database monitor
access to * by dn.exact="%[3]s" read by * none
`, dir, s.Base, s.Admin, s.Password, database))
	if ldif != "" {
		cmd := exec.Command("slapadd", "-q", "-f", filepath.Join(dir, "slapd.conf"), "-b", s.Base)
		cmd.Stdin = strings.NewReader(ldif)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("slapadd: %v\n%s", err, out)
		}
	}
	s.launch(t, exec.Command("slapd", "-d", "0", "-f", filepath.Join(dir, "slapd.conf"), "-h", fmt.Sprintf("%s ldap://127.0.0.1:%d", s.URL, clear)))
	return s
}

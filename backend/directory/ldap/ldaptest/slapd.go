package ldaptest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Slapd starts OpenLDAP with the overlay ppolicy, and whatever access rules it is given, in the manner of slapd.conf.
func Slapd(t testing.TB, access string) *Server {
	t.Helper()
	Need(t, "slapd", "slappasswd", "ldapmodify")
	dir := t.TempDir()
	port := freePort(t)
	s := &Server{
		URL: fmt.Sprintf("ldaps://127.0.0.1:%d", port), Base: "dc=harbour,dc=example", Admin: "cn=admin,dc=harbour,dc=example", Password: "Quay-side 2026 keeper",
		Dir: dir, RootsFile: filepath.Join(dir, "ca.pem"), In: exec.Command,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
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
pidfile %[1]s/pid
TLSCACertificateFile %[1]s/ca.pem
TLSCertificateFile %[1]s/cert.pem
TLSCertificateKeyFile %[1]s/key.pem
password-hash {SSHA}
database mdb
suffix "%[2]s"
directory %[1]s/db
rootdn "%[3]s"
rootpw "%[4]s"
index objectClass,uid,mail,member,memberUid,entryUUID eq
overlay ppolicy
ppolicy_default "cn=default,ou=policies,%[2]s"
ppolicy_hash_cleartext
%[5]s
`, dir, s.Base, s.Admin, s.Password, access))
	s.launch(t, exec.Command("slapd", "-d", "0", "-f", filepath.Join(dir, "slapd.conf"), "-h", s.URL))
	return s
}

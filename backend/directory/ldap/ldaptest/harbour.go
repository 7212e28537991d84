package ldaptest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The service account of Harbour, with the rights that the guide gives it.
const (
	Service         = "cn=svc-sparekey,ou=services,dc=harbour,dc=example"
	ServicePassword = "Service-bell 88 anchor"
)

// Harbour starts OpenLDAP with the organisation harbour.example: ines, who never had a password, and omar, who has "Lantern-tide 41
// mooring" and is in the group "Sparekey Administrators"; nobody is in the group "Nobody".
func Harbour(t testing.TB) *Server {
	t.Helper()
	_, rights, _ := strings.Cut(guide(t, "openldap.md"), "```slapd\n")
	rights, _, _ = strings.Cut(rights, "```")
	s := Slapd(t, Policy+strings.ReplaceAll(rights, "dc=example,dc=org", "dc=harbour,dc=example"), "")
	s.Apply(t, harbour)
	return s
}

// harbour is the organisation.
const harbour = `dn: dc=harbour,dc=example
changetype: add
objectClass: dcObject
objectClass: organization
o: Harbour

dn: ou=people,dc=harbour,dc=example
changetype: add
objectClass: organizationalUnit

dn: ou=groups,dc=harbour,dc=example
changetype: add
objectClass: organizationalUnit

dn: ou=services,dc=harbour,dc=example
changetype: add
objectClass: organizationalUnit

dn: ou=policies,dc=harbour,dc=example
changetype: add
objectClass: organizationalUnit

dn: ` + Service + `
changetype: add
objectClass: organizationalRole
objectClass: simpleSecurityObject
userPassword: ` + ServicePassword + `

dn: cn=default,ou=policies,dc=harbour,dc=example
changetype: add
objectClass: device
objectClass: pwdPolicy
pwdAttribute: userPassword
pwdCheckQuality: 2
pwdMinLength: 20
pwdLockout: TRUE
pwdMaxFailure: 6
pwdLockoutDuration: 1800

dn: uid=ines,ou=people,dc=harbour,dc=example
changetype: add
objectClass: inetOrgPerson
cn: Ines Duarte
sn: Duarte
mail: ines@harbour.example

dn: uid=omar,ou=people,dc=harbour,dc=example
changetype: add
objectClass: inetOrgPerson
cn: Omar Aziz
sn: Aziz
mail: omar@harbour.example
userPassword: Lantern-tide 41 mooring

dn: cn=Sparekey Administrators,ou=groups,dc=harbour,dc=example
changetype: add
objectClass: groupOfNames
member: uid=omar,ou=people,dc=harbour,dc=example

dn: cn=Nobody,ou=groups,dc=harbour,dc=example
changetype: add
objectClass: posixGroup
gidNumber: 4711
`

// guide gives a guide of docs/directories, from wherever in the repository the test runs.
func guide(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("the test runs outside of the repository")
		}
		dir = filepath.Dir(dir)
	}
	text, err := os.ReadFile(filepath.Join(dir, "docs", "directories", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// HarbourDomain gives a domain controller (Samba) the same people, with the service account and its rights by the guide's commands.
// People are in OU=People, the groups beside it; svc-sparekey's password is ServicePassword.
func (s *Server) HarbourDomain(t testing.TB) {
	t.Helper()
	_, rights, _ := strings.Cut(guide(t, "active-directory.md"), "```sh\n")
	rights, _, _ = strings.Cut(rights, "```")
	s.Shell(t, `samba-tool ou add OU=People
samba-tool user create svc-sparekey '`+ServicePassword+`'
samba-tool user create omar 'Lantern-tide 41 mooring' --userou=OU=People --given-name=Omar --surname=Aziz --mail-address=omar@harbour.example
samba-tool group add 'Sparekey Administrators'
samba-tool group addmembers 'Sparekey Administrators' omar
`+strings.ReplaceAll(rights, "DC=example,DC=org", "DC=harbour,DC=example"))
}

package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/command/setup"
)

// Where the domain has people and groups, and after how many wrong passwords it locks.
const (
	base           = "DC=harbour,DC=example"
	people         = "OU=People," + base
	groups         = "OU=Groups," + base
	administrators = "Sparekey Administrators"
	enabled        = "Password self-service" // the group that the sample policy names
	threshold      = 10
)

// Bits of userAccountControl (MS-ADTS, 2.2.16).
const (
	ordinary    = 0x200
	disabled    = 0x2
	noneNeeded  = 0x20
	smartcard   = 0x40000
	longExpired = "128000000000000000" // in 2006, in 100 ns since 1601
)

// settleDomain waits for the controller, and puts into the domain who and what the lab's is about. A value in ended is the
// controller's end.
func settleDomain(dir string, ended chan error) error {
	conn, err := bound(dir, ended)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	s := &settling{conn: conn}
	for _, place := range []string{people, groups} {
		s.add(place, "organizationalUnit", nil)
	}
	s.add("CN="+service+",CN=Users,"+base, "user", map[string]string{
		"sAMAccountName": service, "userPrincipalName": service + "@harbour.example", "unicodePwd": encoded(servicePassword),
		"userAccountControl": fmt.Sprint(ordinary | 0x10000), // whose password doesn't expire
	})
	for _, group := range []string{enabled, administrators} {
		s.add("CN="+group+","+groups, "group", map[string]string{"sAMAccountName": group})
	}
	if s.err == nil {
		s.err = rule(dir)
	}
	for _, p := range setup.SampleDirectoryPeople() {
		s.person(p)
	}
	return s.err
}

// bound is a connection as who administers the domain, once the controller answers.
func bound(dir string, ended chan error) (*ldap.Conn, error) {
	document, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(document)
	for deadline := time.Now().Add(3 * time.Minute); ; {
		conn, err := ldap.DialURL("ldaps://"+controller, ldap.DialWithTLSConfig(&tls.Config{RootCAs: roots}))
		if err == nil {
			return conn, conn.Bind(keeper, keeperPassword)
		}
		select {
		case end := <-ended:
			ended <- end
			return nil, fmt.Errorf("the domain controller ended: %w", end)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("the domain controller does not answer: %w", err)
		}
	}
}

// settling changes the domain until something fails.
type settling struct {
	conn *ldap.Conn
	err  error
}

func (s *settling) add(dn, class string, attributes map[string]string) {
	r := ldap.NewAddRequest(dn, nil)
	r.Attribute("objectClass", []string{class})
	for name, value := range attributes {
		r.Attribute(name, []string{value})
	}
	if s.err == nil {
		s.err = s.conn.Add(r)
	}
}

func (s *settling) modify(dn string, change func(*ldap.ModifyRequest)) {
	r := ldap.NewModifyRequest(dn, nil)
	change(r)
	if s.err == nil {
		s.err = s.conn.Modify(r)
	}
}

func (s *settling) replace(dn, name, value string) {
	s.modify(dn, func(r *ldap.ModifyRequest) { r.Replace(name, []string{value}) })
}

func (s *settling) join(dn, group string) {
	s.modify(group, func(r *ldap.ModifyRequest) { r.Add("member", []string{dn}) })
}

// person puts a sample person into the domain, in their state.
func (s *settling) person(p trial.Person) {
	dn := "CN=" + p.Name + "," + people
	name, _, _ := strings.Cut(p.UserID, "@")
	attributes := map[string]string{
		"sAMAccountName": name, "userPrincipalName": p.UserID, "mail": p.UserID, "displayName": p.Name,
		"givenName": p.Names[0], "sn": p.Names[1], "userAccountControl": fmt.Sprint(ordinary | noneNeeded),
	}
	if p.Password != "" {
		attributes["unicodePwd"], attributes["userAccountControl"] = encoded(p.Password), fmt.Sprint(ordinary)
	}
	s.add(dn, "user", attributes)
	if p.State != trial.NotEnabled {
		s.join(dn, "CN="+enabled+","+groups)
	}
	switch p.State {
	case trial.Admin:
		s.join(dn, "CN="+administrators+","+groups)
	case trial.Elsewhere:
		s.replace(dn, "userAccountControl", fmt.Sprint(ordinary|smartcard))
	case trial.Locked:
		s.lock(dn)
	case trial.MustChange:
		s.replace(dn, "pwdLastSet", "0")
	case trial.Disabled:
		s.replace(dn, "userAccountControl", fmt.Sprint(ordinary|disabled))
	case trial.Expired:
		s.replace(dn, "accountExpires", longExpired)
	case trial.Protected:
		s.join(dn, "CN=Domain Admins,CN=Users,"+base)
		s.replace(dn, "adminCount", "1") // which Windows writes by itself within the hour
	}
}

// lock types wrong passwords until the controller locks.
func (s *settling) lock(dn string) {
	for range threshold {
		if s.err != nil {
			return
		}
		if err := s.conn.Bind(dn, "Not-this-one 99"); !ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials) {
			s.err = errors.Join(fmt.Errorf("a wrong password was not refused"), err)
		}
	}
	if s.err == nil {
		s.err = s.conn.Bind(keeper, keeperPassword)
	}
}

// encoded is a password as unicodePwd takes it: in quotes, UTF-16LE (MS-ADTS, 3.1.1.3.1.5.1).
func encoded(password string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(`"` + password + `"`)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

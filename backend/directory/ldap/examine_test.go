package ldap_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// examine gives what an examination finds: "step code", and the findings.
func examine(t *testing.T, c ldap.Config, what ldap.Examination) (codes []string, all []ldap.Finding) {
	t.Helper()
	open(t, c).Examine(t.Context(), what, func(f ldap.Finding) {
		codes = append(codes, strings.TrimSpace(string(f.Step)+" "+string(f.Code)))
		all = append(all, f)
	})
	return codes, all
}

// lookUp gives each host an address: servers under test are reached by their Dial.
func lookUp(context.Context, string) ([]string, error) { return []string{"192.0.2.1"}, nil }

// examination runs on any kind: what is wrong is told by the step at which a reset would end.
func examination(t *testing.T, good ldap.Config, extra []string) {
	good.Network.Lookup = lookUp
	host := []string{"resolve"}
	if strings.Contains(good.Servers[0], "127.0.0.1") {
		host = nil
	}
	ahead := slices.Concat(host, []string{"tls", "bind"})
	codes, all := examine(t, good, ldap.Examination{Person: "ana", Reset: "ana"})
	if want := slices.Concat(ahead, []string{"base"}, extra); !slices.Equal(codes, want) {
		t.Errorf("all is well: %v, want %v: %+v", codes, want, all)
	}
	for name, c := range map[string]struct {
		break_ func(*ldap.Config)
		want   []string
	}{
		"a name without an address": {func(c *ldap.Config) {
			c.Network.Lookup = func(context.Context, string) ([]string, error) { return nil, errors.New("no such host") }
			c.Servers = []string{"ldaps://nowhere.harbour.example"}
		}, []string{"resolve unresolved"}},
		"nobody at the port": {func(c *ldap.Config) {
			c.Network.Dial = func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
			}
		}, append(host, "connect unreached")},
		"an authority that nobody knows": {func(c *ldap.Config) { c.Roots = x509.NewCertPool() }, append(host, "tls tls_unknown")},
		"another name": {func(c *ldap.Config) {
			c.Servers = []string{strings.NewReplacer("dc1.", "dc7.", "ds.", "ds7.", "127.0.0.1", "elsewhere.example").Replace(c.Servers[0])}
		},
			[]string{"resolve", "tls tls_name"}},
		"a wrong password": {func(c *ldap.Config) {
			c.Password = func() (app.Secret, error) { return app.NewSecret("Not-this-one 98"), nil }
		}, append(host, "tls", "bind bind_wrong")},
		"a base that is not there": {func(c *ldap.Config) { c.Base = "ou=nowhere,dc=harbour,dc=example" }, append(slices.Clone(ahead), "base base_missing")},
	} {
		c2 := good
		c.break_(&c2)
		codes, all := examine(t, c2, ldap.Examination{})
		if !slices.Equal(codes[:min(len(codes), len(c.want))], c.want) {
			t.Errorf("%s: %v, want %v", name, codes, c.want)
			continue
		}
		if f := all[len(c.want)-1]; !f.Failed {
			t.Errorf("%s: not a failure: %+v", name, f)
		}
	}
	late := &clock{}
	late.ahead.Store(int64(45 * 24 * time.Hour))
	soon := good
	soon.Clock = late
	if codes, _ := examine(t, soon, ldap.Examination{}); !slices.Contains(codes, "tls tls_soon") {
		t.Errorf("near the end of the certificate: %v", codes)
	}
	late.ahead.Store(int64(61 * 24 * time.Hour))
	if codes, _ := examine(t, soon, ldap.Examination{}); !slices.Contains(codes, "tls tls_expired") {
		t.Errorf("after the end of the certificate: %v", codes)
	}
	codes, _ = examine(t, good, ldap.Examination{Person: "nobody"})
	if codes[len(codes)-1] != "person person_unknown" {
		t.Errorf("nobody: %v", codes)
	}
}

// anaWithMail is found by the examination.
var anaWithMail = port.DirectoryAccount{UserID: "ana@harbour.example", Name: "Ana Reyes", Mail: "ana@harbour.example"}

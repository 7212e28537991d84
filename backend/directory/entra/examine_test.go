package entra_test

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/entra"
	"github.com/sparekey/sparekey/backend/directory/entra/entratest"
	"github.com/sparekey/sparekey/backend/directory/examine"
)

// examined examines a directory, and gives what was found as "step about code".
func examined(t *testing.T, d *entra.Directory, what examine.Examination) (said []string, all []examine.Finding) {
	t.Helper()
	d.Examine(t.Context(), what, func(f examine.Finding) {
		all = append(all, f)
		said = append(said, strings.TrimSpace(string(f.Step)+" "+f.About+" "+string(f.Code)))
		if f.Cause != nil {
			silent(t, f.Cause)
		}
	})
	return said, all
}

// TestAnExaminationFindsAllWell, from the token to a reset.
func TestAnExaminationFindsAllWell(t *testing.T) {
	s := newService(t)
	s.Tells = true
	ana := s.Person("ana@harbour.example", object{"mail": "ana@harbour.example"})
	s.Join(s.Group(administrators), ana)
	before := s.Secrets[ana]
	said, all := examined(t, s.directory(), examine.Examination{Person: "ana", Reset: "ana"})
	want := []string{
		"token " + entratest.Tenant, "permission User.Read.All", "permission GroupMember.Read.All", "permission Domain.Read.All",
		"permission User-PasswordProfile.ReadWrite.All", "permission User.RevokeSessions.All", "domain harbour.example",
		"group " + administrators, "person ana", "reset ana reset_told",
	}
	if !slices.Equal(said, want) {
		t.Errorf("found\n%q, want\n%q", said, want)
	}
	for _, f := range all {
		if f.Failed {
			t.Errorf("%+v", f)
		}
	}
	if p := all[8].Params; p["user_id"] != "ana@harbour.example" || p["length"] != "8" || p["classes"] != "3" {
		t.Errorf("the person: %v", p)
	}
	if all[7].Params["people"] != "1" || s.Secrets[ana] == before || len(s.Revoked) == 0 {
		t.Errorf("the group: %v; reset: %v; revoked: %v", all[7].Params, s.Secrets[ana] != before, s.Revoked)
	}
}

// TestAnExaminationSaysWhatIsMissing, with the command that grants it where it is a right.
func TestAnExaminationSaysWhatIsMissing(t *testing.T) {
	aadsts := func(number string) func(*service) {
		return func(s *service) {
			s.Fault = at("POST", "/token", 0, says(http.StatusUnauthorized, `{"error":"invalid_client","error_description":"AADSTS`+number+`: words"}`))
		}
	}
	lacks := func(permission string) func(*service) { return func(s *service) { s.Lacks[permission] = true } }
	for name, c := range map[string]struct {
		spoil  func(*service)
		want   string
		failed bool
		remedy string
		goesOn bool // to the reset
	}{
		"no such tenant":           {aadsts("90002"), "token " + entratest.Tenant + " token_tenant", true, "", false},
		"no such application":      {aadsts("700016"), "token " + entratest.Tenant + " token_application", true, "", false},
		"another secret":           {aadsts("7000215"), "token " + entratest.Tenant + " token_proof", true, "", false},
		"a certificate of nobody":  {aadsts("700027"), "token " + entratest.Tenant + " token_proof", true, "", false},
		"a secret that is over":    {aadsts("7000222"), "token " + entratest.Tenant + " token_expired", true, "", false},
		"a number that is unknown": {aadsts("53003"), "token " + entratest.Tenant + " token_refused", true, "", false},
		"users":                    {lacks("User.Read.All"), "permission User.Read.All permission_missing", true, "'User.Read.All'", false},
		"groups":                   {lacks("GroupMember.Read.All"), "permission GroupMember.Read.All permission_missing", true, "'GroupMember.Read.All'", false},
		"domains":                  {lacks("Domain.Read.All"), "permission Domain.Read.All permission_missing", true, "'Domain.Read.All'", false},
		"passwords":                {lacks("User-PasswordProfile.ReadWrite.All"), "permission User-PasswordProfile.ReadWrite.All permission_missing", true, "ReadWrite.All'", true},
		"a role": {func(s *service) {
			s.Fault = at("PATCH", "", 0, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				entratest.Fail(w, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges")
			})
		}, "reset ana reset_role", true, "'User Administrator'", true},
		"sessions":        {lacks("User.RevokeSessions.All"), "permission User.RevokeSessions.All permission_missing", false, "'User.RevokeSessions.All'", true},
		"another tenant":  {func(s *service) { s.Domains = s.Domains[1:] }, "domain harbour.example domain_unknown", true, "", true},
		"federated":       {func(s *service) { s.Domains[0]["authenticationType"] = "Federated" }, "domain harbour.example domain_federated", true, "", true},
		"nobody in it":    {func(s *service) { s.Group(administrators) }, "group " + administrators + " group_unknown", false, "", true},
		"a role holder":   {func(s *service) { s.Join(entratest.Role, entratest.GUID("ana@harbour.example")) }, "person ana person_protected", false, "", true},
		"who is disabled": {func(s *service) { s.Users[entratest.GUID("ana@harbour.example")]["accountEnabled"] = false }, "reset ana person_disabled", true, "", true},
		"throttled": {func(s *service) {
			s.Fault = at("GET", "/groups", 0, status(http.StatusTooManyRequests, "Retry-After", "86400"))
		}, "permission GroupMember.Read.All unanswered", true, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			s.Tells = true
			s.Person("ana@harbour.example", nil)
			c.spoil(s)
			said, all := examined(t, s.directory(), examine.Examination{Person: "ana", Reset: "ana"})
			i := slices.Index(said, c.want)
			if i < 0 {
				t.Fatalf("not found: %s\n%q", c.want, said)
			}
			if f := all[i]; f.Failed != c.failed || !strings.Contains(f.Remedy, c.remedy) || (f.Remedy == "") != (c.remedy == "") {
				t.Errorf("%+v", f)
			}
			if went := all[len(all)-1].Step == examine.StepReset || slices.ContainsFunc(all, func(f examine.Finding) bool { return f.Step == examine.StepReset }); went != c.goesOn {
				t.Errorf("it came to a reset: %v\n%q", went, said)
			}
		})
	}
}

// TestAnExaminationClaimsNothingOfATokenThatItCanNotRead: what may be written a reset alone tells then.
func TestAnExaminationClaimsNothingOfATokenThatItCanNotRead(t *testing.T) {
	s := newService(t)
	s.Lacks["User.RevokeSessions.All"] = true
	said, _ := examined(t, s.directory(), examine.Examination{Person: "nobody"})
	if all := strings.Join(said, ", "); strings.Contains(all, "RevokeSessions") || strings.Contains(all, "ReadWrite") || !strings.Contains(all, "person nobody person_unknown") {
		t.Errorf("found %q", said)
	}
	s.Person("ana@harbour.example", nil)
	said, _ = examined(t, s.directory(), examine.Examination{Reset: "ana"})
	if !slices.Contains(said, "reset ana reset_told") || !slices.Contains(said, "permission User.RevokeSessions.All permission_missing") {
		t.Errorf("found %q", said)
	}
}

// TestAnExaminationLooksAtTheCertificate before it is over.
func TestAnExaminationLooksAtTheCertificate(t *testing.T) {
	for code, left := range map[examine.Code]time.Duration{"": 90 * 24 * time.Hour, examine.TLSSoon: 48 * time.Hour, examine.TLSExpired: -time.Hour} {
		s := newService(t)
		text := s.Certify(time.Now().Add(left))
		d := s.directory(func(c *entra.Config) {
			c.Secret, c.Certificate = nil, func() (app.Secret, error) { return app.NewSecret(text), nil }
		})
		_, all := examined(t, d, examine.Examination{})
		if f := all[0]; f.Step != examine.StepTLS || f.Code != code || f.Failed != (code == examine.TLSExpired) || f.Params["until"] == "" {
			t.Errorf("%v is left: %+v", left, f)
		}
	}
}

// nowhere is a network in which nobody answers.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: net.UnknownNetworkError("none")}
}

// TestAnExaminationOfACloudThatIsAway.
func TestAnExaminationOfACloudThatIsAway(t *testing.T) {
	d := newService(t).directory(func(c *entra.Config) { c.Transport = nowhere{} })
	if said, _ := examined(t, d, examine.Examination{Person: "ana"}); !slices.Equal(said, []string{"token " + entratest.Tenant + " unreached"}) {
		t.Errorf("found %q", said)
	}
}

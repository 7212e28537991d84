// Package entratest plays Microsoft Graph and the sign-in of apps, as their documentation describes them, for tests: it is not the
// real one. It is strict where the documentation is: properties come to those who select them, unknown filters are refused, pages
// end, and what takes a permission that the app lacks is forbidden.
package entratest

import (
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Server is a tenant and its cloud. Whoever reads or changes a field while it is asked holds Mu.
type Server struct {
	Certificate *x509.Certificate // of the app, where it proves itself by that

	Mu      sync.Mutex
	Users   map[string]Object   // by object ID
	Secrets map[string]string   // their passwords
	Groups  map[string]Object   // and roles
	Members map[string][]string // of a group or role
	Domains []Object
	Lacks   map[string]bool // permissions that the app was not given
	Tells   bool            // tokens are JWTs that say which permissions the app has, as the real ones do
	Drawn   int             // tokens
	Bad     map[string]bool // of them
	Asked   []string        // "METHOD path"
	Revoked []string        // users whose sessions were revoked
	Page    int             // objects of one
	Lag     int             // how many reads after a write still tell the time before
	Stale   map[string]Staleness
	// Fault, where it isn't nil, answers in place of what it is given, or lets that answer.
	Fault func(w http.ResponseWriter, r *http.Request, answer http.Handler)

	t       testing.TB
	server  *httptest.Server
	seconds int // since Start: each password is set in a second of its own
}

// Object is one of Graph's, by property.
type Object = map[string]any

// Staleness is what some more reads of a user tell of the last password change.
type Staleness struct {
	Reads  int
	Before any
}

// The app and its tenant.
const (
	Tenant = "11111111-2222-3333-4444-555555555555"
	Client = "99999999-8888-7777-6666-555555555555"
	Secret = "App~secret-of.the-tests"
	Role   = "0000aaaa-0000-4000-8000-000000000001" // a directory role
)

const (
	graphHost = "graph.microsoft.com"
	loginHost = "login.microsoftonline.com"
)

// New starts one, with nobody in it. It ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		t: t, Users: map[string]Object{}, Secrets: map[string]string{}, Groups: map[string]Object{}, Members: map[string][]string{},
		Lacks: map[string]bool{}, Bad: map[string]bool{}, Page: 2, Stale: map[string]Staleness{},
		Domains: []Object{{"id": "harbour.example", "authenticationType": "Managed"}, {"id": "lighthouse.example", "authenticationType": "Federated"}, {"id": "harbour.onmicrosoft.com", "authenticationType": "Managed"}},
	}
	s.Groups[Role] = Object{"@odata.type": "#microsoft.graph.directoryRole", "id": Role}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+loginHost+"/"+Tenant+"/v2.0/.well-known/openid-configuration", s.discovery)
	mux.HandleFunc("POST "+loginHost+"/"+Tenant+"/oauth2/v2.0/token", s.token)
	for _, route := range []struct {
		pattern, permission string
		answer              http.HandlerFunc
	}{
		{"GET /v1.0/users", "User.Read.All", s.listUsers},
		{"GET /v1.0/users/{id}", "User.Read.All", s.getUser},
		{"PATCH /v1.0/users/{id}", "User-PasswordProfile.ReadWrite.All", s.patchUser},
		{"POST /v1.0/users/{id}/revokeSignInSessions", "User.RevokeSessions.All", s.revoke},
		{"GET /v1.0/users/{id}/transitiveMemberOf", "User.Read.All", s.memberOf},
		{"GET /v1.0/groups", "GroupMember.Read.All", s.listGroups},
		{"GET /v1.0/groups/{id}/transitiveMembers", "GroupMember.Read.All", s.transitiveMembers},
		{"GET /v1.0/domains", "Domain.Read.All", s.listDomains},
	} {
		method, path, _ := strings.Cut(route.pattern, " ")
		mux.HandleFunc(method+" "+graphHost+path, s.signedIn(route.permission, route.answer))
	}
	s.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Mu.Lock()
		s.Asked = append(s.Asked, r.Method+" "+r.URL.Path)
		fault := s.Fault
		if strings.Contains(r.URL.RawQuery, "+") {
			s.t.Errorf("a space is written +: %s", r.URL.RawQuery)
		}
		s.Mu.Unlock()
		if fault != nil {
			fault(w, r, mux)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	s.server.StartTLS()
	t.Cleanup(s.server.Close)
	return s
}

// RoundTrip carries requests for Microsoft's hosts to the server.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" || r.URL.Host != graphHost && r.URL.Host != loginHost {
		s.t.Errorf("a request went to %s://%s", r.URL.Scheme, r.URL.Host)
	}
	here := r.Clone(r.Context())
	here.Host = r.URL.Host
	here.URL.Host = s.server.Listener.Addr().String()
	return s.server.Client().Transport.RoundTrip(here)
}

// signedIn lets those through who have a token of s, and a permission.
func (s *Server) signedIn(permission string, answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.Mu.Lock()
		defer s.Mu.Unlock()
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		token = token[strings.LastIndexByte(token, '.')+1:]
		if n, err := strconv.Atoi(strings.TrimPrefix(token, "token-")); err != nil || n != s.Drawn || s.Bad[token] {
			Fail(w, http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
			return
		}
		if s.Lacks[permission] {
			forbidden(w)
			return
		}
		answer(w, r)
	}
}

func forbidden(w http.ResponseWriter) {
	Fail(w, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

// Fail answers as Graph does with an error.
func Fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("request-id", "8f0b5b3c-0000-4000-8000-0123456789ab")
	Reply(w, status, Object{"error": Object{"code": code, "message": message, "innerError": Object{"date": "2026-03-01T09:30:00"}}})
}

// Reply answers with JSON.
func Reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

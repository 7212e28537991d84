package entra_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/entra"
)

// service plays Microsoft Graph and the sign-in of apps, as their documentation describes them: it is a server of the tests, and
// not the real one. It is strict where the documentation is: properties come to those who select them, unknown filters are
// refused, pages end.
type service struct {
	t      testing.TB
	server *httptest.Server
	public *x509.Certificate // of the app, where it proves itself by that

	mu      sync.Mutex
	users   map[string]object
	secrets map[string]string   // passwords
	groups  map[string]object   // and roles
	members map[string][]string // of a group or role
	domains []object
	seconds int // since the start: each password is set in a second of its own
	drawn   int // tokens
	bad     map[string]bool
	asked   []string // "METHOD path"
	revoked []string
	page    int
	lag     int // how many reads after a write still tell the time before
	stale   map[string]staleness
	// fault, where it isn't nil, answers in place of what it is given, or lets that answer.
	fault func(w http.ResponseWriter, r *http.Request, answer http.Handler)
}

type object = map[string]any

type staleness struct {
	reads  int
	before any
}

const (
	tenant     = "11111111-2222-3333-4444-555555555555"
	client     = "99999999-8888-7777-6666-555555555555"
	appSecret  = "App~secret-of.the-tests"
	graphHost  = "graph.microsoft.com"
	loginHost  = "login.microsoftonline.com"
	roleOfHelp = "0000aaaa-0000-4000-8000-000000000001"
)

func newService(t testing.TB) *service {
	t.Helper()
	s := &service{
		t: t, users: map[string]object{}, secrets: map[string]string{}, groups: map[string]object{}, members: map[string][]string{},
		bad: map[string]bool{}, page: 2, stale: map[string]staleness{},
		domains: []object{{"id": "harbour.example", "authenticationType": "Managed"}, {"id": "lighthouse.example", "authenticationType": "Federated"}, {"id": "harbour.onmicrosoft.com", "authenticationType": "Managed"}},
	}
	s.groups[roleOfHelp] = object{"@odata.type": "#microsoft.graph.directoryRole", "id": roleOfHelp}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+loginHost+"/"+tenant+"/v2.0/.well-known/openid-configuration", s.discovery)
	mux.HandleFunc("POST "+loginHost+"/"+tenant+"/oauth2/v2.0/token", s.token)
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"GET /v1.0/users": s.listUsers, "GET /v1.0/users/{id}": s.getUser, "PATCH /v1.0/users/{id}": s.patchUser,
		"POST /v1.0/users/{id}/revokeSignInSessions": s.revoke, "GET /v1.0/users/{id}/transitiveMemberOf": s.memberOf,
		"GET /v1.0/groups": s.listGroups, "GET /v1.0/groups/{id}/transitiveMembers": s.transitiveMembers, "GET /v1.0/domains": s.listDomains,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+graphHost+path, s.signedIn(answer))
	}
	s.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path)
		fault := s.fault
		if strings.Contains(r.URL.RawQuery, "+") {
			s.t.Errorf("a space is written +: %s", r.URL.RawQuery)
		}
		s.mu.Unlock()
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
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" || r.URL.Host != graphHost && r.URL.Host != loginHost {
		s.t.Errorf("a request went to %s://%s", r.URL.Scheme, r.URL.Host)
	}
	here := r.Clone(r.Context())
	here.Host = r.URL.Host
	here.URL.Host = s.server.Listener.Addr().String()
	return s.server.Client().Transport.RoundTrip(here)
}

// signedIn lets those through who have a token of s.
func (s *service) signedIn(answer func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if n, err := strconv.Atoi(strings.TrimPrefix(token, "token-")); err != nil || n != s.drawn || s.bad[token] {
			fail(w, http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
			return
		}
		answer(w, r)
	}
}

func fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("request-id", "8f0b5b3c-0000-4000-8000-0123456789ab")
	reply(w, status, object{"error": object{"code": code, "message": message, "innerError": object{"date": "2026-03-01T09:30:00"}}})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (s *service) discovery(w http.ResponseWriter, _ *http.Request) {
	at := "https://" + loginHost + "/" + tenant
	reply(w, http.StatusOK, object{"issuer": at + "/v2.0", "authorization_endpoint": at + "/oauth2/v2.0/authorize", "token_endpoint": at + "/oauth2/v2.0/token"})
}

func (s *service) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	proven := s.public == nil && r.PostFormValue("client_secret") == appSecret || s.public != nil && signedBy(s.public, r.PostFormValue("client_assertion"))
	if r.PostFormValue("grant_type") != "client_credentials" || r.PostFormValue("client_id") != client || !proven ||
		!slices.Contains(strings.Fields(r.PostFormValue("scope")), "https://"+graphHost+"/.default") {
		reply(w, http.StatusUnauthorized, object{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided: " + r.PostFormValue("client_secret")})
		return
	}
	s.drawn++
	reply(w, http.StatusOK, object{"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "token-" + strconv.Itoa(s.drawn)})
}

// selected gives what a request selects of an object; without that, what Graph gives of itself.
func selected(r *http.Request, o object, kind string) object {
	names := strings.Split(r.URL.Query().Get("$select"), ",")
	if names[0] == "" {
		names = []string{"id", "displayName", "givenName", "surname", "mail", "userPrincipalName"}
	}
	out := object{}
	for _, n := range names {
		out[n] = o[n]
	}
	if kind != "" {
		out["@odata.type"] = kind
	}
	return out
}

// collection answers with one page of all, and where the next one is.
func (s *service) collection(w http.ResponseWriter, r *http.Request, all []object) {
	from, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken"))
	to := min(from+s.page, len(all))
	body := object{"value": append([]object{}, all[min(from, to):to]...)}
	if to < len(all) {
		q := r.URL.Query()
		q.Set("$skiptoken", strconv.Itoa(to))
		body["@odata.nextLink"] = "https://" + graphHost + r.URL.Path + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
	}
	reply(w, http.StatusOK, body)
}

func (s *service) listUsers(w http.ResponseWriter, r *http.Request) {
	where, ok := parseFilter(r.URL.Query().Get("$filter"), "userPrincipalName", "mail")
	if !ok {
		fail(w, http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified.")
		return
	}
	var found []object
	for _, id := range slices.Sorted(maps.Keys(s.users)) {
		if where(s.users[id]) {
			found = append(found, selected(r, s.users[id], ""))
		}
	}
	s.collection(w, r, found)
}

// parseFilter reads "property eq 'text' or …".
func parseFilter(text string, properties ...string) (func(object) bool, bool) {
	type term struct{ property, value string }
	var terms []term
	for text != "" {
		property, rest, is := strings.Cut(text, " eq '")
		if !is || !slices.Contains(properties, property) {
			return nil, false
		}
		var value strings.Builder
		for {
			part, after, closed := strings.Cut(rest, "'")
			if !closed {
				return nil, false
			}
			value.WriteString(part)
			if rest = after; !strings.HasPrefix(rest, "'") {
				break
			}
			value.WriteString("'")
			rest = rest[1:]
		}
		terms = append(terms, term{property, value.String()})
		if text = strings.TrimPrefix(rest, " or "); text == rest && rest != "" {
			return nil, false
		}
	}
	return func(o object) bool {
		return slices.ContainsFunc(terms, func(t term) bool {
			have, _ := o[t.property].(string)
			return strings.EqualFold(have, t.value)
		})
	}, len(terms) > 0
}

func (s *service) getUser(w http.ResponseWriter, r *http.Request) {
	u, known := s.users[r.PathValue("id")]
	if !known {
		notThere(w, r)
		return
	}
	shown := maps.Clone(u)
	if old := s.stale[r.PathValue("id")]; old.reads > 0 {
		shown["lastPasswordChangeDateTime"] = old.before
		s.stale[r.PathValue("id")] = staleness{old.reads - 1, old.before}
	}
	reply(w, http.StatusOK, selected(r, shown, ""))
}

func notThere(w http.ResponseWriter, r *http.Request) {
	fail(w, http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+r.PathValue("id")+"' does not exist or one of its queried reference-property objects are not present.")
}

func (s *service) listDomains(w http.ResponseWriter, r *http.Request) { s.collection(w, r, s.domains) }

// directory opens one that asks s.
func (s *service) directory(change ...func(*entra.Config)) *entra.Directory {
	s.t.Helper()
	config := entra.Config{
		Tenant: tenant, Client: client, Secret: func() (app.Secret, error) { return app.NewSecret(appSecret), nil },
		Domain: "harbour.example", Administrators: []string{administrators}, GroupNames: true, Clock: system{}, Transport: s,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, c := range change {
		c(&config)
	}
	d, err := entra.New(config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := d.Close(); err != nil {
			s.t.Error(err)
		}
	})
	return d
}

type system struct{}

func (system) Now() time.Time { return time.Now() }

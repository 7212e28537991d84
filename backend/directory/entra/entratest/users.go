package entratest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Start is when the first password is set, but for the seconds.
var Start = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// Person makes a user with a password that nobody knows, and gives the object ID.
func (s *Server) Person(userID string, more Object) string {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	id := GUID(userID)
	s.Users[id] = Object{
		"id": id, "userPrincipalName": userID, "displayName": nil, "givenName": nil, "surname": nil, "mail": nil, "accountEnabled": true,
		"creationType": nil, "onPremisesSyncEnabled": nil, "passwordPolicies": nil, "passwordProfile": nil,
	}
	for name, value := range more {
		s.Users[id][name] = value
	}
	s.Set(id, "made at random", false)
	return id
}

// GUID makes an Object ID of a name.
func GUID(name string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(name)))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// Set gives a user a password, in a second of its own.
func (s *Server) Set(id, password string, mustChange bool) {
	s.Secrets[id] = password
	s.seconds++
	s.Users[id]["lastPasswordChangeDateTime"] = Start.Add(time.Duration(s.seconds) * time.Second).Format(time.RFC3339)
	s.Users[id]["passwordProfile"] = Object{"password": nil, "forceChangePasswordNextSignIn": mustChange, "forceChangePasswordNextSignInWithMfa": false}
}

func (s *Server) listUsers(w http.ResponseWriter, r *http.Request) {
	where, ok := parseFilter(r.URL.Query().Get("$filter"), "userPrincipalName", "mail")
	if !ok {
		Fail(w, http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified.")
		return
	}
	var found []Object
	for _, id := range slices.Sorted(maps.Keys(s.Users)) {
		if where(s.Users[id]) {
			found = append(found, selected(r, s.Users[id], ""))
		}
	}
	s.collection(w, r, found)
}

func (s *Server) getUser(w http.ResponseWriter, r *http.Request) {
	u, known := s.Users[r.PathValue("id")]
	if !known {
		notThere(w, r)
		return
	}
	shown := maps.Clone(u)
	if old := s.Stale[r.PathValue("id")]; old.Reads > 0 {
		shown["lastPasswordChangeDateTime"] = old.Before
		s.Stale[r.PathValue("id")] = Staleness{old.Reads - 1, old.Before}
	}
	Reply(w, http.StatusOK, selected(r, shown, ""))
}

func notThere(w http.ResponseWriter, r *http.Request) {
	Fail(w, http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+r.PathValue("id")+"' does not exist or one of its queried reference-property objects are not present.")
}

func (s *Server) patchUser(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	var body struct {
		Profile *struct {
			Force    *bool   `json:"forceChangePasswordNextSignIn"`
			Password *string `json:"password"`
		} `json:"passwordProfile"`
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	switch err := decoder.Decode(&body); {
	case s.Users[id] == nil:
		notThere(w, r)
	case err != nil || body.Profile == nil || body.Profile.Password == nil || body.Profile.Force == nil:
		Fail(w, http.StatusBadRequest, "Request_BadRequest", "Invalid value specified for property 'passwordProfile' of resource 'User'.")
	case s.holdsRole(id):
		forbidden(w)
	case s.Users[id]["onPremisesSyncEnabled"] == true:
		Fail(w, http.StatusBadRequest, "Request_BadRequest", "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.")
	case !strong(*body.Profile.Password):
		Fail(w, http.StatusBadRequest, "Request_BadRequest", "The specified password does not comply with password complexity requirements. Please provide a different password.")
	default:
		s.Stale[id] = Staleness{s.Lag, s.Users[id]["lastPasswordChangeDateTime"]}
		s.Set(id, *body.Profile.Password, *body.Profile.Force)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Server) holdsRole(id string) bool { return slices.Contains(s.Members[Role], id) }

// strong holds the published rules, and a banned term.
func strong(password string) bool {
	classes := map[int]bool{}
	n := 0
	for _, r := range password {
		n++
		switch {
		case unicode.IsLower(r):
			classes[0] = true
		case unicode.IsUpper(r):
			classes[1] = true
		case unicode.IsDigit(r):
			classes[2] = true
		default:
			classes[3] = true
		}
	}
	return n >= 8 && n <= 256 && len(classes) >= 3 && !strings.Contains(strings.ToLower(password), "contoso")
}

func (s *Server) revoke(w http.ResponseWriter, r *http.Request) {
	s.Revoked = append(s.Revoked, r.PathValue("id"))
	Reply(w, http.StatusOK, Object{"value": true})
}

package entra_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/port"
)

// administrators is the group whose members administer Sparekey.
const administrators = "Sparekey Administrators"

var start = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// person makes a user with a password of nobody's.
func (s *service) person(userID string, more object) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := guid(userID)
	s.users[id] = object{
		"id": id, "userPrincipalName": userID, "displayName": nil, "givenName": nil, "surname": nil, "mail": nil, "accountEnabled": true,
		"creationType": nil, "onPremisesSyncEnabled": nil, "passwordPolicies": nil, "passwordProfile": nil,
	}
	for name, value := range more {
		s.users[id][name] = value
	}
	s.set(id, "made at random", false)
	return id
}

// guid makes an object ID of a name.
func guid(name string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(name)))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// set gives a user a password, in a second of its own.
func (s *service) set(id, password string, mustChange bool) {
	s.secrets[id] = password
	s.seconds++
	s.users[id]["lastPasswordChangeDateTime"] = start.Add(time.Duration(s.seconds) * time.Second).Format(time.RFC3339)
	s.users[id]["passwordProfile"] = object{"password": nil, "forceChangePasswordNextSignIn": mustChange, "forceChangePasswordNextSignInWithMfa": false}
}

// group makes a group where there is none yet; join puts a member into it.
func (s *service) group(name string) string {
	id := guid("group " + name)
	if s.groups[id] == nil {
		s.groups[id] = object{"@odata.type": "#microsoft.graph.group", "id": id, "displayName": name, "isAssignableToRole": nil}
	}
	return id
}

func (s *service) join(group, member string) {
	if !slices.Contains(s.members[group], member) {
		s.members[group] = append(s.members[group], member)
	}
}

func (s *service) memberOf(w http.ResponseWriter, r *http.Request) {
	if s.users[r.PathValue("id")] == nil {
		notThere(w, r)
		return
	}
	var all []object
	seen := map[string]bool{}
	for next := []string{r.PathValue("id")}; len(next) > 0; next = next[1:] {
		for _, id := range sortedKeys(s.members) {
			if slices.Contains(s.members[id], next[0]) && !seen[id] {
				seen[id] = true
				next = append(next, id)
				all = append(all, selected(r, s.groups[id], s.groups[id]["@odata.type"].(string)))
			}
		}
	}
	s.collection(w, r, all)
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (s *service) listGroups(w http.ResponseWriter, r *http.Request) {
	where, ok := parseFilter(r.URL.Query().Get("$filter"), "displayName")
	if !ok {
		fail(w, http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified.")
		return
	}
	var found []object
	for _, id := range sortedKeys(s.groups) {
		if where(s.groups[id]) {
			found = append(found, selected(r, s.groups[id], ""))
		}
	}
	s.collection(w, r, found)
}

func (s *service) transitiveMembers(w http.ResponseWriter, r *http.Request) {
	if s.groups[r.PathValue("id")] == nil {
		notThere(w, r)
		return
	}
	var all []object
	seen := map[string]bool{}
	for next := []string{r.PathValue("id")}; len(next) > 0; next = next[1:] {
		for _, id := range s.members[next[0]] {
			if seen[id] {
				continue
			}
			seen[id] = true
			if s.users[id] != nil {
				all = append(all, selected(r, s.users[id], "#microsoft.graph.user"))
				continue
			}
			next = append(next, id)
			all = append(all, selected(r, s.groups[id], s.groups[id]["@odata.type"].(string)))
		}
	}
	s.collection(w, r, all)
}

func (s *service) patchUser(w http.ResponseWriter, r *http.Request) {
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
	case s.users[id] == nil:
		notThere(w, r)
	case err != nil || body.Profile == nil || body.Profile.Password == nil || body.Profile.Force == nil:
		fail(w, http.StatusBadRequest, "Request_BadRequest", "Invalid value specified for property 'passwordProfile' of resource 'User'.")
	case s.holdsRole(id):
		fail(w, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	case s.users[id]["onPremisesSyncEnabled"] == true:
		fail(w, http.StatusBadRequest, "Request_BadRequest", "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.")
	case !strong(*body.Profile.Password):
		fail(w, http.StatusBadRequest, "Request_BadRequest", "The specified password does not comply with password complexity requirements. Please provide a different password.")
	default:
		s.stale[id] = staleness{s.lag, s.users[id]["lastPasswordChangeDateTime"]}
		s.set(id, *body.Profile.Password, *body.Profile.Force)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *service) holdsRole(id string) bool { return slices.Contains(s.members[roleOfHelp], id) }

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

func (s *service) revoke(w http.ResponseWriter, r *http.Request) {
	s.revoked = append(s.revoked, r.PathValue("id"))
	reply(w, http.StatusOK, object{"value": true})
}

// signedBy reports whether an assertion is a JWT that the certificate's key signed (RS256 or PS256).
func signedBy(c *x509.Certificate, assertion string) bool {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	key := c.PublicKey.(*rsa.PublicKey)
	return err == nil && (rsa.VerifyPSS(key, crypto.SHA256, sum[:], signature, nil) == nil || rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil)
}

// put is the contract's Put.
func (s *service) put(_ context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error) {
	id := string(a.ID)
	s.mu.Lock()
	known := s.users[id] != nil
	s.mu.Unlock()
	if !known {
		id = s.person(a.UserID, nil)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[id]
	for i, name := range []string{"givenName", "surname"} {
		if i < len(a.Names) {
			u[name] = a.Names[i]
		}
	}
	for name, value := range map[string]string{"displayName": a.Name, "mail": a.Mail} {
		if value != "" {
			u[name] = value
		}
	}
	u["accountEnabled"], u["onPremisesSyncEnabled"] = !a.Disabled, a.Elsewhere
	if !password.Empty() {
		s.set(id, password.Reveal(), a.MustChange)
	}
	if a.MustChange {
		u["passwordProfile"].(object)["forceChangePasswordNextSignIn"] = true
	}
	if a.Protected {
		s.join(roleOfHelp, id)
	}
	if a.Admin {
		s.join(s.group(administrators), id)
	}
	for _, g := range a.Groups {
		s.join(s.group(g), id)
	}
	return app.AccountID(id), nil
}

// holds is the contract's Holds.
func (s *service) holds(id app.AccountID, password app.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets[string(id)] == password.Reveal()
}

func TestContract(t *testing.T) {
	directorytest.Run(t, func(t *testing.T) directorytest.Subject {
		t.Helper()
		s := newService(t)
		return directorytest.Subject{
			Directory: s.directory(), Put: s.put, Holds: s.holds,
			Spellings: func(name string) []string {
				upper := strings.ToUpper(name)
				return []string{name, upper, upper + "@Harbour.EXAMPLE", `HARBOUR\` + name, `harbour\` + upper}
			},
			Nest: func(_ context.Context, member, group string) error {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.join(s.group(group), s.group(member))
				return nil
			},
			Lacks: []directorytest.Lack{
				directorytest.NoMinimumAge, directorytest.NoFailures, directorytest.NoNeverTold, directorytest.NoExpiry,
				directorytest.NoVerify, directorytest.NoLock,
			},
		}
	})
}

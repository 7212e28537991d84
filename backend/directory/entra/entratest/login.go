package entratest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) discovery(w http.ResponseWriter, _ *http.Request) {
	at := "https://" + loginHost + "/" + Tenant
	Reply(w, http.StatusOK, Object{"issuer": at + "/v2.0", "authorization_endpoint": at + "/oauth2/v2.0/authorize", "token_endpoint": at + "/oauth2/v2.0/token"})
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	proven := s.Certificate == nil && r.PostFormValue("client_secret") == Secret || s.Certificate != nil && signedBy(s.Certificate, r.PostFormValue("client_assertion"))
	if r.PostFormValue("grant_type") != "client_credentials" || r.PostFormValue("client_id") != Client || !proven ||
		!slices.Contains(strings.Fields(r.PostFormValue("scope")), "https://"+graphHost+"/.default") {
		Reply(w, http.StatusUnauthorized, Object{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided: " + r.PostFormValue("client_secret")})
		return
	}
	s.Drawn++
	Reply(w, http.StatusOK, Object{"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": s.roles() + "token-" + strconv.Itoa(s.Drawn)})
}

// permissions are those that an app is given.
var permissions = []string{
	"User-PasswordProfile.ReadWrite.All", "User.Read.All", "GroupMember.Read.All", "Domain.Read.All", "User.RevokeSessions.All",
}

// roles begins a token as a JWT, whose claim "roles" has the app's permissions (Microsoft identity platform, access token claims).
func (s *Server) roles() string {
	if !s.Tells {
		return ""
	}
	has := slices.DeleteFunc(slices.Clone(permissions), func(p string) bool { return s.Lacks[p] })
	claims, err := json.Marshal(Object{"aud": "https://" + graphHost, "roles": has})
	if err != nil {
		panic(err) // texts
	}
	return "e30." + base64.RawURLEncoding.EncodeToString(claims) + "."
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

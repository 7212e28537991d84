package client

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

const scriptsToken = app.TokenPrefix + "CANARY"

// overheard answers everything with an empty object, and keeps who asked for what.
func overheard() (transport http.RoundTripper, heard *[]string) {
	heard = &[]string{}
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		*heard = append(*heard, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewBufferString("{}"))}, nil
	}), heard
}

// Threat: a token for scripts goes to a program of somebody else's that listens on this computer, in clear.
func TestATokenLeavesByTLSAlone(t *testing.T) {
	for base, allowed := range map[string]bool{
		"https://sparekey.example": true, "https://127.0.0.1:8443": true,
		"http://127.0.0.1:8080": false, "http://[::1]:8080": false, "http://localhost:8080": false, "http://sparekey.example": false,
	} {
		transport, heard := overheard()
		c := &Client{Base: base, Transport: transport, Token: app.NewSecret(scriptsToken)}
		_, err := c.Administration().Policies.History(t.Context())
		if allowed != (err == nil) || allowed != (len(*heard) == 1) || strings.Contains(errorText(err), "CANARY") {
			t.Errorf("%s: %v, %v", base, err, *heard)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Threat: a token goes where a person acts, or to the session's renewal; and who has one is asked for no session.
func TestATokenIsForAdministrationAlone(t *testing.T) {
	transport, heard := overheard()
	c := &Client{Base: "https://sparekey.example", Transport: transport, Token: app.NewSecret(scriptsToken)}
	ctx := t.Context()
	_, _ = c.Organisation(ctx)
	_, _ = c.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: "0123456789abcdef"})
	_, _ = c.Current(ctx)
	_, _ = c.OwnStation(ctx)
	for _, request := range *heard {
		if strings.Contains(request, "CANARY") {
			t.Errorf("a token went along: %s", request)
		}
	}
	if len(*heard) < 3 {
		t.Fatalf("heard %v", *heard)
	}
	*heard = nil
	a := c.Administration()
	_, _ = a.Policies.History(ctx)
	_, _ = a.Policies.Version(ctx, 0)
	_, _ = a.Policies.CheckPolicy(ctx, app.PolicyDraft{})
	_, _ = a.Policies.ApplyPolicy(ctx, app.PolicyDraft{})
	_, _ = a.Contacts.ImportContacts(ctx, app.ContactsFile{})
	_, _ = a.Passes.IssuePass(ctx, app.IssuePass{})
	_ = a.Passes.RevokePass(ctx, "ana", "")
	_, _ = a.Trail.VerifyTrail(ctx)
	_, _ = a.Stations.ListStations(ctx)
	_, _ = a.Stations.InviteStation(ctx, "Lobby", "")
	_, _ = a.Stations.ChangeStation(ctx, app.ChangeStation{})
	_, _ = a.Tokens.ListTokens(ctx)
	_, _ = a.Tokens.MakeToken(ctx, app.MakeToken{})
	_, _ = a.Tokens.RevokeToken(ctx, "t1", "")
	if len(*heard) != 14 {
		t.Errorf("%d requests for 14 calls: %v", len(*heard), *heard)
	}
	for _, request := range *heard {
		if !strings.HasSuffix(request, " Bearer "+scriptsToken) || !strings.Contains(request, " /v1/admin/") {
			t.Errorf("asked: %s", request)
		}
	}
}

package client

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

const (
	slowTimeout = 5 * time.Minute // of what looks at every account, every row or every entry
	maxReport   = 64 << 20        // bytes of an import's reply, which may have a fault for each row, and of a list of stations
)

// Administration gives the client as the services of administrators. Who acts is the token for scripts, where the client has one,
// and else the account of the session at hand: By does not travel. What has an effect each time that it arrives is sent once: after CodeOffline nobody knows whether it
// arrived.
func (c *Client) Administration() app.Administration {
	a := administration{c}
	return app.Administration{Policies: a, Contacts: a, Passes: a, Accounts: a, Trail: a, Stations: a, Tokens: a, Messages: a}
}

// administration is app.Administration at the other end of the wire.
type administration struct{ c *Client }

// do sends a call as who administers.
func (a administration) do(ctx context.Context, call call) error {
	if call.token = a.c.Token; !call.token.Empty() {
		_, err := a.c.do(ctx, call)
		return err
	}
	_, err := a.c.doAsSession(ctx, call)
	return err
}

// get asks for what there is.
func (a administration) get(ctx context.Context, path string, into any) error {
	return a.do(ctx, call{method: http.MethodGet, path: path, into: into})
}

// post sends a call that has an effect, or may take its time.
func (a administration) post(ctx context.Context, call call) error {
	call.method = http.MethodPost
	return a.do(ctx, call)
}

// History implements app.Policies.
func (a administration) History(ctx context.Context) (app.PolicyHistory, error) {
	var w wire.PolicyHistory
	err := a.get(ctx, "/v1/admin/policy/versions", &w)
	return w.Domain(), err
}

// Version implements app.Policies.
func (a administration) Version(ctx context.Context, number int) (app.PolicyVersion, error) {
	path := "/v1/admin/policy"
	switch {
	case number < 0:
		return app.PolicyVersion{}, &app.Error{Code: app.CodeNoVersion}
	case number > 0:
		path += "/versions/" + strconv.Itoa(number)
	}
	var w wire.PolicyVersion
	err := a.get(ctx, path, &w)
	return w.Domain(), err
}

// CheckPolicy implements app.Policies.
func (a administration) CheckPolicy(ctx context.Context, draft app.PolicyDraft) (app.PolicyVerdict, error) {
	return a.judge(ctx, draft, call{path: "/v1/admin/policy/check"})
}

// ApplyPolicy implements app.Policies.
func (a administration) ApplyPolicy(ctx context.Context, draft app.PolicyDraft) (app.PolicyVerdict, error) {
	return a.judge(ctx, draft, call{path: "/v1/admin/policy/versions", once: true})
}

// judge sends a draft by a call whose reply is a verdict.
func (a administration) judge(ctx context.Context, draft app.PolicyDraft, call call) (app.PolicyVerdict, error) {
	if err := checkSize(draft.Document, wire.MaxPolicy); err != nil {
		return app.PolicyVerdict{}, err
	}
	var w wire.PolicyVerdict
	call.body, call.into, call.timeout = wire.NewPolicyDraft(draft), &w, slowTimeout
	err := a.post(ctx, call)
	return w.Domain(), err
}

// checkSize refuses a file that the server would refuse: it may hang up in the middle of a body, which looks as if nobody
// were there.
func checkSize(file []byte, most int) error {
	if len(file) > most {
		return app.Errorf(app.CodeBadRequest, "a file of %d bytes, %d at most", len(file), most)
	}
	return nil
}

// ImportContacts implements app.Contacts.
func (a administration) ImportContacts(ctx context.Context, file app.ContactsFile) (app.ContactsEntered, error) {
	if err := checkSize(file.Content, wire.MaxContacts); err != nil {
		return app.ContactsEntered{}, err
	}
	var w wire.ContactsEntered
	err := a.post(ctx, call{
		path: "/v1/admin/contacts", body: wire.NewContactsFile(file), into: &w, limit: maxReport, timeout: slowTimeout, once: true,
	})
	return w.Domain(), err
}

// IssuePass implements app.Passes.
func (a administration) IssuePass(ctx context.Context, p app.IssuePass) (app.Pass, error) {
	var w wire.Pass
	if err := a.post(ctx, call{path: "/v1/admin/passes", body: wire.NewIssuePass(p), into: &w, once: true}); err != nil {
		return app.Pass{}, err
	}
	if w.Code == "" {
		return app.Pass{}, a.c.notAReply()
	}
	return w.Domain(), nil
}

// RevokePass implements app.Passes.
func (a administration) RevokePass(ctx context.Context, userID, _ string) error {
	return a.post(ctx, call{path: "/v1/admin/passes/revoke", body: wire.RevokePass{UserID: userID}, once: true})
}

// VerifyTrail implements app.Trail.
func (a administration) VerifyTrail(ctx context.Context) (app.TrailReport, error) {
	var w wire.TrailReport
	err := a.do(ctx, call{method: http.MethodGet, path: "/v1/admin/trail/verification", into: &w, timeout: slowTimeout})
	return w.Domain(), err
}

// MessagesOf implements app.Messages.
func (a administration) MessagesOf(ctx context.Context, userID string) ([]app.MessageTrace, error) {
	var w wire.MessageTraces
	err := a.post(ctx, call{path: "/v1/admin/messages", body: wire.MessagesOf{UserID: userID}, into: &w})
	return w.Domain(), err
}

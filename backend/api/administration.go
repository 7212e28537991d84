package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// The operations of administrators. Who acts is the caller's account or token, whatever a body says.

// Bodies that hold a file, which travels in base64, are larger than the others.
const (
	policyBody   = maxBody + wire.MaxPolicy/3*4
	contactsBody = maxBody + wire.MaxContacts/3*4
)

type versionRequest struct {
	Number string `path:"number" pattern:"^[1-9][0-9]{0,17}$"`
}

func (s *server) registerAdministration() {
	s.registerPolicies()
	s.registerPasses()
	s.registerAccounts()
	administer(s, operation{
		id: "list-messages", method: http.MethodPost, path: "/v1/admin/messages", summary: "What became of the messages to a user ID",
		status: http.StatusOK, scope: app.ScopeMessages,
	}, func(ctx context.Context, r *request[wire.MessagesOf]) (*reply[wire.MessageTraces], error) {
		all, err := s.Admin.Messages.MessagesOf(ctx, r.Body.UserID)
		return replyWith(wire.NewMessageTraces(all)), err
	})
	administer(s, operation{
		id: "import-contacts", method: http.MethodPost, path: "/v1/admin/contacts", summary: "Enter people's numbers and addresses beforehand",
		status: http.StatusOK, scope: app.ScopeContacts, body: contactsBody,
	}, func(ctx context.Context, r *request[wire.ContactsFile]) (*reply[wire.ContactsEntered], error) {
		e, err := s.Admin.Contacts.ImportContacts(ctx, r.Body.Domain())
		return replyWith(wire.NewContactsEntered(e)), err
	})
	administer(s, read(app.ScopeTrail, "verify-trail", "/v1/admin/trail/verification", "Hold the audit trail against its chain and its signed heads"),
		func(ctx context.Context, _ *struct{}) (*reply[wire.TrailReport], error) {
			report, err := s.Admin.Trail.VerifyTrail(ctx)
			return replyWith(wire.NewTrailReport(report)), err
		})
}

func (s *server) registerPolicies() {
	administer(s, read(app.ScopePolicyRead, "get-policy-history", "/v1/admin/policy/versions", "The versions of the policy"),
		func(ctx context.Context, _ *struct{}) (*reply[wire.PolicyHistory], error) {
			h, err := s.Admin.Policies.History(ctx)
			return replyWith(wire.NewPolicyHistory(h)), err
		})
	administer(s, read(app.ScopePolicyRead, "get-policy", "/v1/admin/policy", "The version of the policy that is in force"),
		func(ctx context.Context, _ *struct{}) (*reply[wire.PolicyVersion], error) {
			v, err := s.Admin.Policies.Version(ctx, 0)
			return replyWith(wire.NewPolicyVersion(v)), err
		})
	administer(s, read(app.ScopePolicyRead, "get-policy-version", "/v1/admin/policy/versions/{number}", "A version of the policy"),
		func(ctx context.Context, r *versionRequest) (*reply[wire.PolicyVersion], error) {
			number, _ := strconv.Atoi(r.Number) // the pattern lets nothing else through
			v, err := s.Admin.Policies.Version(ctx, number)
			return replyWith(wire.NewPolicyVersion(v)), err
		})
	administer(s, operation{
		id: "check-policy", method: http.MethodPost, path: "/v1/admin/policy/check", summary: "What applying a policy document would do",
		status: http.StatusOK, scope: app.ScopePolicyRead, body: policyBody,
	}, func(ctx context.Context, r *request[wire.PolicyDraft]) (*reply[wire.PolicyVerdict], error) {
		v, err := s.Admin.Policies.CheckPolicy(ctx, r.Body.Domain(app.CallerFrom(ctx).Account))
		return replyWith(wire.NewPolicyVerdict(v)), err
	})
	administer(s, operation{
		id: "apply-policy", method: http.MethodPost, path: "/v1/admin/policy/versions", summary: "Apply a policy document as a new version",
		status: http.StatusOK, scope: app.ScopePolicy, body: policyBody, // the verdict may be that nothing was applied
	}, func(ctx context.Context, r *request[wire.PolicyDraft]) (*reply[wire.PolicyVerdict], error) {
		v, err := s.Admin.Policies.ApplyPolicy(ctx, r.Body.Domain(app.CallerFrom(ctx).Account))
		return replyWith(wire.NewPolicyVerdict(v)), err
	})
}

func (s *server) registerPasses() {
	administer(s, operation{
		id: "issue-pass", method: http.MethodPost, path: "/v1/admin/passes", summary: "Make a Temporary Access Pass for a user ID",
		status: http.StatusCreated, scope: app.ScopePasses,
	}, func(ctx context.Context, r *request[wire.IssuePass]) (*reply[wire.Pass], error) {
		p, err := s.Admin.Passes.IssuePass(ctx, r.Body.Domain(app.CallerFrom(ctx).Account))
		return replyWith(wire.NewPass(p)), err
	})
	administer(s, operation{
		id: "revoke-pass", method: http.MethodPost, path: "/v1/admin/passes/revoke", summary: "Void the pass of a user ID",
		status: http.StatusNoContent, scope: app.ScopePasses,
	}, func(ctx context.Context, r *request[wire.RevokePass]) (*struct{}, error) {
		return nil, s.Admin.Passes.RevokePass(ctx, r.Body.UserID, string(app.CallerFrom(ctx).Account))
	})
}

// read is an operation of administrators, and of scripts with a scope, that changes nothing.
func read(scope app.Scope, id, path, summary string) operation {
	o := get(id, path, summary, nil)
	o.scope = scope
	return o
}

// administer registers an operation of administrators and, where it has a scope, of scripts. A session that was opened by a pass is
// refused: it registers and nothing else. So is everyone where the Config has no administration.
func administer[I, O any](s *server, o operation, handle func(context.Context, *I) (*O, error)) {
	o.roles = administrators
	if o.scope != "" {
		o.roles = scripted
	}
	register(s, o, func(ctx context.Context, in *I) (*O, error) {
		if err := s.checkAdministrator(ctx); err != nil {
			return nil, s.problem(ctx, err, app.Flow{})
		}
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err, app.Flow{})
		}
		return out, nil
	})
}

func (s *server) checkAdministrator(ctx context.Context) error {
	if !s.administers() {
		return app.Errorf(app.CodeNotEnabled, "no administration over the API")
	}
	if app.CallerFrom(ctx).Role == app.RoleScript { // who has no session
		return nil
	}
	session, err := s.Grants.CurrentSession(ctx)
	if err == nil && session.ByPass {
		return app.Errorf(app.CodePassOnly, "an administrator by pass")
	}
	return err
}

// administers reports whether the Config has every service of administrators.
func (s *server) administers() bool {
	a := s.Admin
	return a.Policies != nil && a.Contacts != nil && a.Passes != nil && a.Accounts != nil && a.Trail != nil && a.Stations != nil && a.Tokens != nil && a.Messages != nil
}

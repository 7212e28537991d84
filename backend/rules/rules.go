// Package rules answers what the policy in force means for one person: whether they may be helped, with which methods,
// what is missing, what a password must keep to, who would be stranded. It is pure: policy, methods and credentials in,
// answers out.
package rules

import (
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// Methods gives the method of a kind; nil where there is none.
type Methods func(kind app.Kind) app.Method

// Rules are the rules for one subject.
type Rules struct {
	policy  *policy.Policy
	methods Methods
	subject Subject
}

// For gives the rules of a policy for a subject. The zero Subject stands for a person of whom nothing is known, who is no
// administrator.
func For(p *policy.Policy, methods Methods, s Subject) Rules {
	return Rules{policy: p, methods: methods, subject: s}
}

// Subject is the person whom rules are for, as the directory described them when a flow met them.
type Subject struct {
	Person        app.Person
	Mail          string   // work mailbox
	Names         []string // given and family names
	Admin         bool
	HadNoPassword bool // there was never a password
	Cannot        port.Cannot
	Directory     port.PasswordRules
}

// SubjectOf keeps what rules need of an account; what the directory wants of its password, Keeping adds.
func SubjectOf(a port.DirectoryAccount) Subject {
	return Subject{
		Person:        app.Person{Account: a.ID, UserID: a.UserID, Name: a.Name},
		Mail:          a.Mail,
		Names:         a.Names,
		Admin:         a.Admin,
		HadNoPassword: !a.HasPassword,
		Cannot:        a.Cannot,
	}
}

// Keeping is the subject with the rules that the directory has for its password.
func (s Subject) Keeping(directory port.PasswordRules) Subject {
	s.Directory = directory
	return s
}

// Refusal reports why an account may not be helped here at all; empty when it may. The first reason that holds is told:
//
//	password managed elsewhere  → password_not_managed   whatever else is set, only the help desk can help
//	disabled by administrators  → account_disabled       self-service never lifts that
//	the account's time is over  → account_expired        nor that
//	protected                   → account_protected      its password is the administrators' alone
//	off for the organisation    → not_enabled
//	off for this person         → not_enabled
//
// What else a reset needs (no lock, enough methods, the administrators' rule) the flow judges.
func Refusal(p *policy.Policy, account port.DirectoryAccount) app.Code {
	switch {
	case account.Elsewhere:
		return app.CodeNotManaged
	case account.Disabled:
		return app.CodeDisabled
	case account.Expired:
		return app.CodeAccountExpired
	case account.Protected:
		return app.CodeProtected
	case !enabled(p, account):
		return app.CodeNotEnabled
	}
	return ""
}

func enabled(p *policy.Policy, account port.DirectoryAccount) bool {
	switch p.Feature.Reset {
	case policy.ForAll:
		return true
	case policy.ForGroups:
		return slices.ContainsFunc(account.Groups, func(group string) bool {
			return slices.ContainsFunc(p.Feature.Groups, func(named string) bool { return strings.EqualFold(named, group) })
		})
	}
	return false
}

// Off reports whether the reset is off for everyone.
func Off(p *policy.Policy) bool {
	return p.Feature.Reset != policy.ForAll && p.Feature.Reset != policy.ForGroups
}

// Gates is how many gates the subject passes to reset: an administrator always two.
func (r Rules) Gates() int {
	if r.subject.Admin {
		return 2
	}
	return r.policy.Methods.Gates
}

// Needed is how many methods the subject registers: never fewer than the gates.
func (r Rules) Needed() int { return max(r.policy.Methods.Register, r.Gates()) }

// Offered are the kinds that the policy allows, strongest first; to administrators security questions never.
func (r Rules) Offered() []app.Kind {
	var offered []app.Kind
	for _, kind := range app.Kinds() {
		if slices.Contains(r.policy.Methods.Allowed, kind) && !(r.subject.Admin && kind == app.KindQuestions) {
			offered = append(offered, kind)
		}
	}
	return offered
}

// Offers reports whether the policy allows a kind to the subject.
func (r Rules) Offers(kind app.Kind) bool { return slices.Contains(r.Offered(), kind) }

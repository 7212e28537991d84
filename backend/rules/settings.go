package rules

import (
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
)

// MethodSettings are the policy's figures for the methods.
func MethodSettings(p *policy.Policy) app.MethodSettings {
	own := make([]string, len(p.Organisation.Domains))
	for i, domain := range p.Organisation.Domains {
		own[i] = strings.ToLower(domain)
	}
	questions := make([]map[string]string, len(p.Questions.Own))
	for i, words := range p.Questions.Own {
		questions[i] = words
	}
	return app.MethodSettings{
		Organisation: p.Organisation.Name,
		CodeLife:     p.Codes.Lifetime,
		ResendAfter:  p.Codes.ResendAfter,
		CallConfirms: p.Calls.Confirm == policy.TwoDigits,
		ConfirmFirst: p.Codes.ConfirmDestination,
		OwnDomains:   own,
		Countries:    p.Calls.Countries,
		Questions: app.QuestionSettings{
			Own:      questions,
			Register: p.Questions.Register,
			Ask:      p.Questions.Ask,
		},
		Key: app.KeySettings{
			RPID:          p.SecurityKey.RPID,
			Origin:        p.SecurityKey.Origin,
			Algorithms:    p.SecurityKey.COSE(),
			Verification:  p.SecurityKey.Verification,
			Attestation:   p.SecurityKey.Attestation,
			Allow:         p.SecurityKey.Allow,
			Deny:          p.SecurityKey.Deny,
			RefuseBackups: !p.SecurityKey.BackupEligible,
		},
	}
}

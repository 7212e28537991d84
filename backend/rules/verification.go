package rules

import (
	"slices"

	"github.com/sparekey/sparekey/app"
)

// Verifying are the verification methods among credentials: the default one first, then strongest first. The default is
// what the person has chosen, or else the strongest.
func (r Rules) Verifying(creds Credentials) []app.Kind {
	kinds := r.verification(creds)
	for _, c := range creds {
		if at := slices.Index(kinds, c.Kind); c.Default && at > 0 {
			return slices.Insert(slices.Delete(kinds, at, at+1), 0, c.Kind)
		}
	}
	return kinds
}

// Strongest is the strongest verification method among credentials; none where there is none.
func (r Rules) Strongest(creds Credentials) []app.Kind {
	kinds := r.verification(creds)
	return kinds[:min(len(kinds), 1)]
}

func (r Rules) verification(creds Credentials) []app.Kind {
	return slices.DeleteFunc(r.Kinds(creds), func(k app.Kind) bool { return !k.Verifies() })
}

// Default is the credential that is the default; empty where there is no verification method.
func (r Rules) Default(creds Credentials) app.CredentialID {
	kinds := r.Verifying(creds)
	if len(kinds) == 0 {
		return ""
	}
	var found app.CredentialID
	for _, c := range creds {
		if c.Kind == kinds[0] && (c.Default || found == "") {
			found = c.ID
		}
	}
	return found
}

// Stronger reports whether kind is stronger than a kind that was proven; any is stronger than none.
func Stronger(kind, proven app.Kind) bool {
	return proven == "" || slices.Index(app.Kinds(), kind) < slices.Index(app.Kinds(), proven)
}

package ldap

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/backend/port"
)

// adForbidden lists what a password may not contain where a domain wants it complex: the name to sign in by, and what stands
// between separators in the display name, from 3 characters (MS-SAMR, 3.1.1.7.2). Samba doesn't hold to it.
func adForbidden(e *ldap.Entry) []string {
	tokens := strings.FieldsFunc(e.GetAttributeValue("displayName"), func(r rune) bool { return strings.ContainsRune(",.-_ #\t", r) })
	return few(append(tokens, e.GetAttributeValue("sAMAccountName")), 3)
}

// stretches gives what stands anywhere in texts, of so many characters each.
func stretches(texts []string, length int) []string {
	var all []string
	for _, text := range texts {
		characters := []rune(strings.ToLower(text))
		for i := 0; length > 0 && i+length <= len(characters); i++ {
			all = append(all, string(characters[i:i+length]))
		}
	}
	return all
}

// few keeps what is long enough, each once, and no more than there may be.
func few(terms []string, shortest int) []string {
	var kept []string
	for _, term := range terms {
		if utf8.RuneCountInString(term) >= shortest && !slices.Contains(kept, term) && len(kept) < port.MaxForbidden {
			kept = append(kept, term)
		}
	}
	return kept
}

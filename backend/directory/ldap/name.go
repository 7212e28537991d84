package ldap

import (
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app/typed"
)

// name is what somebody typed for a user ID, folded.
type name struct {
	typed string // as it stands
	short string // without the domain; empty where it names another one
	whole string // with the domain
	// forms are what a server is asked for: the above, and the same as it was written, since no server folds as far.
	written string
	forms   []string
}

// readName reads a typed user ID: ana, ana@DOMAIN, PREFIX\ana, or another address.
func readName(text, domain, prefix string) name {
	n := foldName(text, domain, prefix)
	n.written = text
	short := text
	switch at := strings.LastIndex(text, "@"); {
	case n.short == "":
	case strings.Contains(text, `\`):
		_, short, _ = strings.Cut(text, `\`)
	case at >= 0:
		short = text[:at]
	}
	n.forms = []string{n.short, n.whole, n.typed, short, text}
	if n.short != "" && domain != "" {
		n.forms = append(n.forms, short+"@"+domain)
	}
	slices.Sort(n.forms)
	n.forms = slices.DeleteFunc(slices.Compact(n.forms), func(form string) bool { return form == "" })
	return n
}

func foldName(text, domain, prefix string) name {
	n := name{typed: typed.Fold(text)}
	domain, prefix = typed.Fold(domain), typed.Fold(prefix)
	before, short, behind := strings.Cut(n.typed, `\`)
	switch {
	case behind && prefix != "" && before == prefix:
		n.short = short
	case behind:
		n.whole = n.typed
		return n
	case domain != "" && strings.HasSuffix(n.typed, "@"+domain):
		n.short = strings.TrimSuffix(n.typed, "@"+domain)
	case !strings.Contains(n.typed, "@"):
		n.short = n.typed
	}
	n.whole = n.typed
	if n.short != "" && domain != "" {
		n.whole = n.short + "@" + domain
	} else if n.short != "" {
		n.whole = n.short
	}
	return n
}

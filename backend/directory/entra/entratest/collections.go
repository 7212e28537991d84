package entratest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// selected gives what a request selects of an object; without that, what Graph gives of itself.
func selected(r *http.Request, o Object, kind string) Object {
	names := strings.Split(r.URL.Query().Get("$select"), ",")
	if names[0] == "" {
		names = []string{"id", "displayName", "givenName", "surname", "mail", "userPrincipalName"}
	}
	out := Object{}
	for _, n := range names {
		out[n] = o[n]
	}
	if kind != "" {
		out["@odata.type"] = kind
	}
	return out
}

// collection answers with one page of all, and where the next one is.
func (s *Server) collection(w http.ResponseWriter, r *http.Request, all []Object) {
	from, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken"))
	to := min(from+s.Page, len(all))
	body := Object{"value": append([]Object{}, all[min(from, to):to]...)}
	if to < len(all) {
		q := r.URL.Query()
		q.Set("$skiptoken", strconv.Itoa(to))
		body["@odata.nextLink"] = "https://" + graphHost + r.URL.Path + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
	}
	Reply(w, http.StatusOK, body)
}

// parseFilter reads "property eq 'text' or …".
func parseFilter(text string, properties ...string) (func(Object) bool, bool) {
	type term struct{ property, value string }
	var terms []term
	for text != "" {
		property, rest, is := strings.Cut(text, " eq '")
		if !is || !slices.Contains(properties, property) {
			return nil, false
		}
		var value strings.Builder
		for {
			part, after, closed := strings.Cut(rest, "'")
			if !closed {
				return nil, false
			}
			value.WriteString(part)
			if rest = after; !strings.HasPrefix(rest, "'") {
				break
			}
			value.WriteString("'")
			rest = rest[1:]
		}
		terms = append(terms, term{property, value.String()})
		if text = strings.TrimPrefix(rest, " or "); text == rest && rest != "" {
			return nil, false
		}
	}
	return func(o Object) bool {
		return slices.ContainsFunc(terms, func(t term) bool {
			have, _ := o[t.property].(string)
			return strings.EqualFold(have, t.value)
		})
	}, len(terms) > 0
}

func (s *Server) listDomains(w http.ResponseWriter, r *http.Request) { s.collection(w, r, s.Domains) }

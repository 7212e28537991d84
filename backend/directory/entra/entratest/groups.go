package entratest

import (
	"net/http"
	"slices"
)

// Group makes a group where there is none yet, and gives its ID. Mu is held.
func (s *Server) Group(name string) string {
	id := GUID("group " + name)
	if s.Groups[id] == nil {
		s.Groups[id] = Object{"@odata.type": "#microsoft.graph.group", "id": id, "displayName": name, "isAssignableToRole": nil}
	}
	return id
}

// Join puts a member into a group or a role. Mu is held.
func (s *Server) Join(group, member string) {
	if !slices.Contains(s.Members[group], member) {
		s.Members[group] = append(s.Members[group], member)
	}
}

func (s *Server) memberOf(w http.ResponseWriter, r *http.Request) {
	if s.Users[r.PathValue("id")] == nil {
		notThere(w, r)
		return
	}
	var all []Object
	seen := map[string]bool{}
	for next := []string{r.PathValue("id")}; len(next) > 0; next = next[1:] {
		for _, id := range sortedKeys(s.Members) {
			if slices.Contains(s.Members[id], next[0]) && !seen[id] {
				seen[id] = true
				next = append(next, id)
				all = append(all, selected(r, s.shown(id), s.Groups[id]["@odata.type"].(string)))
			}
		}
	}
	s.collection(w, r, all)
}

// shown is what the app may see of a group or role: without a permission for it, what it is and its ID.
func (s *Server) shown(id string) Object {
	if s.Lacks["GroupMember.Read.All"] {
		return Object{"id": id}
	}
	return s.Groups[id]
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (s *Server) listGroups(w http.ResponseWriter, r *http.Request) {
	where, ok := parseFilter(r.URL.Query().Get("$filter"), "displayName")
	if !ok {
		Fail(w, http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified.")
		return
	}
	var found []Object
	for _, id := range sortedKeys(s.Groups) {
		if where(s.Groups[id]) {
			found = append(found, selected(r, s.Groups[id], ""))
		}
	}
	s.collection(w, r, found)
}

func (s *Server) transitiveMembers(w http.ResponseWriter, r *http.Request) {
	if s.Groups[r.PathValue("id")] == nil {
		notThere(w, r)
		return
	}
	var all []Object
	seen := map[string]bool{}
	for next := []string{r.PathValue("id")}; len(next) > 0; next = next[1:] {
		for _, id := range s.Members[next[0]] {
			if seen[id] {
				continue
			}
			seen[id] = true
			if s.Users[id] != nil {
				all = append(all, selected(r, s.Users[id], "#microsoft.graph.user"))
				continue
			}
			next = append(next, id)
			all = append(all, selected(r, s.Groups[id], s.Groups[id]["@odata.type"].(string)))
		}
	}
	s.collection(w, r, all)
}

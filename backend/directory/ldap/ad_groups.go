package ldap

import (
	"context"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// groups lists the groups of a person by tokenGroups, which has nested ones and the primary group, and which a controller gives
// for one entry at a time (MS-ADTS, 3.1.1.4.5.19).
func (a *activeDirectory) groups(ctx context.Context, l *link, e *ldap.Entry) ([]group, error) {
	own, err := l.entry(ctx, e.DN, "tokenGroups")
	if err != nil || own == nil {
		return nil, err
	}
	var all []group
	var unknown []string
	for _, raw := range own.GetRawAttributeValues("tokenGroups") {
		id := sid(raw)
		if g, known := a.cache.peek("sid|" + id); known {
			all = append(all, g.([]group)...)
			continue
		}
		unknown = append(unknown, id)
	}
	found, err := a.namesOf(ctx, l, unknown)
	return append(all, found...), err
}

// namesOf looks groups up by their SIDs. What is no group of this domain, such as a built-in one, has none.
func (a *activeDirectory) namesOf(ctx context.Context, l *link, sids []string) ([]group, error) {
	const together = 100 // in one filter
	var all []group
	for len(sids) > 0 {
		now := sids[:min(together, len(sids))]
		sids = sids[len(now):]
		found, err := l.search(ctx, query{
			base: l.root.base, scope: ldap.ScopeWholeSubtree, filter: "(&(objectClass=group)(|(objectSid=" + strings.Join(now, ")(objectSid=") + ")))",
			attributes: []string{"objectSid", "cn", "sAMAccountName"},
		})
		if err != nil {
			return nil, err
		}
		named := map[string][]group{}
		for _, e := range found {
			g := group{dn: e.DN, names: valuesOf(e, "cn", "sAMAccountName"), sole: e.GetAttributeValue("sAMAccountName")}
			named[sid(e.GetRawAttributeValue("objectSid"))] = []group{g}
			all = append(all, g)
		}
		for _, id := range now {
			a.cache.keep("sid|"+id, named[id])
		}
	}
	return all, nil
}

// members lists the people in a group, nested ones included, by the matching rule that follows links (MS-ADTS, 3.1.1.3.4.4.3).
func (a *activeDirectory) members(ctx context.Context, l *link, groupDN string) ([]*ldap.Entry, error) {
	return l.search(ctx, query{
		base: a.base(l), scope: ldap.ScopeWholeSubtree,
		filter:     "(&" + a.people() + "(memberOf:1.2.840.113556.1.4.1941:=" + ldap.EscapeFilter(groupDN) + "))",
		attributes: a.attributes(),
	})
}

// sid writes a security identifier as people do (MS-DTYP, 2.4.2); empty where it is none.
func sid(b []byte) string {
	if len(b) < 8 || len(b) != 8+4*int(b[1]) {
		return ""
	}
	var authority uint64
	for _, part := range b[2:8] {
		authority = authority<<8 | uint64(part)
	}
	text := "S-" + strconv.Itoa(int(b[0])) + "-" + strconv.FormatUint(authority, 10)
	for rest := b[8:]; len(rest) >= 4; rest = rest[4:] {
		text += "-" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(rest)), 10)
	}
	return text
}

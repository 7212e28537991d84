package ldap

import (
	"context"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// groups lists the groups of a person, and those that these are in. A circle is walked once. Which groups a group is in is the
// same for everybody, and asked once in a while.
func (d *Directory) groupsByMember(ctx context.Context, l *link, e *ldap.Entry) ([]group, error) {
	level, err := d.groupsWith(ctx, l, map[string]string{"member": e.DN, "uniqueMember": e.DN, "memberUid": e.GetAttributeValue("uid")})
	var all []group
	seen := map[string]bool{}
	for err == nil && len(level) > 0 && len(all) < maxGroups {
		var next []group
		for _, g := range level {
			if seen[g.dn] {
				continue
			}
			seen[g.dn] = true
			all = append(all, g)
			var above []group
			if above, err = d.groupsAbove(ctx, l, g.dn); err != nil {
				return nil, err
			}
			next = append(next, above...)
		}
		level = next
	}
	return all, err
}

// maxGroups bounds the groups of one person.
const maxGroups = 10_000

func (d *Directory) groupsAbove(ctx context.Context, l *link, dn string) ([]group, error) {
	return cachedOr(&d.cache, "above|"+dn, func() ([]group, error) {
		return d.groupsWith(ctx, l, map[string]string{"member": dn, "uniqueMember": dn})
	})
}

// groupsWith lists the groups that have one of the values. What no group here has is left out: a server without an index for one
// of the attributes would look at every group.
func (d *Directory) groupsWith(ctx context.Context, l *link, values map[string]string) ([]group, error) {
	var filter string
	for _, attribute := range []string{"member", "uniqueMember", "memberUid"} {
		if values[attribute] == "" {
			continue
		}
		used, err := cachedOr(&d.cache, "used|"+attribute, func() (bool, error) {
			found, err := l.search(ctx, query{base: d.groupBase(l), scope: ldap.ScopeWholeSubtree, filter: "(" + attribute + "=*)", attributes: []string{"1.1"}, limit: 1})
			if answered(err) { // it won't look through so many
				return true, nil
			}
			return len(found) > 0, err
		})
		if err != nil {
			return nil, err
		}
		if used {
			filter += "(" + attribute + "=" + ldap.EscapeFilter(values[attribute]) + ")"
		}
	}
	if filter == "" {
		return nil, nil
	}
	found, err := l.search(ctx, query{base: d.groupBase(l), scope: ldap.ScopeWholeSubtree, filter: "(|" + filter + ")", attributes: []string{"cn"}})
	var all []group
	for _, e := range found {
		all = append(all, group{dn: e.DN, names: e.GetAttributeValues("cn")})
	}
	return all, err
}

// membersByWalk lists the people in a group and in the groups in it.
func (d *Directory) membersByWalk(ctx context.Context, l *link, groupDN string) ([]*ldap.Entry, error) {
	var people []*ldap.Entry
	seen := map[string]bool{}
	left := []string{groupDN}
	for len(left) > 0 && len(seen) < maxGroups {
		dn := left[0]
		left = left[1:]
		if seen[strings.ToLower(dn)] {
			continue
		}
		seen[strings.ToLower(dn)] = true
		e, err := l.entry(ctx, dn, append(slices.Clone(d.dialect.attributes()), "objectClass", "member", "uniqueMember", "memberUid")...)
		if err != nil {
			return nil, err
		}
		if e == nil {
			continue
		}
		left = append(left, e.GetEqualFoldAttributeValues("member")...)
		left = append(left, e.GetEqualFoldAttributeValues("uniqueMember")...)
		for _, uid := range e.GetEqualFoldAttributeValues("memberUid") {
			found, err := l.search(ctx, query{
				base: d.base(l), scope: ldap.ScopeWholeSubtree, filter: "(&" + d.dialect.people() + "(uid=" + ldap.EscapeFilter(uid) + "))", limit: 2,
				attributes: d.dialect.attributes(),
			})
			if err != nil {
				return nil, err
			}
			people = append(people, found...)
		}
		if d.isPerson(e) {
			people = append(people, e)
		}
	}
	return people, nil
}

// isPerson reports whether an entry has one of the object classes of people's accounts.
func (d *Directory) isPerson(e *ldap.Entry) bool {
	filter := strings.ToLower(d.dialect.people())
	return slices.ContainsFunc(e.GetEqualFoldAttributeValues("objectClass"), func(class string) bool {
		return strings.Contains(filter, "(objectclass="+strings.ToLower(class)+")")
	})
}

func (o *openLDAP) groups(ctx context.Context, l *link, e *ldap.Entry) ([]group, error) {
	return o.groupsByMember(ctx, l, e)
}

func (o *openLDAP) members(ctx context.Context, l *link, groupDN string) ([]*ldap.Entry, error) {
	return o.membersByWalk(ctx, l, groupDN)
}

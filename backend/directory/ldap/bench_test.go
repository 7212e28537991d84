package ldap_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
)

// crowd is LDIF of an organisation with so many people, each of whom is in one of 500 teams, which are in 20 departments.
func crowd(people int) string {
	const teams, departments = 500, 20
	var b strings.Builder
	entry := func(dn string, lines ...string) {
		b.WriteString("dn: " + dn + "\n" + strings.Join(lines, "\n") + "\n\n")
	}
	entry("dc=harbour,dc=example", "objectClass: dcObject", "objectClass: organization", "o: Harbour")
	for _, ou := range []string{"people", "groups", "policies", "services"} {
		entry("ou="+ou+",dc=harbour,dc=example", "objectClass: organizationalUnit")
	}
	entry("cn=svc-sparekey,ou=services,dc=harbour,dc=example", "objectClass: organizationalRole", "objectClass: simpleSecurityObject", "userPassword: "+servicePassword)
	entry("cn=default,ou=policies,dc=harbour,dc=example", "objectClass: device", "objectClass: pwdPolicy", "pwdAttribute: userPassword",
		"pwdCheckQuality: 2", "pwdMinLength: 8", "pwdInHistory: 3", "pwdLockout: TRUE", "pwdMaxFailure: 3", "pwdLockoutDuration: 1800", "pwdFailureCountInterval: 1800")
	for i := range people {
		uid := "p" + strconv.Itoa(i)
		entry("uid="+uid+","+treePeople, "objectClass: inetOrgPerson", "uid: "+uid, "cn: Person "+strconv.Itoa(i), "sn: Person", "mail: "+uid+"@harbour.example",
			"userPassword: "+firstPassword, "pwdChangedTime: 20260101000000Z")
	}
	for g := range teams {
		var members []string
		for i := g; i < people; i += teams {
			members = append(members, fmt.Sprintf("member: uid=p%d,%s", i, treePeople))
		}
		entry(fmt.Sprintf("cn=team %d,%s", g, treeGroups), append(members, "objectClass: groupOfNames")...)
	}
	for g := range departments {
		var members []string
		for i := g; i < teams; i += departments {
			members = append(members, fmt.Sprintf("member: cn=team %d,%s", i, treeGroups))
		}
		entry(fmt.Sprintf("cn=department %d,%s", g, treeGroups), append(members, "objectClass: groupOfNames")...)
	}
	return b.String()
}

// bench is slapd with a crowd, a directory on it, and what a bare client does.
type bench struct {
	*tree
	people    int
	directory *ldap.Directory
	messages  *counting // of the directory
	bare      *goldap.Conn
}

func newBench(b *testing.B) *bench {
	b.Helper()
	people := longer("SPAREKEY_PEOPLE", 0)
	if people < 5000 {
		b.Skip("SPAREKEY_PEOPLE says how many people there are, from 5,000")
	}
	server := ldaptest.Slapd(b, ldaptest.Policy+guide(b, "openldap", "slapd"), crowd(people))
	s := &bench{tree: &tree{Server: server, t: b, words: treeWords{
		kind: ldap.OpenLDAP, user: "cn=svc-sparekey,ou=services,dc=harbour,dc=example", policy: "cn=default,ou=policies,dc=harbour,dc=example",
	}}, people: people, messages: &counting{}}
	config := s.config()
	config.PasswordPolicy = s.words.policy
	config.Network.Dial = countedDial(s.Dial, s.messages)
	s.directory = open(b, config)
	s.bare = s.Bind(b, s.words.user, servicePassword)
	return s
}

// search is one bare search.
func (s *bench) search(b *testing.B, base string, scope int, filter string, attributes ...string) *goldap.SearchResult {
	found, err := s.bare.Search(goldap.NewSearchRequest(base, scope, goldap.NeverDerefAliases, 0, 0, false, filter, attributes, nil))
	if err != nil || len(found.Entries) == 0 {
		b.Fatalf("%s: %v", filter, err)
	}
	return found
}

// median is of times.
func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// versus runs ours and the bare way in turns, and reports medians and their ratio.
func versus(b *testing.B, goal float64, ours, bare func(n int)) {
	var of, than []time.Duration
	ours(0)
	bare(1)
	n := 2
	for b.Loop() {
		for i, run := range []func(int){ours, bare} {
			start := time.Now()
			run(n)
			if took := time.Since(start); i == 0 {
				of = append(of, took)
			} else {
				than = append(than, took)
			}
			n++
		}
	}
	ratio := float64(median(of)) / float64(median(than))
	b.ReportMetric(float64(median(of).Microseconds()), "µs")
	b.ReportMetric(float64(median(than).Microseconds()), "µs-bare")
	b.ReportMetric(ratio, "times")
	b.ReportMetric(goal, "goal")
}

// BenchmarkDirectory holds Sparekey's work on a directory with a crowd in it against the bare calls that it needs.
func BenchmarkDirectory(b *testing.B) {
	s := newBench(b)
	b.Run("find", func(b *testing.B) { s.find(b) })
	b.Run("reset", func(b *testing.B) { s.reset(b) })
}

// find is a person with state, groups and rules: bare, a search for the person and one for their groups. The policy and what
// groups are in groups are the same for everybody, and asked once a minute.
func (s *bench) find(b *testing.B) {
	attributes := []string{
		"entryUUID", "cn", "displayName", "givenName", "sn", "uid", "mail", "pwdChangedTime", "pwdAccountLockedTime", "pwdFailureTime", "pwdReset", "pwdPolicySubentry", "pwdEndTime",
	}
	for g := range 500 { // what is asked once a minute is known
		if _, err := s.directory.Find(b.Context(), "p"+strconv.Itoa(g)); err != nil {
			b.Fatal(err)
		}
	}
	before, asked := s.messages.get(), 0
	ours := func(n int) {
		asked++
		a, err := s.directory.Find(b.Context(), "p"+strconv.Itoa(n*37%s.people))
		if err != nil || len(a.Groups) != 4 || a.Threshold != 3 {
			b.Fatalf("%+v, %v", a, err)
		}
	}
	bare := func(n int) {
		e := s.search(b, treePeople, goldap.ScopeWholeSubtree, "(&(objectClass=inetOrgPerson)(uid=p"+strconv.Itoa(n*37%s.people)+"))", attributes...)
		s.search(b, treeGroups, goldap.ScopeWholeSubtree, "(member="+goldap.EscapeFilter(e.Entries[0].DN)+")", "cn")
	}
	versus(b, 1.3, ours, bare)
	b.ReportMetric(float64(s.messages.get()-before)/float64(asked), "round-trips")
}

// reset is a reset with its proof: bare, a look at the person, the write, and a bind on a connection of its own.
func (s *bench) reset(b *testing.B) {
	var ids []app.AccountID
	for n := range 2000 {
		e := s.search(b, "uid=p"+strconv.Itoa(n)+","+treePeople, goldap.ScopeBaseObject, "(objectClass=*)", "entryUUID")
		ids = append(ids, app.AccountID(e.Entries[0].GetAttributeValue("entryUUID")))
	}
	password := func(n int) string { return "Lantern-tide " + strconv.Itoa(n) }
	ours := func(n int) {
		if err := s.directory.SetPassword(b.Context(), ids[n%len(ids)], app.NewSecret(password(n))); err != nil {
			b.Fatal(err)
		}
	}
	bare := func(n int) {
		dn := "uid=p" + strconv.Itoa(n%len(ids)) + "," + treePeople
		service := s.Bind(b, s.words.user, servicePassword)
		if _, err := service.PasswordModify(goldap.NewPasswordModifyRequest(dn, "", password(n))); err != nil {
			b.Fatal(err)
		}
		_ = service.Close()
		if err := s.Binds(b, dn, password(n)); err != nil {
			b.Fatal(err)
		}
	}
	versus(b, 1.2, ours, bare)
}

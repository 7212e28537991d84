package ldap_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// wordsOfADomain: Windows refuses a part of one's names in a password, and Samba 4.17 doesn't: it is told all the same.
func (d *domain) wordsOfADomain(t *testing.T, dir *ldap.Directory) {
	dn := d.person(port.DirectoryAccount{UserID: "jvberg@harbour.example", Name: "Jo van-Berg, Harbour_Pilots #7 ok"}, firstPassword)
	rules, err := dir.Rules(t.Context(), d.id(dn))
	if want := []string{"van", "Berg", "Harbour", "Pilots", "jvberg"}; err != nil || !slices.Equal(rules.Forbidden, want) {
		t.Errorf("%q, want %q, %v", rules.Forbidden, want, err)
	}
	if err := dir.SetPassword(t.Context(), d.id(dn), app.NewSecret("Q7-jvberg-Pilots")); err != nil {
		t.Errorf("this server holds to it: %v", err)
	}
	d.SambaTool(t, "domain", "passwordsettings", "pso", "apply", olderPolicy, "jvberg") // which wants nothing complex
	defer d.SambaTool(t, "domain", "passwordsettings", "pso", "unapply", olderPolicy, "jvberg")
	if rules, err := dir.Rules(t.Context(), d.id(dn)); err != nil || len(rules.Forbidden) != 0 {
		t.Errorf("where nothing is complex: %q, %v", rules.Forbidden, err)
	}
}

// stretchesOf389: no stretch of three characters of what a person is called may be in a password, wherever it stands.
func (s *tree) stretchesOf389(t *testing.T, config ldap.Config, dir *ldap.Directory) {
	dn := "uid=jbrown," + treePeople
	s.add(dn, map[string][]string{
		"objectClass": {"inetOrgPerson"}, "uid": {"jbrown"}, "cn": {"Jo Brown", "pelikan"}, "sn": {"aébcd"}, "givenName": {"Jo"}, "ou": {"Dock"},
		"displayName": {"Wolfgang"}, "mail": {"x.y@q.example"},
	})
	id := s.id(dn)
	forbidden := func() []string {
		t.Helper()
		rules, err := dir.Rules(t.Context(), id)
		if err != nil || len(rules.Forbidden) > port.MaxForbidden {
			t.Fatalf("%+v, %v", rules, err)
		}
		return rules.Forbidden
	}
	taken := func(part string) bool {
		t.Helper()
		err := dir.SetPassword(t.Context(), id, app.NewSecret("Q7-"+part+"-7KQ-"+strings.Repeat("9", s.serial%7)))
		s.serial++
		var refusal *port.Refusal
		if err != nil && (!errors.As(err, &refusal) || refusal.Rule != "complexity") {
			t.Fatalf("%s: %v", part, err)
		}
		return err == nil
	}
	for _, term := range forbidden() {
		if taken(term) || taken(strings.ToUpper(term)) != (strings.ToUpper(term) != term && strings.Contains(term, "é")) {
			t.Errorf("%q is told as forbidden, and taken", term)
		}
	}
	for _, part := range []string{"jo", "aé", "éb", "wolfgang"} {
		if slices.ContainsFunc(forbidden(), func(term string) bool { return strings.Contains(part, term) }) || !taken(part) {
			t.Errorf("%q is forbidden, or not taken", part)
		}
	}
	none := map[string][]string{"passwordBadWords": nil, "passwordUserAttributes": nil, "passwordMinTokenLength": {"3"}}
	defer s.set(s.words.policy, none)
	s.set(s.words.policy, map[string][]string{"passwordBadWords": {"rudder,Tiller"}, "passwordUserAttributes": {"displayName title"}, "passwordMinTokenLength": {"5"}})
	config.Clock.(*clock).ahead.Add(int64(2 * time.Minute))
	for _, part := range []string{"rudder", "tiller", "brown", "elika", "fgang"} {
		if !slices.ContainsFunc(forbidden(), func(term string) bool { return strings.EqualFold(part, term) }) || taken(part) {
			t.Errorf("%q is not among %q, or is taken", part, forbidden())
		}
	}
	if slices.Contains(forbidden(), "bro") || !taken("bro") {
		t.Error("a shorter stretch than the policy's is forbidden")
	}
	s.set("cn=config", map[string][]string{"passwordCheckSyntax": {"off"}})
	defer s.set("cn=config", map[string][]string{"passwordCheckSyntax": {"on"}})
	config.Clock.(*clock).ahead.Add(int64(2 * time.Minute))
	if all := forbidden(); len(all) != 0 || !taken("jbrown") {
		t.Errorf("where syntax isn't looked at: %q", all)
	}
	long := goldap.NewModifyRequest(dn, nil)
	long.Replace("mail", []string{strings.Repeat("abcdefghijklmnopqrstuvwxyz0123456789", 4) + "@q.example"})
	if err := s.admin.Modify(long); err != nil {
		t.Fatal(err)
	}
	s.set("cn=config", map[string][]string{"passwordCheckSyntax": {"on"}, "passwordMinTokenLength": {"3"}})
	config.Clock.(*clock).ahead.Add(int64(2 * time.Minute))
	if n := len(forbidden()); n != port.MaxForbidden {
		t.Errorf("%d stretches of a long name", n)
	}
}

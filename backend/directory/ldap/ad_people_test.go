package ldap_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// people are the tests of names, groups and passwords that are out of the ordinary.
func (d *domain) people(t *testing.T) {
	d.run(t, "odd names", d.oddNames)
	d.run(t, "renamed and moved", d.renamedAndMoved)
	d.run(t, "names that look alike", d.namesThatLookAlike)
	d.run(t, "groups ten deep and in a circle", d.deepGroups)
	d.run(t, "a large group", d.largeGroup)
	d.run(t, "idle", func(t *testing.T, _ *ldap.Directory) { idle(t, d.config(), d.id(d.person(anaWithMail, firstPassword))) })
	d.run(t, "what a look at a person takes", func(t *testing.T, _ *ldap.Directory) {
		d.person(port.DirectoryAccount{UserID: "ana@harbour.example", Groups: []string{"crew"}}, firstPassword)
		fewTrips(t, d.config(), func(a port.DirectoryAccount) bool { return slices.Contains(a.Groups, "crew") })
	})
	d.run(t, "odd passwords", d.oddPasswords)
}

// oddCNs are names as people, and importers, write them.
var oddCNs = []string{
	"Lind, Anna", "Anna + Bert", `Anna "Ann" Lind`, `back\slash`, " leading", "trailing ", "#1 Anna", "a=b", "semi;colon", "an<gl>es", "Müller, Jürgen",
	"李小龍", "two  spaces", "(*)", "slash/ed", strings.Repeat("x", 64),
}

const oddGroup = `Crew, "deck" + more\ #1;a=b`

// escaped writes a value for a DN so that no server mistakes it (RFC 4514, 2.4).
func escaped(value string) string {
	var b strings.Builder
	for _, c := range []byte(value) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, `\%02X`, c)
	}
	return b.String()
}

// oddNames goes through what a person needs, whatever they are called.
func (d *domain) oddNames(t *testing.T, dir *ldap.Directory) {
	crew := "CN=" + escaped(oddGroup) + "," + groupsOU
	d.add(crew, map[string][]string{"objectClass": {"group"}})
	for i, cn := range oddCNs {
		sam := fmt.Sprintf("odd%d", i)
		dn := "CN=" + escaped(cn) + "," + peopleOU
		d.add(dn, map[string][]string{
			"objectClass": {"user"}, "sAMAccountName": {sam}, "userPrincipalName": {sam + "@harbour.example"}, "displayName": {cn},
			"userAccountControl": {"512"}, "unicodePwd": {quoted(firstPassword)},
		})
		d.member(crew, dn)
		d.member(d.group(administrators), dn)
		a, err := dir.Find(t.Context(), strings.ToUpper(sam))
		if err != nil || a.Name != cn || !slices.Contains(a.Groups, oddGroup) || !a.Admin {
			t.Errorf("%q is %+v, %v", cn, a, err)
			continue
		}
		if err := dir.SetPassword(t.Context(), a.ID, app.NewSecret(secondPassword)); err != nil {
			t.Errorf("%q: set: %v", cn, err)
		}
		if err := d.Binds(t, sam+"@harbour.example", secondPassword); err != nil {
			t.Errorf("%q: %v", cn, err)
		}
		if err := dir.Verify(t.Context(), a.ID, app.NewSecret(secondPassword)); err != nil {
			t.Errorf("%q: verify: %v", cn, err)
		}
		d.lock(t, sam+"@harbour.example")
		if err := dir.Unlock(t.Context(), a.ID); err != nil {
			t.Errorf("%q: unlock: %v", cn, err)
		}
		if err := dir.ChangePassword(t.Context(), a.ID, app.NewSecret(secondPassword), app.NewSecret("Quiet-tide 19 signal")); err != nil {
			t.Errorf("%q: change: %v", cn, err)
		}
	}
	for _, name := range []string{administrators, d.read(d.group(administrators), "cn").DN} {
		config := d.config()
		config.Administrators = []string{name}
		if all, err := open(t, config).Administrators(t.Context()); err != nil || len(all) != len(oddCNs) {
			t.Errorf("%s has %d administrators, %v", name, len(all), err)
		}
	}
	config := d.config()
	config.Administrators = []string{d.read(crew, "cn").DN}
	if all, err := open(t, config).Administrators(t.Context()); err != nil || len(all) != len(oddCNs) {
		t.Errorf("the group with an odd name has %d administrators, %v", len(all), err)
	}
}

// renamedAndMoved: an account is known by its GUID.
func (d *domain) renamedAndMoved(t *testing.T, dir *ldap.Directory) {
	dn := d.person(anaWithMail, firstPassword)
	before, err := dir.Find(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := "OU=Night watch," + peopleOU
	d.add(elsewhere, map[string][]string{"objectClass": {"organizationalUnit"}})
	move := goldap.NewModifyDNRequest(dn, "CN=Ana Santos", true, elsewhere)
	if err := d.admin.ModifyDN(move); err != nil {
		t.Fatal(err)
	}
	moved := "CN=Ana Santos," + elsewhere
	defer func() {
		for _, dn := range []string{moved, elsewhere} {
			if err := d.admin.Del(goldap.NewDelRequest(dn, nil)); err != nil {
				t.Error(err)
			}
		}
	}()
	d.set(moved, map[string][]string{"sAMAccountName": {"asantos"}, "userPrincipalName": {"asantos@harbour.example"}})
	if a, err := dir.Account(t.Context(), before.ID); err != nil || a.UserID != "asantos@harbour.example" || a.Stamp != before.Stamp {
		t.Errorf("%+v, %v", a, err)
	}
	if err := dir.SetPassword(t.Context(), before.ID, app.NewSecret(secondPassword)); err != nil {
		t.Error(err)
	}
	if err := d.Binds(t, moved, secondPassword); err != nil {
		t.Error(err)
	}
	if a, err := dir.Find(t.Context(), "ana"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("the name of before finds %+v, %v", a, err)
	}
}

// namesThatLookAlike: a sAMAccountName is one thing, what stands before the @ of somebody else's address another.
func (d *domain) namesThatLookAlike(t *testing.T, dir *ldap.Directory) {
	add := func(sam, upn, mail string) app.AccountID {
		dn := "CN=" + sam + "," + peopleOU
		d.add(dn, map[string][]string{"objectClass": {"user"}, "sAMAccountName": {sam}, "userPrincipalName": {upn}, "mail": {mail}, "userAccountControl": {"544"}})
		return d.id(dn)
	}
	kim := add("kim", "kim.lee@harbour.example", "klee@harbour.example")
	klee := add("klee", "kim.other@harbour.example", "kim@elsewhere.example")
	guest := add("guest1", "Kim@elsewhere.example", "guest@harbour.example")
	strasse := add("straße", "straße@harbour.example", "m3@harbour.example")
	muller, umlaut := add("muller", "muller@harbour.example", "m1@harbour.example"), add("müller", "müller@harbour.example", "m2@harbour.example")
	for name, want := range map[string]app.AccountID{
		"kim": kim, `HARBOUR\kim`: kim, "kim.lee@harbour.example": kim, "KIM@harbour.example": kim, "klee": klee, `harbour\KLEE`: klee,
		"klee@harbour.example":  klee, // the implicit name of one, and but the mailbox of another
		"kim@elsewhere.example": guest, "guest1@harbour.example": guest,
		"muller": muller, "MÜLLER": umlaut, "mu\u0308ller@harbour.example": umlaut,
		"straße": strasse, `HARBOUR\Straße`: strasse, "straße@HARBOUR.example": strasse,
	} {
		if a, err := dir.Find(t.Context(), name); err != nil || a.ID != want {
			t.Errorf("%s finds %s, %v, want %s", name, a.UserID, err, want)
		}
	}
	if a, err := dir.Find(t.Context(), `ELSEWHERE\kim`); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("a name of another domain finds %+v, %v", a, err)
	}
	if a, err := dir.Account(t.Context(), guest); err != nil || a.UserID != "Kim@elsewhere.example" {
		t.Errorf("%+v, %v", a, err)
	}
}

func (d *domain) deepGroups(t *testing.T, dir *ldap.Directory) {
	ana := d.person(port.DirectoryAccount{UserID: "ana@harbour.example", Groups: []string{"deep 1"}}, firstPassword)
	for i := 1; i < 10; i++ {
		d.member(d.group(fmt.Sprintf("deep %d", i+1)), d.group(fmt.Sprintf("deep %d", i)))
	}
	d.member(d.group(administrators), d.group("deep 10"))
	d.member(d.group("deep 1"), d.group("deep 10")) // which closes the circle
	a, err := dir.Account(t.Context(), d.id(ana))
	if err != nil || !a.Admin {
		t.Errorf("%+v, %v", a, err)
	}
	for i := range 10 {
		if name := fmt.Sprintf("deep %d", i+1); !slices.Contains(a.Groups, name) {
			t.Errorf("%s is not among %v", name, a.Groups)
		}
	}
	if !slices.Contains(a.Groups, "Domain Users") {
		t.Errorf("the primary group is not among %v", a.Groups)
	}
	if all, err := dir.Administrators(t.Context()); err != nil || len(all) != 1 || all[0].ID != a.ID {
		t.Errorf("administrators: %+v, %v", all, err)
	}
}

// oddPasswords are kept as they were typed, however long and in whatever script, and those that no keyboard types are never sent.
func (d *domain) oddPasswords(t *testing.T, dir *ldap.Directory) {
	dn := d.person(anaWithMail, firstPassword)
	id := d.id(dn)
	for name, password := range map[string]string{
		"256 characters": strings.Repeat("aB1-", 64), "256 of CJK": strings.Repeat("密", 253) + "aB1", "spaces at the ends": "  Lantern 41 tide  ",
		"a quote inside": `Lantern "41" tide`, "quotes around": `"Lantern 41 tide"`, "emoji": "🔑🔑🔑 aB1 tide", "a no-break space": "Lantern\u00a041 tide",
		"decomposed": "Lante\u0301rn 41 tide", "a backslash and an umlaut": `Länt\ern 41`,
	} {
		if err := dir.SetPassword(t.Context(), id, app.NewSecret(password)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := d.Binds(t, dn, password); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := dir.Verify(t.Context(), id, app.NewSecret(password)); err != nil {
			t.Errorf("%s: verify: %v", name, err)
		}
	}
	last := "Quiet-tide 19 signal"
	if err := dir.ChangePassword(t.Context(), id, app.NewSecret(`Länt\ern 41`), app.NewSecret(last)); err != nil && !errors.Is(err, port.ErrPassword) {
		t.Errorf("change: %v", err)
	}
	var refusal *port.Refusal
	if err := dir.SetPassword(t.Context(), id, app.NewSecret(strings.Repeat("密", 40))); !errors.As(err, &refusal) || refusal.Rule != "complexity" {
		t.Errorf("CJK alone: %v", err)
	}
	for _, password := range []string{"Lantern\x00 41 tide", "Lantern\t41 tide", "Lantern 41\n", ""} {
		if err := dir.SetPassword(t.Context(), id, app.NewSecret(password)); !errors.As(err, &refusal) {
			t.Errorf("%q: %v", password, err)
		}
	}
}

package ldap_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

const (
	firstPassword  = "Correct-horse 7 battery"
	secondPassword = "Lantern-tide 41 copper"
	wrongPassword  = "Not-this-one 99"
)

// run runs a test of an empty domain.
func (d *domain) run(t *testing.T, name string, test func(*testing.T, *ldap.Directory)) {
	t.Run(name, func(t *testing.T) {
		before := d.t
		defer func() { d.t = before }()
		d.t = t
		d.empty()
		test(t, open(t, d.config()))
	})
}

// bites are where this server behaves otherwise than one would guess: that it does, and what comes of it.
func (d *domain) bites(t *testing.T) {
	d.run(t, "Samba 4.17: the password before goes on", d.oldPasswordGoesOn)
	d.run(t, "Samba 4.17: a control is critical by 0xFF alone", d.criticalIsFF)
	d.run(t, "Samba 4.17: userPassword is taken and nothing changes", d.userPassword)
	d.run(t, "Samba 4.17: a lock that is over stays written", d.lockThatIsOver)
	d.run(t, "Samba 4.17: a reset alone leaves the lock", d.resetLeavesLock)
	d.run(t, "Samba 4.17: must change beside bits", d.mustChangeBesideBits)
	d.run(t, "Samba 4.17: a search from the root has referrals, and no size limit", d.searchFromTheRoot)
	d.run(t, "Samba 4.17: a connection outlives the account", d.connectionOutlives)
	d.run(t, "without the right to lockoutTime", d.withoutLockoutTime)
	d.run(t, "fifty at once", d.fifty)
}

func (d *domain) oldPasswordGoesOn(t *testing.T, dir *ldap.Directory) {
	dn := d.person(anaWithMail, firstPassword)
	id := d.id(dn)
	if err := dir.SetPassword(t.Context(), id, app.NewSecret(secondPassword)); err != nil {
		t.Fatal(err)
	}
	for _, password := range []string{firstPassword, secondPassword} {
		if err := d.Binds(t, dn, password); err != nil {
			t.Errorf("bind: %v", err)
		}
	}
	if rules, err := dir.Rules(t.Context(), id); err != nil || rules.OldFor != time.Hour {
		t.Errorf("the password before goes on for %v, %v", rules.OldFor, err)
	}
	d.set(dn, map[string][]string{"pwdLastSet": {"0"}})
	if err := d.Binds(t, dn, firstPassword); err == nil {
		t.Error("where the password has to be changed the one before signs in")
	}
}

// oddControl is one that no server knows.
type oddControl struct{ critical string }

func (oddControl) GetControlType() string { return "1.3.6.1.4.1.99999.1" }
func (oddControl) String() string         { return "odd" }
func (o oddControl) Encode() *ber.Packet {
	p := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, o.GetControlType(), ""))
	p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, o.critical, ""))
	return p
}

// criticalIsFF: what is refused comes as the answer to another operation, which the library can't take for a result: so
// nothing is sent that the server does not offer, and the policy hints are none of it.
func (d *domain) criticalIsFF(t *testing.T, dir *ldap.Directory) {
	dn := d.person(anaWithMail, firstPassword)
	modify := func(critical string) error {
		m := goldap.NewModifyRequest(dn, []goldap.Control{oddControl{critical}})
		m.Replace("description", []string{"x"})
		return d.Bind(t, "", "").Modify(m)
	}
	if err := modify("\x01"); err != nil {
		t.Errorf("as the library writes true: %v", err)
	}
	var result *goldap.Error
	if err := modify("\xff"); err == nil || errors.As(err, &result) && result.ResultCode < goldap.ErrorNetwork {
		t.Errorf("as DER writes true: %v", err)
	}
	offered := d.read("", "supportedControl").GetAttributeValues("supportedControl")
	if slices.Contains(offered, "1.2.840.113556.1.4.2239") || slices.Contains(offered, "1.2.840.113556.1.4.2066") {
		t.Error("this server offers the policy hints: a reset may be held to the history")
	}
	if err := dir.SetPassword(t.Context(), d.id(dn), app.NewSecret(secondPassword)); err != nil {
		t.Error(err)
	}
}

func (d *domain) userPassword(t *testing.T, _ *ldap.Directory) {
	dn := d.person(anaWithMail, firstPassword)
	d.set(dn, map[string][]string{"userPassword": {secondPassword}})
	if d.Binds(t, dn, secondPassword) == nil {
		t.Error("userPassword sets the password of this server")
	}
	if err := d.Binds(t, dn, firstPassword); err != nil {
		t.Error(err)
	}
}

// lock guesses until an account is locked.
func (d *domain) lock(t *testing.T, dn string) {
	for range 3 {
		if d.Binds(t, dn, wrongPassword) == nil {
			t.Fatal("a wrong password signs in")
		}
	}
}

func (d *domain) lockThatIsOver(t *testing.T, _ *ldap.Directory) {
	now := &clock{}
	config := d.config()
	config.Clock = now
	dir := open(t, config)
	const computed = "msDS-User-Account-Control-Computed"
	dn := d.person(anaWithMail, firstPassword)
	id := d.id(dn)
	d.lock(t, dn)
	if a, err := dir.Account(t.Context(), id); err != nil || a.LockedUntil.IsZero() || a.Failures != 3 {
		t.Fatalf("locked: %+v, %v", a, err)
	}
	halfAnHour := []string{strconv.FormatInt(-int64(30*time.Minute/100), 10)}
	d.set(d.Base, map[string][]string{"lockoutDuration": {"-1"}, "lockOutObservationWindow": {"-1"}}) // 100 ns
	defer d.set(d.Base, map[string][]string{"lockoutDuration": halfAnHour, "lockOutObservationWindow": halfAnHour})
	for bits := 0x10; bits&0x10 != 0; { // this server counts locks in whole seconds
		bits, _ = strconv.Atoi(d.read(dn, computed).GetAttributeValue(computed))
	}
	now.ahead.Store(int64(2 * time.Minute))
	if written := d.read(dn, "lockoutTime").GetAttributeValue("lockoutTime"); written == "" || written == "0" {
		t.Errorf("lockoutTime is %q once the lock is over", written)
	}
	if a, err := dir.Account(t.Context(), id); err != nil || !a.LockedUntil.IsZero() || a.Failures != 0 {
		t.Errorf("the lock is over: %+v, %v", a, err)
	}
	if err := dir.Verify(t.Context(), id, app.NewSecret(wrongPassword)); !errors.Is(err, port.ErrPassword) {
		t.Errorf("a first slip afterwards: %v", err)
	}
	if a, err := dir.Account(t.Context(), id); err != nil || !a.LockedUntil.IsZero() {
		t.Errorf("after a first slip: %+v, %v", a, err)
	}
	if err := dir.Verify(t.Context(), id, app.NewSecret(firstPassword)); err != nil {
		t.Errorf("then the right one: %v", err)
	}
}

func (d *domain) resetLeavesLock(t *testing.T, dir *ldap.Directory) {
	dn := d.person(anaWithMail, firstPassword)
	d.lock(t, dn)
	d.set(dn, map[string][]string{"unicodePwd": {quoted(secondPassword)}})
	if err := d.Binds(t, dn, secondPassword); err == nil || !strings.Contains(err.Error(), "data 775") {
		t.Errorf("a locked account's new password: %v", err)
	}
	if err := dir.SetPassword(t.Context(), d.id(dn), app.NewSecret(firstPassword)); err != nil {
		t.Error(err)
	}
	if err := d.Binds(t, dn, firstPassword); err != nil {
		t.Error(err)
	}
}

// mustChangeBesideBits: a password that never expires never has to be changed, though pwdLastSet is 0. Who needs none, and
// never signed in, is taken for somebody who never had one.
func (d *domain) mustChangeBesideBits(t *testing.T, dir *ldap.Directory) {
	for bits, must := range map[string]bool{"512": true, "66048": false, "544": true} {
		dn := d.person(port.DirectoryAccount{UserID: "bits" + bits + "@harbour.example"}, firstPassword)
		d.set(dn, map[string][]string{"userAccountControl": {bits}, "pwdLastSet": {"0"}})
		if a, err := dir.Account(t.Context(), d.id(dn)); err != nil || a.MustChange != (must && a.HasPassword) || a.HasPassword != (bits != "544") {
			t.Errorf("%s: %+v, %v", bits, a, err)
		}
		if bound := d.Binds(t, dn, firstPassword) == nil; bound == must {
			t.Errorf("%s: signs in: %v", bits, bound)
		}
	}
}

func (d *domain) searchFromTheRoot(t *testing.T, _ *ldap.Directory) {
	config := d.config()
	config.Base = ""
	dir := open(t, config)
	const mailbox = "office@harbour.example"
	for i := range 25 { // more than are asked for
		d.person(port.DirectoryAccount{UserID: "clerk" + strconv.Itoa(i) + "@harbour.example", Mail: mailbox}, "")
	}
	raw, err := d.admin.Search(goldap.NewSearchRequest(d.Base, goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, 5, 0, false, "(mail="+mailbox+")", []string{"cn"}, nil))
	if err != nil || len(raw.Entries) != 25 || len(raw.Referrals) == 0 {
		t.Errorf("the server says %d entries of 5, referrals %v, %v", len(raw.Entries), raw.Referrals, err)
	}
	if a, err := dir.Find(t.Context(), mailbox); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("a mailbox of 25 finds %+v, %v", a, err)
	}
	if a, err := dir.Find(t.Context(), "clerk7"); err != nil || a.UserID != "clerk7@harbour.example" {
		t.Errorf("found %+v, %v", a, err)
	}
}

// connectionOutlives: who is disabled goes on reading on the connection of before. It is opened anew within ten minutes.
func (d *domain) connectionOutlives(t *testing.T, _ *ldap.Directory) {
	now := &clock{}
	config := d.config()
	config.Clock = now
	dir := open(t, config)
	d.person(anaWithMail, firstPassword)
	find := func() error { _, err := dir.Find(t.Context(), "ana"); return err }
	if err := find(); err != nil {
		t.Fatal(err)
	}
	service := "CN=" + serviceName + ",CN=Users,DC=harbour,DC=example"
	d.set(service, map[string][]string{"userAccountControl": {"514"}})
	defer d.set(service, map[string][]string{"userAccountControl": {"512"}})
	if err := find(); err != nil {
		t.Errorf("on the connection of before: %v", err)
	}
	now.ahead.Store(int64(10 * time.Minute))
	if err := find(); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("on a new one: %v", err)
	}
}

// withoutLockoutTime: a reset is all or nothing, and the examination names the right before anybody needs it.
func (d *domain) withoutLockoutTime(t *testing.T, _ *ldap.Directory) {
	const half = "svc-half"
	dn := "CN=" + half + ",CN=Users,DC=harbour,DC=example"
	d.add(dn, map[string][]string{
		"objectClass": {"user"}, "sAMAccountName": {half}, "userPrincipalName": {half + "@harbour.example"}, "userAccountControl": {"512"},
		"unicodePwd": {quoted(servicePassword)},
	})
	d.Shell(t, `sid=$(samba-tool user show `+half+` --attributes=objectSid | sed -n 's/^objectSid: //p')
samba-tool dsacl set --objectdn="`+peopleOU+`" --action=allow --sddl="(OA;CI;CR;00299570-246d-11d0-a768-00aa006e0529;;$sid)"`)
	config := d.config()
	config.User = half + "@harbour.example"
	config.Base = peopleOU
	config.Network.Lookup = lookUp
	dir := open(t, config)
	ana := d.person(anaWithMail, firstPassword)
	var refusal *port.Refusal
	if err := dir.SetPassword(t.Context(), d.id(ana), app.NewSecret(secondPassword)); app.CodeOf(err) != app.CodeUnavailable || errors.As(err, &refusal) {
		t.Errorf("set: %v", err)
	}
	if d.Binds(t, ana, secondPassword) == nil || d.Binds(t, ana, firstPassword) != nil {
		t.Error("half of it was done")
	}
	d.lock(t, ana)
	if err := dir.Unlock(t.Context(), d.id(ana)); err == nil {
		t.Error("unlocked, without the right")
	}
	codes, all := examine(t, config, ldap.Examination{Person: "ana", Reset: "ana"})
	for _, want := range []string{"rights right_missing", "reset reset_rights"} {
		i := slices.Index(codes, want)
		if i < 0 || !strings.Contains(all[i].Remedy, "lockoutTime") || !strings.Contains(all[i].Remedy, peopleOU) {
			t.Errorf("%s: not among %v, or without its command: %+v", want, codes, all)
		}
	}
}

func (d *domain) fifty(t *testing.T, dir *ldap.Directory) {
	dns := make([]string, 50)
	ids := make([]app.AccountID, len(dns))
	for i := range dns {
		dns[i] = d.person(port.DirectoryAccount{UserID: "many" + strconv.Itoa(i) + "@harbour.example"}, firstPassword)
		ids[i] = d.id(dns[i])
	}
	errs := make([]error, len(dns))
	var all sync.WaitGroup
	for i := range dns {
		all.Go(func() {
			errs[i] = dir.SetPassword(t.Context(), ids[i], app.NewSecret("Lantern-tide copper "+strconv.Itoa(i)))
		})
	}
	all.Wait()
	for i, dn := range dns {
		if errs[i] != nil {
			t.Errorf("%d: %v", i, errs[i])
		}
		if err := d.Binds(t, dn, "Lantern-tide copper "+strconv.Itoa(i)); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
}

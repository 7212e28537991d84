package ldap_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// olderPolicy is there before the service account gets its rights.
const olderPolicy = "older-policy"

// finePolicy makes a fine-grained policy for those with so long a password.
func (d *domain) finePolicy(t testing.TB, name string, length int) {
	t.Helper()
	d.SambaTool(t, "domain", "passwordsettings", "pso", "create", name, strconv.Itoa(length), "--min-pwd-length="+strconv.Itoa(length), "--complexity=off",
		"--history-length=7", "--min-pwd-age=2", "--max-pwd-age=0", "--account-lockout-threshold=5", "--account-lockout-duration=60", "--reset-account-lockout-after=60")
}

// finePolicies: the rules of a person are their own policy's, or their group's; and the domain's, where nobody may read it.
func (d *domain) finePolicies(t *testing.T, sighted *ldap.Directory) {
	const blind = "svc-blind"
	d.add("CN="+blind+",CN=Users,DC=harbour,DC=example", map[string][]string{
		"objectClass": {"user"}, "sAMAccountName": {blind}, "userPrincipalName": {blind + "@harbour.example"}, "userAccountControl": {"512"},
		"unicodePwd": {quoted(servicePassword)},
	})
	config := d.config()
	config.User = blind + "@harbour.example"
	unsighted := open(t, config)
	ana := d.id(d.person(port.DirectoryAccount{UserID: "ana@harbour.example"}, firstPassword))
	ben := d.id(d.person(port.DirectoryAccount{UserID: "ben@harbour.example", Groups: []string{"bridge"}}, firstPassword))
	eve := d.id(d.person(port.DirectoryAccount{UserID: "eve@harbour.example"}, firstPassword))
	d.finePolicy(t, "bridge-policy", 16)
	d.SambaTool(t, "domain", "passwordsettings", "pso", "apply", olderPolicy, "ana")
	d.SambaTool(t, "domain", "passwordsettings", "pso", "apply", "bridge-policy", "bridge")
	for _, c := range []struct {
		who                                app.AccountID
		length, classes, history, failures int
		age                                time.Duration
	}{{ana, 14, 0, 7, 5, 48 * time.Hour}, {ben, 16, 0, 7, 5, 48 * time.Hour}, {eve, 8, 3, 3, 3, 0}} {
		rules, err := sighted.Rules(t.Context(), c.who)
		a, err2 := sighted.Account(t.Context(), c.who)
		if err != nil || err2 != nil || rules.MinLength != c.length || rules.MinClasses != c.classes || rules.History != c.history || a.Threshold != c.failures {
			t.Errorf("%s: %+v, %+v, %v, %v", a.UserID, rules, a, err, err2)
		}
		if in := time.Until(rules.ChangeFrom); c.age > 0 && (in < c.age-time.Hour || in > c.age) || c.age == 0 && !rules.ChangeFrom.IsZero() || !rules.ResetFrom.IsZero() {
			t.Errorf("%s: may be changed from %v, reset from %v", a.UserID, rules.ChangeFrom, rules.ResetFrom)
		}
		rules, err = unsighted.Rules(t.Context(), c.who)
		if err != nil || rules.MinLength != 8 || rules.MinClasses != 3 {
			t.Errorf("%s, for who may not read it: %+v, %v", a.UserID, rules, err)
		}
	}
	var refusal *port.Refusal
	if err := sighted.SetPassword(t.Context(), ana, app.NewSecret("Lantern 4-tide")); err != nil {
		t.Errorf("14 characters: %v", err)
	}
	if err := sighted.SetPassword(t.Context(), ana, app.NewSecret("Lantern 4-tid")); !errors.As(err, &refusal) || refusal.Rule != "length" {
		t.Errorf("13 characters: %v", err)
	}
	if err := sighted.ChangePassword(t.Context(), ana, app.NewSecret("Lantern 4-tide"), app.NewSecret("Quiet-tide 19 signal")); !errors.As(err, &refusal) || refusal.Rule != "age" {
		t.Errorf("within the minimum age: %v", err)
	}
}

// largeGroup: a person's groups are asked for from the person's side, so that nobody pays for those who are in them as well.
func (d *domain) largeGroup(t *testing.T, _ *ldap.Directory) {
	if testing.Short() {
		t.Skip("so many members take their time")
	}
	const crowdOU = "OU=Crowd,DC=harbour,DC=example"
	size := longer("SPAREKEY_MEMBERS", 1600) // more than Windows gives at once
	d.add(crowdOU, map[string][]string{"objectClass": {"organizationalUnit"}})
	d.person(port.DirectoryAccount{UserID: "ana@harbour.example", Groups: []string{"crew"}}, firstPassword)
	small, smallBytes := d.cost(t)
	d.Command(t, fmt.Sprintf(`
import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
lp = LoadParm()
lp.load(%q)
db = SamDB(url=lp.private_path("sam.ldb"), lp=lp, session_info=system_session())
names = ["CN=m%%d,%s" %% i for i in range(%d)]
db.transaction_start()
for name in names:
    db.add({"dn": name, "objectClass": "contact"})
crew = ldb.Message(ldb.Dn(db, %q))
crew["member"] = ldb.MessageElement(names, ldb.FLAG_MOD_ADD, "member")
db.modify(crew)
db.transaction_commit()
`, d.Dir+"/etc/smb.conf", crowdOU, size, d.group("crew")), "/usr/bin/python3", "-")
	if n := len(d.read(d.group("crew"), "member").GetAttributeValues("member")); n != size+1 {
		t.Fatalf("the group has %d members", n)
	}
	if large, largeBytes := d.cost(t); large != small || largeBytes > smallBytes*3/2 {
		t.Errorf("in a group of %d: %d messages, %d bytes; alone in it: %d, %d", size, large, largeBytes, small, smallBytes)
	}
	entry := d.read(d.group("crew"), "member;range=0-1499")
	if len(entry.GetAttributeValues("member")) != 0 || len(entry.GetAttributeValues("member;range=0-1499")) != 1500 {
		t.Errorf("a range comes as %+v", entry.Attributes)
	}
}

// cost counts what finding a person takes on a new connection: messages, and bytes that came back.
func (d *domain) cost(t *testing.T) (messages, bytes int) {
	t.Helper()
	counter, read := &counting{}, &atomic.Int64{}
	config := d.config()
	config.Network.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := d.Dial(ctx, network, address)
		return &weighed{&counted{conn, counter}, read}, err
	}
	if a, err := open(t, config).Find(t.Context(), "ana"); err != nil || len(a.Groups) == 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	return counter.get(), int(read.Load())
}

// weighed counts the bytes that come.
type weighed struct {
	net.Conn
	read *atomic.Int64
}

func (w *weighed) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.read.Add(int64(n))
	return n, err
}

// deleteBelow takes everything away beneath a DN.
func (d *domain) deleteBelow(base string) {
	d.t.Helper()
	found, err := d.admin.SearchWithPaging(goldap.NewSearchRequest(base, goldap.ScopeSingleLevel, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{"1.1"}, nil), 500)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range found.Entries {
		if err := d.admin.Del(goldap.NewDelRequest(e.DN, nil)); err != nil {
			d.t.Fatal(err)
		}
	}
}

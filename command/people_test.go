package command

import (
	"strings"
	"testing"
)

// TestPeopleOfAServer are put into its directory by commands.
func TestPeopleOfAServer(t *testing.T) {
	settings, _ := setUp(t)
	list := file(t, "people.csv", "user_id;given_name;family_name;mail;groups;administrator\nana;Ana;Reyes;ana@example.org;Staff;no\nben;Ben;Okoro;;;no\n")
	bad := file(t, "bad.csv", "user_id,name,rank\nx,X,1\n")
	people := func(args ...string) []string {
		return append(append([]string{"people"}, args...), "--config", settings)
	}
	answers(t, map[string]answer{
		"unknown columns":                    {people("import", bad), 2, "", `columns that are not known: "rank"`},
		"no file":                            {people("import", bad+"x"), 2, "", "no such file"},
		"nobody":                             {people("remove", "nobody"), 1, "", "is nobody in the directory"},
		"no server":                          {[]string{"people", "list", "--config", settings + "x"}, 1, "", "is not there: --config names another"},
		"an administrator's code, of nobody": {[]string{"setup", "administrator", "nobody", "--config", settings}, 1, "", "people add USERID --administrator"},
	})
	for _, c := range []struct {
		args []string
		out  string
	}{
		{people("import", list, "--dry-run"), "Nothing was written. It would import people: 2 new"},
		{people("import", list), "Imported people: 2 new, 0 changed, 0 as before."},
		{people("import", list), "Imported people: 0 new, 0 changed, 2 as before."},
		{people("add", "chi", "--given-name", "Chi", "--family-name", "Lu", "--group", "Staff"), "Entered Chi Lu as chi@example.org, without a password."},
		{people("list"), "ana@example.org   Ana Reyes  ana@example.org   Staff   0           never had a password"},
		{people("disable", "ben"), "Ben Okoro (ben@example.org) is disabled"},
		{people("disable", "ben"), "was so already"},
		{people("list"), "disabled, never had a password"},
		{people("enable", "ben"), "may sign in"},
		{people("remove", "ben"), "What stays: the audit trail"},
		{[]string{"pass", "issue", "ana", "--config", settings}, "choose the first password"},
		{[]string{"setup", "administrator", "omar", "--config", settings}, "It signs in to choose the first password"},
		{people("import", file(t, "demoted.csv", "user_id,administrator\nomar,no\n"), "--dry-run"), "Administrators among them, who are none any more: 1."},
		{people("disable", "omar"), "Nobody is an administrator any more"},
	} {
		if code, out, errs := said(t, c.args...); code != 0 || !strings.Contains(out, c.out) {
			t.Errorf("%v: exit code %d, %s%s\nwant %s", c.args, code, out, errs, c.out)
		}
	}
	for _, c := range []struct{ user, errs string }{{"ana", "is no administrator"}, {"omar", "switched off"}} {
		if code, _, errs := said(t, "setup", "administrator", c.user, "--config", settings); code != 1 || !strings.Contains(errs, c.errs) {
			t.Errorf("%s: %d, %s", c.user, code, errs)
		}
	}
}

package ldap_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheGuidesNameTheirTests: what a guide says of a server is shown by a test that there is, and each test of a server's own
// manners has its row.
func TestTheGuidesNameTheirTests(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	for kind, version := range map[string]string{"active-directory": "Samba 4.17: ", "openldap": "slapd 2.5: ", "389": "389 2.3: "} {
		guide, err := os.ReadFile("../../../docs/directories/" + kind + ".md")
		if err != nil {
			t.Fatal(err)
		}
		_, table, _ := strings.Cut(string(guide), "## What was tested")
		rows := 0
		for row := range strings.Lines(table) {
			cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
			if len(cells) < 3 || strings.HasPrefix(cells[0], "---") || strings.Contains(cells[0], " behaviour ") {
				continue
			}
			rows++
			names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[len(cells)-1], -1)
			if len(names) == 0 {
				t.Errorf("%s: no test is named for %s", kind, cells[0])
			}
			for _, name := range names {
				if !strings.Contains(source.String(), `"`+name[1]+`"`) && !strings.Contains(source.String(), `"`+version+name[1]+`"`) &&
					!strings.Contains(source.String(), "func "+name[1]+"(") {
					t.Errorf("%s: there is no test %q", kind, name[1])
				}
			}
		}
		if rows < 8 {
			t.Errorf("%s: %d rows", kind, rows)
		}
		for _, name := range regexp.MustCompile(`"`+regexp.QuoteMeta(version)+`([^"]+)"`).FindAllStringSubmatch(source.String(), -1) {
			if !strings.Contains(table, "`"+name[1]+"`") {
				t.Errorf("%s: no row for the test %q", kind, name[1])
			}
		}
	}
}

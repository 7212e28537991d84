package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/command/setup"
)

// onFile counts the contacts of a sample person that nobody confirmed.
func onFile(t *testing.T, e *setup.Trial, id app.AccountID) int {
	t.Helper()
	count := 0
	if err := e.Store.View(t.Context(), func(tx port.Tx) error {
		creds, err := tx.Credentials(id)
		for _, c := range creds {
			if !c.Counts() {
				count++
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return count
}

func TestImportWhileTheTrialIsOpen(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(data), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	people := file(t, "people.csv", "\ufeffuser_id;mobile;email\r\nana.reyes@harbour.example;0491 570 156;ana@letters.example\r\n"+
		"ben.okafor@harbour.example;0491 570 1;\r\nnobody@harbour.example;+61491570157;\r\n")

	code, out, errs := said(t, "users", "import", people, "--data", data, "--region", "au")
	if code != 2 || out != "" || !strings.Contains(errs, people+": row 3, mobile: is no number that its country gives to anybody\n") ||
		!strings.Contains(errs, "row 4, user_id: is nobody in the directory") || !strings.Contains(errs, "nothing was imported: problems: 2") {
		t.Errorf("with bad rows: exit code %d: %s%s", code, out, errs)
	}
	if n := onFile(t, e, "trial-ready"); n != 0 {
		t.Errorf("%d contacts were imported beside bad rows", n)
	}
	code, out, errs = said(t, "users", "import", people, "--data", data, "--region", "au", "--skip-bad", "--dry-run")
	if code != 0 || !strings.Contains(out, "Nothing was written. It would import contacts of 1 people: 3 new") ||
		!strings.Contains(out, people+": row 2, mobile: \"0491 570 156\" is read as +61491570156\n") {
		t.Errorf("a dry run: exit code %d: %s%s", code, out, errs)
	}
	code, out, errs = said(t, "users", "import", people, "--data", data, "--region", "au", "--skip-bad")
	if code != 0 || strings.Contains(out, "is read as") || !strings.Contains(out, "Imported contacts of 1 people: 3 new, 0 changed, 0 as before.") || !strings.Contains(errs, "row 3") {
		t.Errorf("the good rows: exit code %d: %s%s", code, out, errs)
	}
	if code, out, errs := said(t, "audit", "verify", "--data", data); code != 0 || !allVouchedFor(out) {
		t.Errorf("right after the import: exit code %d: %s%s", code, out, errs)
	}
	if n := onFile(t, e, "trial-ready"); n != 3 {
		t.Errorf("the open trial sees %d contacts, want 3", n)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := said(t, "audit", "verify", "--data", data); code != 0 {
		t.Errorf("the audit trail does not hold: exit code %d: %s%s", code, out, errs)
	}
}

func TestImportNeedsATrialAndAFile(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	good := file(t, "people.csv", "user_id,mobile\nana.reyes@harbour.example,+61491570156\n")
	code, _, errs := said(t, "users", "import", good, "--data", data)
	if code != 2 || !strings.Contains(errs, "there is no trial yet") {
		t.Errorf("without a trial: exit code %d: %s", code, errs)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a trial was made on the way")
	}
	data = trailed(t)
	for args, want := range map[string]string{
		good + ".none":                          "no such file",
		good + " --region Australia":            "--region: must be two letters",
		file(t, "p.csv", "user_id,telephone\n"): "columns that are not known",
		good + " --column =mobile":              `--column: must be a column's name and what it is, such as "Mobile Phone=mobile", is "=mobile"`,
		good + " --from google":                 "--from must be one of",
	} {
		code, _, errs := said(t, append([]string{"users", "import", "--data", data}, strings.Fields(args)...)...)
		if code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%s: exit code %d: %s", args, code, errs)
		}
	}
}

func TestImportSaysEverythingOfTheFirstRowAtOnce(t *testing.T) {
	data := trailed(t)
	people := file(t, "people.csv", "sep=;\nPersonal-Nr.;Handy=privat;Büro\nana.reyes@harbour.example;+61491570156;+442079460000\n")
	code, _, errs := said(t, "users", "import", people, "--data", data)
	if code != 2 || strings.Count(errs, people+": ") != 3 || !strings.Contains(errs, `not known: "Personal-Nr.", "Handy=privat", "Büro" (known are user_id,`) ||
		!strings.Contains(errs, "names no column user_id") || !strings.Contains(errs, "names no column with a contact") || !strings.Contains(errs, `--column "Mobile Phone=mobile"`) {
		t.Errorf("exit code %d: %s", code, errs)
	}
	args := []string{"users", "import", people, "--data", data, "--column", "personal-nr.=user_id", "--column", "Handy=privat=mobile"}
	if code, _, errs := said(t, args...); code != 2 || strings.Count(errs, people+": ") != 1 || !strings.Contains(errs, `not known: "Büro"`) {
		t.Errorf("with names for two: exit code %d: %s", code, errs)
	}
	if code, out, errs := said(t, append(args, "--ignore-others")...); code != 0 || !strings.Contains(out, "Imported contacts of 1 people: 2 new") {
		t.Errorf("and without the third: exit code %d: %s%s", code, out, errs)
	}
}

func TestImportTakesAnExportOfMicrosoft(t *testing.T) {
	people := file(t, "users.csv", "Display name,Licenses,Mobile Phone,User principal name\nAna,\"E3, E5\",+61491570156,ana.reyes@harbour.example\n")
	if code, out, errs := said(t, "users", "import", people, "--data", trailed(t), "--from", "microsoft"); code != 0 || !strings.Contains(out, "of 1 people: 2 new") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}

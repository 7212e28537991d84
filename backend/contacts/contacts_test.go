package contacts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/contacts"
)

func read(t *testing.T, file string) ([]contacts.Row, []string) {
	t.Helper()
	rows, found, err := contacts.Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, p := range found {
		where := fmt.Sprintf("row %d", p.Line)
		if p.Key != "" {
			where += ", " + p.Key
		}
		said = append(said, where+": "+words.Problem(p))
	}
	return rows, said
}

func TestReadTakesWhatSpreadsheetsWrite(t *testing.T) {
	want := []contacts.Row{
		{Line: 2, UserID: "ana@harbour.example", Mobile: "+61 491 570 156", Office: "+44 20 7946 0000", Extension: "12", Email: "ana@letters.example"},
		{Line: 3, UserID: "ben@harbour.example", Email: "ben, o@letters.example"},
	}
	for name, file := range map[string]string{
		"commas": "user_id,mobile,office_phone,extension,email\nana@harbour.example,+61 491 570 156,+44 20 7946 0000,12,ana@letters.example\n" +
			"ben@harbour.example,,,,\"ben, o@letters.example\"\n",
		"semicolons, CRLF, a byte order mark, no last line break": "\ufeffuser_id;mobile;office_phone;extension;email\r\n" +
			"ana@harbour.example;+61 491 570 156;+44 20 7946 0000;12;ana@letters.example\r\nben@harbour.example;;;;ben, o@letters.example",
		"another order, capitals, quotes, spaces": "EMAIL, \"Extension\" ,Office_Phone,user_id,MOBILE\n" +
			"ana@letters.example,12,+44 20 7946 0000, ana@harbour.example ,\"+61 491 570 156\"\n\"ben, o@letters.example\",,,ben@harbour.example,\n,,,,\n\n",
	} {
		file = strings.Replace(file, ", \"Extension\" ,", ",\"Extension\",", 1)
		rows, found := read(t, file)
		if !slices.Equal(rows, want) || len(found) > 0 {
			t.Errorf("%s: %+v, %v", name, rows, found)
		}
	}
}

func TestReadNamesRowAndColumn(t *testing.T) {
	rows, found := read(t, "user_id,mobile,extension,email\n,+61491570156,,\n"+
		"ana,,,\nben,,7,ben@letters.example\nchi,1\n\nDMI,,,d@letters.example\ndmi,,,D@letters.example\nesme,2,,\n")
	want := []string{
		"row 2, user_id: is empty",
		"row 3: has no contact",
		"row 4, extension: stands without an office phone",
		"row 5: has 2 fields, the first row has 4",
		"row 8, user_id: is the same as in row 7",
		"row 8, email: is the same as in row 7",
	}
	if !slices.Equal(found, want) {
		t.Errorf("found\n  %s", strings.Join(found, "\n  "))
	}
	if len(rows) != 2 || rows[0].Line != 7 || rows[1].UserID != "esme" {
		t.Errorf("the good rows are %+v", rows)
	}
}

func TestReadRefusesWhatIsNoSuchFile(t *testing.T) {
	for file, why := range map[string]string{
		"":                                   "the file is empty",
		"mobile,email\n":                     "names no column user_id",
		"user_id,mobil\n":                    `a column that is not known: "mobil"`,
		"user_id,email,email\n":              "the column email twice",
		"user_id,email\nana,an\xe4@x.y\n":    "line 2 is not UTF-8",
		"\xff\xfeu\x00s\x00":                 "UTF-16",
		"user_id\x00\n":                      "no text",
		"PK\x03\x04\x14":                     "is a workbook",
		"user_id,email\nana,\"a@b.example\n": "row 2",
		"user_id,email\n" + strings.Repeat("a,b\n", contacts.MaxRows+1): "more than 10000 rows",
		strings.Repeat("a", contacts.MaxBytes+1):                        "more than 16 MiB",
	} {
		_, _, err := contacts.Read(strings.NewReader(file))
		if err == nil || !strings.Contains(words.Problem(app.ProblemOf(err)), why) {
			t.Errorf("%.40q: %v, want %q", file, err, why)
		}
	}
}

// FuzzRead holds that each row is either good or named, and that no message quotes a contact.
func FuzzRead(f *testing.F) {
	f.Add("user_id,mobile\nana,+61491570156\n")
	f.Add("\ufeffuser_id;email;extension\r\n\"a\nb\";\"x;y\";1\r\n;;\r\n")
	f.Add("email,user_id\nsecret@x.example,\n,ana\n")
	f.Fuzz(func(t *testing.T, file string) {
		rows, found, err := contacts.Read(strings.NewReader(file))
		if err != nil {
			if len(rows)+len(found) > 0 {
				t.Fatalf("beside %v there are rows or problems", err)
			}
			return
		}
		bad := map[int]bool{}
		last := 0
		for _, p := range found {
			if p.Line < last || p.Code == "" {
				t.Fatalf("out of order or without a code: %v", p)
			}
			last = p.Line
			bad[p.Line] = true
		}
		people := map[string]bool{}
		for _, r := range rows {
			key := strings.ToLower(r.UserID)
			if bad[r.Line] || r.UserID == "" || r.UserID != strings.TrimSpace(r.UserID) || people[key] {
				t.Fatalf("a bad row was taken: %+v", r)
			}
			if r.Mobile+r.Alternate+r.Office+r.Email == "" {
				t.Fatalf("a row without a contact was taken: %+v", r)
			}
			people[key] = true
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var file strings.Builder
	file.WriteString("user_id,mobile,alternate_mobile,office_phone,extension,email\n")
	for i := range 10_000 {
		fmt.Fprintf(&file, "person%d@harbour.example,+61491570%03d,,+442079460000,%d,person%d@letters.example\n", i, i%1000, i%9999, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		rows, _, err := contacts.Read(strings.NewReader(file.String()))
		if err != nil || len(rows) != 10_000 {
			b.Fatal(len(rows), err)
		}
	}
}

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
	rows, found, err := contacts.Read(strings.NewReader(file), contacts.Naming{})
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

func TestReadFindsTheSeparator(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		line int
	}{
		"tabs, as copied":           {"user_id\tmobile\nana\t+61 491 570 156\n", 2},
		"bars":                      {"user_id|mobile\nana|+61 491 570 156\n", 2},
		"named by Excel":            {"sep=;\r\nuser_id;mobile\r\nana;+61 491 570 156\r\n", 3},
		"named, a tab":              {"\ufeffSEP=\t\nuser_id\tmobile\nana\t+61 491 570 156\n", 3},
		"named, in quotes":          {"\"sep=,\"\nuser_id,mobile\nana,+61 491 570 156\n", 3},
		"named, one of its own":     {"sep=^\nuser_id^mobile\nana^+61 491 570 156\n", 3},
		"named, and none":           {"sep=\nuser_id,mobile\nana,+61 491 570 156\n", 3},
		"a type, by PowerShell":     {"#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser\n\"user_id\",\"mobile\"\n\"ana\",\"+61 491 570 156\"\n", 3},
		"empty lines above":         {"\n\r\nuser_id,mobile\nana,+61 491 570 156\n", 4},
		"lines end as on Macs":      {"user_id;mobile\rana;+61 491 570 156\r", 2},
		"names in words, by hyphen": {"User ID;Mobile\nana;+61 491 570 156\n", 2},
	} {
		rows, found := read(t, c.file)
		if want := []contacts.Row{{Line: c.line, UserID: "ana", Mobile: "+61 491 570 156"}}; !slices.Equal(rows, want) || len(found) > 0 {
			t.Errorf("%s: %+v, %v", name, rows, found)
		}
	}
}

func TestASeparatorInNamesOfOthersIsNone(t *testing.T) {
	rows, _, err := contacts.Read(strings.NewReader("Name, first, middle, last;user_id;Mobile Phone\nReyes, A, B, C;ana;1\n"),
		contacts.Naming{Columns: map[string]string{"mobile phone": "mobile"}, IgnoreOthers: true})
	if want := []contacts.Row{{Line: 2, UserID: "ana", Mobile: "1"}}; err != nil || !slices.Equal(rows, want) {
		t.Errorf("%+v, %v", rows, err)
	}
}

// TestReadNamesEveryColumnAtOnce that is not known, is missing or was misnamed.
func TestReadNamesEveryColumnAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		file   string
		naming contacts.Naming
		want   string
	}{
		"unknown and missing": {"Name,Mobile Phone,Office\n", contacts.Naming{},
			"columns_unknown{is=\"Name\", \"Mobile Phone\", \"Office\"} column_missing{is=user_id} columns_none"},
		"others left out":      {"Name,Mobile Phone\n", contacts.Naming{IgnoreOthers: true}, "column_missing{is=user_id} columns_none"},
		"no names, an address": {"ana,ana@letters.example\n", contacts.Naming{}, "columns_unnamed"},
		"no names, a number":   {"ana;+61 491 570 156\n", contacts.Naming{IgnoreOthers: true}, "columns_unnamed"},
		"no contact":           {"user_id,extension\n", contacts.Naming{}, "columns_none"},
		"twice": {"user_id,email,EMAIL,mobile,Handy,user id\n", contacts.Naming{Columns: map[string]string{"Handy": "mobile"}},
			"columns_twice{is=email, mobile, user_id}"},
		"misnamed": {"user_id,Mobil\n", contacts.Naming{Columns: map[string]string{"Mobile": "mobile", "Handy": "mobil", "E-Mail": "email"}},
			"columns_unknown{is=\"Mobil\"} columns_absent{is=\"E-Mail\", \"Handy\", \"Mobile\"} columns_wrong{is=\"mobil\"} columns_none"},
	} {
		_, _, err := contacts.Read(strings.NewReader(c.file), c.naming)
		var said []string
		for _, p := range app.ProblemsOf(err) {
			if delete(p.Params, "known"); words.Problem(p) == p.Error() {
				t.Errorf("%s has no words", p.Code)
			}
			said = append(said, p.Error())
		}
		if got := strings.Join(said, " "); got != c.want {
			t.Errorf("%s:\n  %s, want\n  %s", name, got, c.want)
		}
	}
}

// An export of Entra has the columns that its documentation lists (see exports); that of Microsoft 365 has those of the admin
// center's list of active users.
const (
	entra = "userPrincipalName,displayName,surname,mail,givenName,objectId,userType,jobTitle,department,accountEnabled,usageLocation," +
		"streetAddress,state,country,physicalDeliveryOfficeName,city,postalCode,telephoneNumber,mobile,authenticationAlternativePhoneNumber," +
		"authenticationEmail,alternateEmailAddress,ageGroup,consentProvidedForMinor,legalAgeGroupClassification\r\n" +
		"ana@harbour.example,Ana Reyes,Reyes,ana.reyes@harbour.example,Ana,1,Member,,,True,AU,,,,,,,+44 20 7946 0000,+61 491 570 156," +
		"+61 491 570 157,,ana@letters.example,,,\r\n"
	microsoft365 = "Block credential,City,Country/Region,Department,DirSyncEnabled,Display name,Fax,First name,Last dirsync time,Last name," +
		"Licenses,Mobile Phone,Object Id,Office,Phone number,Postal code,Proxy addresses,State,Street address,Title,Usage location," +
		"User principal name,When created\r\n" +
		"False,Perth,Australia,Ward,,Ana Reyes,,Ana,,Reyes,,+61 491 570 156,1,Room 3,+44 20 7946 0000,6000,SMTP:ana@harbour.example,WA,,,AU," +
		"ana@harbour.example,2026-01-01\r\n"
)

func TestReadKnowsTheExportsOfMicrosoft(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want contacts.Row
	}{
		"Entra": {entra, contacts.Row{Line: 2, UserID: "ana@harbour.example", Mobile: "+61 491 570 156", Alternate: "+61 491 570 157",
			Office: "+44 20 7946 0000", Email: "ana@letters.example"}},
		"Microsoft 365": {microsoft365, contacts.Row{Line: 2, UserID: "ana@harbour.example", Mobile: "+61 491 570 156", Office: "+44 20 7946 0000"}},
		"Entra, with an address for authentication": {strings.Replace(entra, ",,ana@letters", ",first@letters.example,ana@letters", 1),
			contacts.Row{Line: 2, UserID: "ana@harbour.example", Mobile: "+61 491 570 156", Alternate: "+61 491 570 157",
				Office: "+44 20 7946 0000", Email: "first@letters.example"}},
	} {
		rows, found, err := contacts.Read(strings.NewReader(c.file), contacts.Naming{From: "microsoft"})
		if err != nil || len(found) > 0 || !slices.Equal(rows, []contacts.Row{c.want}) {
			t.Errorf("%s: %+v, %v, %v", name, rows, found, err)
		}
	}
	_, _, err := contacts.Read(strings.NewReader(microsoft365), contacts.Naming{})
	if err == nil || !strings.Contains(words.Problem(app.ProblemsOf(err)[0]), `"Licenses", "Mobile Phone", "Object Id"`) {
		t.Errorf("without saying so: %v", err)
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
		"user_id,mobil\n":                    `columns that are not known: "mobil"`,
		"user_id,email,email\n":              "more than one column for email",
		"user_id,email\nana,an\xe4@x.y\n":    "line 2 is not UTF-8",
		"\xff\xfeu\x00s\x00":                 "UTF-16",
		"user_id\x00\n":                      "no text",
		"PK\x03\x04\x14":                     "is a workbook",
		"user_id,email\nana,\"a@b.example\n": "row 2",
		"user_id,email\n" + strings.Repeat("a,b\n", contacts.MaxRows+1): "more than 10000 rows",
		strings.Repeat("a", contacts.MaxBytes+1):                        "more than 16 MiB",
	} {
		_, _, err := contacts.Read(strings.NewReader(file), contacts.Naming{})
		if err == nil || !strings.Contains(words.Problem(app.ProblemsOf(err)[0]), why) {
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
		rows, found, err := contacts.Read(strings.NewReader(file), contacts.Naming{})
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
		rows, _, err := contacts.Read(strings.NewReader(file.String()), contacts.Naming{})
		if err != nil || len(rows) != 10_000 {
			b.Fatal(len(rows), err)
		}
	}
}

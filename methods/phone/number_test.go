package phone

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"

	"github.com/sparekey/sparekey/app"
)

// The numbers are those that regulators keep for fiction, where there are such.

func TestRead(t *testing.T) {
	mobile, office := app.PhoneMobile, app.PhoneOffice
	for _, c := range []struct {
		in   app.GivePhone
		want string // E.164, or the code
	}{
		{app.GivePhone{Number: "+61 491 570 156", Use: mobile}, "+61491570156"},
		{app.GivePhone{Number: "0491 570 156", Region: "AU", Use: mobile}, "+61491570156"},
		{app.GivePhone{Number: "0491 570 156", Region: "au", Use: mobile}, "+61491570156"},
		{app.GivePhone{Number: "0011 61 491 570 156", Region: "AU", Use: mobile}, "+61491570156"},
		{app.GivePhone{Number: "+61 491 570 156", Region: "GB", Use: mobile}, "+61491570156"},
		{app.GivePhone{Number: "\u202a+٦١ ٤٩١ ٥٧٠ ١٥٦\u202c", Use: mobile}, "+61491570156"},
		{app.GivePhone{Number: "＋６１４９１５７０１５６", Use: mobile}, "+61491570156"},
		{app.GivePhone{Number: "(202) 555-0123", Region: "US", Use: app.PhoneAlternate}, "+12025550123"},
		{app.GivePhone{Number: "+44 (0)20 7946 0000", Use: office}, "+442079460000"},
		{app.GivePhone{Number: "+39 06 1234 5678", Use: office}, "+390612345678"},
		{app.GivePhone{Number: "0491 570 156", Use: mobile}, "phone_malformed"},
		{app.GivePhone{Number: "0491 570 156", Region: "XX", Use: mobile}, "phone_malformed"},
		{app.GivePhone{Number: "", Region: "GB", Use: mobile}, "phone_malformed"},
		{app.GivePhone{Number: "112", Region: "GB", Use: mobile}, "phone_malformed"},
		{app.GivePhone{Number: "*100#", Region: "GB", Use: mobile}, "phone_malformed"},
		{app.GivePhone{Number: "1-800-FLOWERS", Region: "US", Use: mobile}, "phone_malformed"},
		{app.GivePhone{Number: "+1234567890123456789", Use: mobile}, "phone_malformed"},
		{app.GivePhone{Number: "+61491570156\x00", Use: mobile}, "phone_malformed"},
		{app.GivePhone{Number: "+61491570156\xff", Use: mobile}, "phone_malformed"},
		{app.GivePhone{Number: strings.Repeat("+61 491 570 156 ", 9), Use: mobile}, "phone_malformed"},
		{app.GivePhone{Number: "+44 20 7946 0000", Use: mobile}, "phone_use"}, // a land line
		{app.GivePhone{Number: "+44 871 234 5678", Use: office}, "phone_use"}, // premium
		{app.GivePhone{Number: "+44 70 1234 5678", Use: mobile}, "phone_use"}, // personal number
		{app.GivePhone{Number: "+1 800 555 1234", Use: office}, "phone_use"},  // toll-free
		{app.GivePhone{Number: "+800 1234 5678", Use: office}, "phone_use"},
		{app.GivePhone{Number: "+61 491 570 156", Use: mobile, Extension: "12"}, "phone_use"},
		{app.GivePhone{Number: "+44 20 7946 0000", Use: office, Extension: "1a"}, "phone_malformed"},
		{app.GivePhone{Number: "+44 20 7946 0000", Use: office, Extension: "123456789"}, "phone_malformed"},
	} {
		n, err := read(c.in)
		got := n.E164
		if err != nil {
			got = string(app.CodeOf(err))
		}
		if got != c.want || (err == nil) != n.valid() {
			t.Errorf("%+v: %s, want %s (%v)", c.in, got, c.want, err)
		}
	}
}

func TestDialAndMask(t *testing.T) {
	n, err := read(app.GivePhone{Number: "020 7946 0000", Region: "GB", Use: app.PhoneOffice, Extension: " 4400 "})
	if err != nil || n.dial() != "+442079460000;ext=4400" || n.masked() != "+44 ••••••00" {
		t.Errorf("%+v: dial %s, masked %s, %v", n, n.dial(), n.masked(), err)
	}
	if got := (number{E164: "+2904123"}).masked(); got != "+290 ••••••" {
		t.Errorf("a number of four digits is masked as %s", got)
	}
}

// TestMaskedNeverShowsMore holds for every country and every number that can be registered: its code and two digits,
// and at least four digits hidden.
func TestMaskedNeverShowsMore(t *testing.T) {
	var regions []string
	for region := range phonenumbers.GetSupportedRegions() {
		regions = append(regions, region)
	}
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		example := phonenumbers.GetExampleNumberForType(rapid.SampledFrom(regions).Draw(t, "region"), phonenumbers.MOBILE)
		if example == nil {
			return
		}
		digits := []byte(phonenumbers.GetNationalSignificantNumber(example))
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			digits[rapid.IntRange(0, len(digits)-1).Draw(t, "at")] = byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		}
		n := number{E164: fmt.Sprintf("+%d%s", example.GetCountryCode(), digits), Use: app.PhoneMobile}
		if !n.valid() {
			return
		}
		read++
		shown := n.masked()
		country, rest, _ := strings.Cut(shown, " ")
		tail := strings.TrimLeft(rest, "•")
		if country != fmt.Sprintf("+%d", example.GetCountryCode()) || len(tail) > 2 || !strings.HasPrefix(rest, "••••••") {
			t.Fatalf("%s is masked as %s", n.E164, shown)
		}
		if hidden := len(n.E164) - len(country) - len(tail); hidden < leastHidden {
			t.Fatalf("%s is masked as %s: %d digits are hidden", n.E164, shown, hidden)
		}
	})
	if read == 0 {
		t.Error("no number was masked")
	}
}

// FuzzRead holds that what is accepted is one number in E.164, that it reads the same again, and that it is not masked
// by itself.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"+61491570156", "0491 570 156", "(202) 555-0123", "tel:+44;ext=1", "+", "++44", "00", "+39 06 1", "٠٤٩١", "+8821", "+390"} {
		f.Add(s, "AU", "12")
	}
	f.Fuzz(func(t *testing.T, typed, region, extension string) {
		for _, use := range []app.PhoneUse{app.PhoneMobile, app.PhoneOffice} {
			n, err := read(app.GivePhone{Number: typed, Region: region, Extension: extension, Use: use})
			if err != nil {
				code := app.CodeOf(err)
				if n != (number{}) || code != app.CodeBadPhone && code != app.CodePhoneUse {
					t.Fatalf("%q: %+v, %v", typed, n, err)
				}
				continue
			}
			if !strings.HasPrefix(n.E164, "+") || len(n.E164) > 18 || strings.ContainsFunc(n.E164[1:], func(r rune) bool { return r > '9' || !unicode.IsDigit(r) }) {
				t.Fatalf("%q gives %q", typed, n.E164)
			}
			if !n.valid() || strings.Contains(n.masked(), n.E164[len(n.E164)-4:]) {
				t.Fatalf("%q gives %+v, masked %s", typed, n, n.masked())
			}
		}
	})
}

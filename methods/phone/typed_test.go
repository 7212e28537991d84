package phone

import (
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"

	"github.com/sparekey/sparekey/app"
)

// faultOf is what is wrong with a number, with the field that has the fault where it is not the number's.
func faultOf(t *testing.T, err error) string {
	t.Helper()
	e, is := err.(*app.Error)
	if !is || e.Params["why"] == "" {
		t.Fatalf("no reason: %v", err)
	}
	if e.Field != "number" {
		return e.Field + ": " + e.Params["why"]
	}
	return e.Params["why"]
}

func TestAnExtensionMayStandBehindAnOfficeNumber(t *testing.T) {
	for typed, want := range map[string]string{
		"+1 2065550100x123":               "+12065550100;ext=123",
		"+1 206 555 0100 x 123":           "+12065550100;ext=123",
		"+1 206 555 0100 X123":            "+12065550100;ext=123",
		"+1 (206) 555-0100 ext. 123":      "+12065550100;ext=123",
		"+1 206 555 0100 EXTENSION 123":   "+12065550100;ext=123",
		"+1 206 555 0100 #123":            "+12065550100;ext=123",
		"tel:+1-206-555-0100;ext=123":     "+12065550100;ext=123",
		"+1 206 555 0100 x\u0661\u0662":   "+12065550100;ext=12",
		"\u202a+1 206 555 0100 x12\u202c": "+12065550100;ext=12",
		"+1 206 555 0100":                 "+12065550100",
		"+1 206 555 0100 x123456789":      "extension: extension",
		"+1 206 555 0100 x":               "signs",
		"+1 206 555 0100 desk 12":         "signs",
	} {
		n, err := read(app.GivePhone{Number: typed, Use: app.PhoneOffice})
		got := n.dial()
		if err != nil {
			got = faultOf(t, err)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
	for _, own := range []string{"123", " 123 ", ""} {
		if n, err := read(app.GivePhone{Number: "+1 206 555 0100 x123", Extension: own, Use: app.PhoneOffice}); err != nil || n.Extension != "123" {
			t.Errorf("beside %q: %+v, %v", own, n, err)
		}
	}
	if _, err := read(app.GivePhone{Number: "+1 206 555 0100 x123", Extension: "124", Use: app.PhoneOffice}); faultOf(t, err) != "extension: two_extensions" {
		t.Errorf("two extensions: %v", err)
	}
}

func TestEachReasonHasItsName(t *testing.T) {
	mobile, office := app.PhoneMobile, app.PhoneOffice
	for _, c := range []struct {
		in   app.GivePhone
		want string
	}{
		{app.GivePhone{Number: "1-800-FLOWERS", Region: "US", Use: mobile}, "signs"},
		{app.GivePhone{Number: "*100#", Region: "GB", Use: mobile}, "signs"},
		{app.GivePhone{Number: "+61491570156\xff", Use: mobile}, "signs"},
		{app.GivePhone{Number: "4.42079E+11", Region: "GB", Use: mobile}, "shortened"},
		{app.GivePhone{Number: "4,42079e11", Region: "DE", Use: mobile}, "shortened"},
		{app.GivePhone{Number: "442079460000.0", Region: "DE", Use: mobile}, "shortened"},
		{app.GivePhone{Number: "0491 570 156", Use: mobile}, "no_country"},
		{app.GivePhone{Number: "0491 570 156", Region: "XX", Use: mobile}, "no_country"},
		{app.GivePhone{Number: "+999 1234 5678", Use: mobile}, "country_code"},
		{app.GivePhone{Number: "", Region: "GB", Use: mobile}, "short"},
		{app.GivePhone{Number: "+", Use: mobile}, "short"},
		{app.GivePhone{Number: "+44 20", Use: office}, "short"},
		{app.GivePhone{Number: "+44 20 7946 00001", Use: office}, "long"},
		{app.GivePhone{Number: strings.Repeat("+61 491 570 156 ", 9), Use: mobile}, "long"},
		{app.GivePhone{Number: "+44 20 2946 0000", Use: office}, "unassigned"},
		{app.GivePhone{Number: "+44 20 7946 0000", Use: mobile}, "land_line"},
		{app.GivePhone{Number: "+44 871 234 5678", Use: office}, "tariff"},
		{app.GivePhone{Number: "+1 800 555 1234", Use: office}, "tariff"},
		{app.GivePhone{Number: "+44 70 1234 5678", Use: mobile}, "nobodys"},
		{app.GivePhone{Number: "+61 491 570 156 x12", Use: mobile}, "extension_mobile"},
		{app.GivePhone{Number: "+61 491 570 156", Use: app.PhoneAlternate, Extension: "12"}, "extension: extension_mobile"},
		{app.GivePhone{Number: "+44 20 7946 0000", Use: office, Extension: "1a"}, "extension: extension"},
	} {
		if _, err := read(c.in); faultOf(t, err) != c.want {
			t.Errorf("%+v: %s, want %s", c.in, faultOf(t, err), c.want)
		}
	}
}

// TestDigitsWithoutAPlus reads what a spreadsheet leaves of a number: as the region's only where it can't be another
// country's, or where the region writes its numbers so.
func TestDigitsWithoutAPlus(t *testing.T) {
	for _, c := range []struct{ typed, region, want string }{
		{"442079460000", "DE", "no_plus"}, // a German number of twelve digits, or London's
		{"442079460000", "US", "no_plus"}, // no American number at all
		{"442079460000", "PL", "no_plus"},
		{"15123456789", "DE", "no_plus"}, // a German mobile without its 0, or a telephone in Austin
		{"442079460000", "GB", "+442079460000"},
		{"61491570156", "AU", "+61491570156"},
		{"491570156", "AU", "+61491570156"}, // without its 0, and nobody else's
		{"02079460000", "GB", "+442079460000"},
		{"00442079460000", "DE", "+442079460000"},
		{"2065550100", "US", "+12065550100"},
		{"4755550100", "US", "+14755550100"}, // Bergen's, with a plus; but Connecticut's is written so
		{"12065550100", "US", "+12065550100"},
		{"612345678", "ES", "+34612345678"},
		{"0612345678", "IT", "+390612345678"},
	} {
		p, err := parse(c.typed, c.region)
		got := p.e164
		if err != nil {
			got = faultOf(t, err)
		}
		if got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.typed, c.region, got, c.want)
		}
	}
}

// TestALostPlusNeverMakesAnotherNumber holds for every country whose numbers are written with a prefix, and a number of
// every other: without its plus it is the same number, or it is refused.
func TestALostPlusNeverMakesAnotherNumber(t *testing.T) {
	var writing, regions []string
	for region := range phonenumbers.GetSupportedRegions() {
		regions = append(regions, region)
		example := phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE)
		if example != nil && phonenumbers.NormalizeDigitsOnly(phonenumbers.Format(example, phonenumbers.NATIONAL)) != phonenumbers.GetNationalSignificantNumber(example) {
			writing = append(writing, region)
		}
	}
	refused := 0
	rapid.Check(t, func(t *rapid.T) {
		example := phonenumbers.GetExampleNumberForType(rapid.SampledFrom(regions).Draw(t, "of"), phonenumbers.MOBILE)
		if example == nil {
			return
		}
		e164 := phonenumbers.Format(example, phonenumbers.E164)
		region := rapid.SampledFrom(writing).Draw(t, "in")
		p, err := parse(strings.TrimPrefix(e164, "+"), region)
		if err != nil {
			refused++
			return
		}
		digits := strings.TrimPrefix(e164, "+")
		if p.e164 != e164 && !strings.HasPrefix(digits, phonenumbers.GetNddPrefixForRegion(region, true)) {
			t.Fatalf("%s in %s is read as %s", digits, region, p.e164)
		}
	})
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

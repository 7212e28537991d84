package setup

import (
	"regexp"

	"github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"
)

var regionForm = regexp.MustCompile(`^[A-Z]{2}$`)

// Region is the country of the system's locale (ISO 3166-1 alpha-2); empty where the locale names none or can't be found
// out.
func Region() string {
	name, err := locale.GetLocale()
	if err != nil {
		return ""
	}
	return regionOf(name)
}

// regionOf is the country that a locale names (BCP 47: "en-GB", "zh-Hant-TW"); empty when it names none.
func regionOf(locale string) string {
	tag, _ := language.Parse(locale) // of a locale that it can't read whole it gives what it could read
	_, _, region := tag.Raw()
	if name := region.String(); name != "ZZ" && regionForm.MatchString(name) { // ZZ: no country
		return name
	}
	return ""
}

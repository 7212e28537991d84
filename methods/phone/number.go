package phone

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/sparekey/sparekey/app"
)

const maxExtension = 8 // digits

// number is a telephone number that exists, as it is kept.
type number struct {
	E164      string       `json:"e164"`
	Extension string       `json:"extension,omitempty"` // ASCII digits, for an office only
	Use       app.PhoneUse `json:"use"`
}

// read takes a number to register for a use: one that can serve it, whose calls cost what calls to people cost.
func read(in app.GivePhone) (number, error) {
	p, err := parse(in.Number, in.Region)
	if err != nil {
		return number{}, err
	}
	if why := unfit(p.typ, in.Use); why != "" {
		return number{}, refuse(app.CodePhoneUse, "number", why)
	}
	extension, err := readExtension(in, p.extension)
	if err != nil {
		return number{}, err
	}
	return number{E164: p.e164, Extension: extension, Use: in.Use}, nil
}

// Number reads a number in international form that can serve a use, as E.164 has it, and its country (ISO 3166-1 alpha-2). The error is
// as that of a number to register.
func Number(typed string, use app.PhoneUse) (e164, country string, err error) {
	n, err := read(app.GivePhone{Number: typed, Use: use})
	return n.E164, n.country(), err
}

// unfit says why a number of this type can't serve a use: a mobile serves any, a land line an office only, and what has a
// tariff of its own or belongs to no person (premium, shared cost, toll-free, pagers, …) none. Empty where it can.
func unfit(typ phonenumbers.PhoneNumberType, use app.PhoneUse) app.PhoneFault {
	switch typ {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		return ""
	case phonenumbers.FIXED_LINE, phonenumbers.VOIP:
		if use == app.PhoneOffice {
			return ""
		}
		return app.PhoneLandLine
	case phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.TOLL_FREE:
		return app.PhoneTariff
	}
	return app.PhoneNobodys
}

// readExtension takes an office's extension from its own field, or from behind the number; both must say the same.
func readExtension(in app.GivePhone, behind string) (string, error) {
	own := strings.TrimSpace(in.Extension)
	switch {
	case in.Use != app.PhoneOffice && own != "":
		return "", refuse(app.CodePhoneUse, "extension", app.PhoneExtensionMobile)
	case in.Use != app.PhoneOffice && behind != "":
		return "", refuse(app.CodePhoneUse, "number", app.PhoneExtensionMobile)
	case own != "" && behind != "" && own != behind:
		return "", refuse(app.CodeBadPhone, "extension", app.PhoneTwoExtensions)
	}
	extension := cmp.Or(own, behind)
	if len(extension) > maxExtension || strings.Trim(extension, "0123456789") != "" {
		return "", refuse(app.CodeBadPhone, "extension", app.PhoneExtension)
	}
	return extension, nil
}

// refuse names the field and what is wrong with the number in it.
func refuse(code app.Code, field string, why app.PhoneFault) *app.Error {
	return &app.Error{Code: code, Field: field, Params: map[string]string{"why": string(why)}}
}

// country is where the number is, ISO 3166-1 alpha-2; "001" for one that is in no country.
func (n number) country() string {
	read, err := phonenumbers.Parse(n.E164, phonenumbers.UNKNOWN_REGION)
	if err != nil {
		return phonenumbers.UNKNOWN_REGION
	}
	return phonenumbers.GetRegionCodeForNumber(read)
}

// valid reports whether the number has the form that read gives.
func (n number) valid() bool {
	again, err := read(app.GivePhone{Number: n.E164, Extension: n.Extension, Use: n.Use})
	return err == nil && again == n
}

// dial is where a message goes (RFC 3966, without its scheme).
func (n number) dial() string {
	if n.Extension == "" {
		return n.E164
	}
	return n.E164 + ";ext=" + n.Extension
}

// leastHidden is how many digits of a national number stay hidden at least.
const leastHidden = 4

// masked shows the country's code and the last two digits; the dots are always six, whatever they stand for.
func (n number) masked() string {
	read, err := phonenumbers.Parse(n.E164, phonenumbers.UNKNOWN_REGION)
	if err != nil {
		return ""
	}
	shown := fmt.Sprintf("+%d ••••••", read.GetCountryCode())
	national := phonenumbers.GetNationalSignificantNumber(read)
	if len(national) < leastHidden+2 {
		return shown
	}
	return shown + national[len(national)-2:]
}

// same compares two numbers in a time that does not depend on where they differ. Extensions are none of a secret.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

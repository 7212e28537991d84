package phone

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"github.com/sparekey/sparekey/app"
)

const (
	maxTyped     = 64 // characters
	maxExtension = 8  // digits
)

// number is a telephone number that exists, as it is kept.
type number struct {
	E164      string       `json:"e164"`
	Extension string       `json:"extension,omitempty"` // ASCII digits, for an office only
	Use       app.PhoneUse `json:"use"`
}

// parse reads what a person typed: an international number where it begins with "+", otherwise a national one of the
// region. CodeBadPhone for what is no number there.
func parse(typed, region string) (string, phonenumbers.PhoneNumberType, error) {
	refused := &app.Error{Code: app.CodeBadPhone, Field: "number"}
	digits, ok := dialled(typed)
	if !ok {
		return "", phonenumbers.UNKNOWN, refused
	}
	region = strings.ToUpper(region)
	if !phonenumbers.GetSupportedRegions()[region] {
		region = phonenumbers.UNKNOWN_REGION
	}
	read, err := phonenumbers.Parse(digits, region)
	if err != nil || !phonenumbers.IsValidNumber(read) {
		return "", phonenumbers.UNKNOWN, refused
	}
	e164 := phonenumbers.Format(read, phonenumbers.E164)
	again, err := phonenumbers.Parse(e164, phonenumbers.UNKNOWN_REGION)
	if err != nil || phonenumbers.Format(again, phonenumbers.E164) != e164 {
		return "", phonenumbers.UNKNOWN, refused
	}
	return e164, phonenumbers.GetNumberType(again), nil
}

// dialled keeps what can be dialled of a typed number, and the signs that people write between digits. Letters, as in
// vanity numbers, and the keys * and # are refused; what can't be seen (a pasted direction mark) is dropped.
func dialled(typed string) (string, bool) {
	if !utf8.ValidString(typed) || utf8.RuneCountInString(typed) > maxTyped {
		return "", false
	}
	var b strings.Builder
	for _, r := range typed {
		switch {
		case unicode.Is(unicode.Cf, r):
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r):
			b.WriteByte(' ')
		case unicode.Is(unicode.Nd, r), strings.ContainsRune("+＋()（）./−", r):
			b.WriteRune(r)
		default:
			return "", false
		}
	}
	return b.String(), true
}

// read takes a number to register for a use: one that can serve it, whose calls cost what calls to people cost.
func read(in app.GivePhone) (number, error) {
	e164, typ, err := parse(in.Number, in.Region)
	if err != nil {
		return number{}, err
	}
	if !serves(typ, in.Use) {
		return number{}, &app.Error{Code: app.CodePhoneUse, Field: "number"}
	}
	extension, err := readExtension(in)
	if err != nil {
		return number{}, err
	}
	return number{E164: e164, Extension: extension, Use: in.Use}, nil
}

// serves reports whether a number of this type can serve a use: a mobile any, a land line an office only, and what has a
// tariff of its own or belongs to no person (premium, shared cost, toll-free, pagers, …) none.
func serves(typ phonenumbers.PhoneNumberType, use app.PhoneUse) bool {
	switch typ {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		return true
	case phonenumbers.FIXED_LINE, phonenumbers.VOIP:
		return use == app.PhoneOffice
	}
	return false
}

func readExtension(in app.GivePhone) (string, error) {
	typed := strings.TrimSpace(in.Extension)
	switch {
	case typed == "":
		return "", nil
	case in.Use != app.PhoneOffice:
		return "", &app.Error{Code: app.CodePhoneUse, Field: "extension"}
	case len(typed) > maxExtension || strings.Trim(typed, "0123456789") != "":
		return "", &app.Error{Code: app.CodeBadPhone, Field: "extension"}
	}
	return typed, nil
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

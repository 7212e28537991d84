package phone

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"github.com/sparekey/sparekey/app"
)

const maxTyped = 64 // characters

// parsed is a number that exists, as it was typed.
type parsed struct {
	e164      string
	typ       phonenumbers.PhoneNumberType
	extension string // that stood behind it; ASCII digits, of any number
}

// parse reads what a person typed or a spreadsheet holds: an international number where it begins with "+", otherwise a
// national one of the region. CodeBadPhone, with what is wrong, for what is no number there, and for what may just as well
// be another country's.
func parse(typed, region string) (parsed, error) {
	text, extension := split(typed)
	region = strings.ToUpper(region)
	if !phonenumbers.GetSupportedRegions()[region] {
		region = phonenumbers.UNKNOWN_REGION
	}
	dialled, why := dial(text)
	if why == "" && region == phonenumbers.UNKNOWN_REGION && !international(dialled) {
		why = app.PhoneNoCountry
	}
	if why != "" {
		return parsed{}, refuse(app.CodeBadPhone, "number", why)
	}
	read, err := phonenumbers.Parse(dialled, region)
	if err != nil || !phonenumbers.IsValidNumber(read) {
		return parsed{}, refuse(app.CodeBadPhone, "number", fault(dialled, read, err))
	}
	e164 := phonenumbers.Format(read, phonenumbers.E164)
	again, err := phonenumbers.Parse(e164, phonenumbers.UNKNOWN_REGION)
	if err != nil || phonenumbers.Format(again, phonenumbers.E164) != e164 {
		return parsed{}, refuse(app.CodeBadPhone, "number", app.PhoneUnassigned)
	}
	if !international(dialled) && !asWritten(read, dialled, region) && elsewhere(dialled, e164) {
		return parsed{}, refuse(app.CodeBadPhone, "number", app.PhoneNoPlus)
	}
	return parsed{e164: e164, typ: phonenumbers.GetNumberType(again), extension: extension}, nil
}

// split parts a number from the extension behind it ("x12", "ext. 12", "#12", ";ext=12", as in RFC 3966), and drops what
// can't be seen, such as a pasted direction mark, and a link's "tel:".
func split(typed string) (text, extension string) {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(typed, "\ufffd")))
	if len(text) > len("tel:") && strings.EqualFold(text[:len("tel:")], "tel:") {
		text = text[len("tel:"):]
	}
	if utf8.RuneCountInString(text) > maxTyped {
		return text, ""
	}
	text, extension = phonenumbers.MaybeSeparateExtensionFromPhone(text)
	return text, phonenumbers.NormalizeDigitsOnly(extension)
}

// shortened is how a spreadsheet writes a number of many digits: 4.42079E+11, or 442079460000.0.
var shortened = regexp.MustCompile(`^\+?\d+([.,]\d+)?[Ee]\+?\d+$|^\+?\d+[.,]0$`)

// dial keeps what can be dialled of a typed number, and the signs that people write between digits. Letters, as in vanity
// numbers, and the keys * and # are refused, as is what a spreadsheet has shortened.
func dial(text string) (string, app.PhoneFault) {
	if utf8.RuneCountInString(text) > maxTyped {
		return "", app.PhoneLong
	}
	if shortened.MatchString(text) {
		return "", app.PhoneShortened
	}
	var b strings.Builder
	digits := 0
	for _, r := range text {
		switch {
		case r == ' ', unicode.Is(unicode.Pd, r):
			b.WriteByte(' ')
		case unicode.Is(unicode.Nd, r):
			b.WriteRune(r)
			digits++
		case strings.ContainsRune("+＋()（）./−", r):
			b.WriteRune(r)
		default:
			return "", app.PhoneSigns
		}
	}
	if digits == 0 {
		return "", app.PhoneShort
	}
	return b.String(), ""
}

func international(dialled string) bool {
	return strings.HasPrefix(dialled, "+") || strings.HasPrefix(dialled, "＋")
}

// fault says why what can be dialled is no number. read is nil where err is set.
func fault(dialled string, read *phonenumbers.PhoneNumber, err error) app.PhoneFault {
	if !international(dialled) && elsewhere(dialled, "") {
		return app.PhoneNoPlus
	}
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return app.PhoneCountryCode
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return app.PhoneLong
	case err != nil:
		return app.PhoneShort
	}
	switch phonenumbers.IsPossibleNumberWithReason(read) {
	case phonenumbers.INVALID_COUNTRY_CODE:
		return app.PhoneCountryCode
	case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return app.PhoneShort
	case phonenumbers.TOO_LONG:
		return app.PhoneLong
	}
	return app.PhoneUnassigned
}

// asWritten reports whether a national number has the prefix with which its country writes it, such as the 0 of
// 020 7946 0000, or its country writes none.
func asWritten(read *phonenumbers.PhoneNumber, dialled, region string) bool {
	written := phonenumbers.NormalizeDigitsOnly(phonenumbers.Format(read, phonenumbers.NATIONAL))
	if written == phonenumbers.GetNationalSignificantNumber(read) {
		return true
	}
	return strings.HasPrefix(phonenumbers.NormalizeDigitsOnly(dialled), phonenumbers.GetNddPrefixForRegion(region, true))
}

// elsewhere reports whether the digits are, with the plus that spreadsheets drop, the full number of a telephone other than
// e164.
func elsewhere(dialled, e164 string) bool {
	other, err := phonenumbers.Parse("+"+phonenumbers.NormalizeDigitsOnly(dialled), phonenumbers.UNKNOWN_REGION)
	return err == nil && phonenumbers.IsValidNumber(other) && phonenumbers.Format(other, phonenumbers.E164) != e164
}

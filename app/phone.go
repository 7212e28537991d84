package app

// PhoneFault says what is wrong with a telephone number: Params["why"] of CodeBadPhone and of CodePhoneUse.
type PhoneFault string

// What is no number that exists.
const (
	PhoneSigns         PhoneFault = "signs"          // letters, or signs that can't be dialled
	PhoneShortened     PhoneFault = "shortened"      // by a spreadsheet: 4.42079E+11
	PhoneNoCountry     PhoneFault = "no_country"     // neither a plus nor a region as of which it is read
	PhoneCountryCode   PhoneFault = "country_code"   // no country has it
	PhoneShort         PhoneFault = "short"          // a digit is missing
	PhoneLong          PhoneFault = "long"           // a digit too many
	PhoneUnassigned    PhoneFault = "unassigned"     // the country gives no such number to anybody
	PhoneNoPlus        PhoneFault = "no_plus"        // with a plus it would be another country's number
	PhoneExtension     PhoneFault = "extension"      // not up to 8 digits
	PhoneTwoExtensions PhoneFault = "two_extensions" // the one behind the number is not the one in its field
)

// What can't serve for a use.
const (
	PhoneLandLine        PhoneFault = "land_line"        // for a mobile
	PhoneTariff          PhoneFault = "tariff"           // premium, shared cost, toll-free
	PhoneNobodys         PhoneFault = "nobodys"          // a pager, a voice mailbox, a personal number
	PhoneExtensionMobile PhoneFault = "extension_mobile" // a mobile has none
)

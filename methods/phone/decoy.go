package phone

import (
	"crypto/rand"
	"fmt"
	"math/big"

	"github.com/nyaruka/phonenumbers"

	"github.com/sparekey/sparekey/app"
)

// decoyNumbers are so many that nobody hits the one by typing. Numbers that are kept free for fiction are too few: who
// tried them all would know a decoy.
const decoyNumbers = 100_000_000

// decoyNumber gives a mobile number of the region that most people are of: the country that the policy names first, Germany
// where it names none, or one that has no mobile numbers.
func decoyNumber(countries []string, at int64) (number, error) {
	if len(countries) > 0 && countries[0] != "DE" {
		if n, ok := mobileOf(countries[0], at); ok {
			return n, nil
		}
	}
	return read(app.GivePhone{Number: fmt.Sprintf("+49151%08d", at), Use: app.PhoneMobile})
}

// mobileOf gives a mobile number of a country: the beginning of its example, as short as numbers that exist allow, and digits
// of at behind it.
func mobileOf(country string, at int64) (number, bool) {
	example := phonenumbers.GetExampleNumberForType(country, phonenumbers.MOBILE)
	if example == nil {
		return number{}, false
	}
	digits, drawn := phonenumbers.GetNationalSignificantNumber(example), fmt.Sprintf("%08d", at)
	for tail := min(len(drawn), len(digits)-1); tail > 0; tail-- {
		typed := fmt.Sprintf("+%d%s%s", example.GetCountryCode(), digits[:len(digits)-tail], drawn[len(drawn)-tail:])
		if n, err := read(app.GivePhone{Number: typed, Use: app.PhoneMobile}); err == nil && n.country() == country {
			return n, true
		}
	}
	return number{}, false
}

// Decoy makes the credential of a mobile number. Somebody may have it: nothing is ever sent to a decoy.
func (Channel) Decoy(t app.Turn, _ int) (app.NewCredential, error) {
	at, err := rand.Int(t.Rand, big.NewInt(decoyNumbers))
	if err != nil {
		return app.NewCredential{}, fmt.Errorf("phone: draw a number: %w", err)
	}
	n, err := decoyNumber(t.Settings.Countries, at.Int64())
	if err != nil {
		return app.NewCredential{}, err
	}
	c, err := keep(t, n)
	c.Address = "" // nothing is ever sent to a decoy
	return c, err
}

package wire

import (
	"fmt"
	"time"
)

const timeLayout = "2006-01-02T15:04:05.000000Z"

// Time is an instant: RFC 3339 (section 5.6) in UTC with exactly six decimals. What is finer than a microsecond is
// cut off.
type Time time.Time

// IsZero reports whether there is no time, which is then left out of the JSON.
func (t Time) IsZero() bool { return time.Time(t).IsZero() }

// MarshalText writes the time; it fails for years that RFC 3339 can't write.
func (t Time) MarshalText() ([]byte, error) {
	u := time.Time(t).UTC()
	if y := u.Year(); y < 0 || y > 9999 {
		return nil, fmt.Errorf("wire: year %d is outside of RFC 3339", y)
	}
	return []byte(u.Format(timeLayout)), nil
}

// UnmarshalText reads any RFC 3339 time.
func (t *Time) UnmarshalText(text []byte) error {
	parsed, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return fmt.Errorf("wire: not an RFC 3339 time")
	}
	*t = Time(parsed.UTC().Truncate(time.Microsecond))
	return nil
}

func (t Time) domain() time.Time { return time.Time(t) }

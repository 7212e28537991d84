package doctor

import (
	"fmt"
	"strings"
)

// checkLocale matters where the toolkit asks it how keys become letters.
func (d Doctor) checkLocale() Finding {
	f := Finding{Check: "locale", Health: Healthy}
	if d.system == "windows" || d.system == "darwin" {
		f.What = "the system's own"
		return f
	}
	name, value := "LANG", d.env("LANG")
	for _, n := range []string{"LC_ALL", "LC_CTYPE"} { // POSIX.1-2017, 8.2: the first that is set counts
		if v := d.env(n); v != "" {
			name, value = n, v
			break
		}
	}
	_, charset, _ := strings.Cut(strings.ToLower(value), ".")
	charset, _, _ = strings.Cut(charset, "@")
	switch {
	case charset == "utf-8" || charset == "utf8":
		f.What = value
	case value == "":
		f.Health, f.What = Attention, "none is set, so letters such as é can't be typed on some systems"
	default:
		f.Health, f.What = Attention, fmt.Sprintf("%s is %s, which is not UTF-8: letters such as é can't be typed on some systems", name, value)
	}
	if f.Health != Healthy {
		f.Do = "Set LANG to a UTF-8 locale, such as C.UTF-8"
	}
	return f
}

package doctor

import (
	"strings"

	"github.com/sparekey/sparekey/assets/words"
)

// checkLocale matters where the toolkit asks it how keys become letters.
func (d Doctor) checkLocale() Finding {
	f := Finding{Check: "locale", Health: Healthy}
	if d.system == "windows" || d.system == "darwin" {
		f.What = words.Text("doctor.system")
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
		f.Health, f.What = Attention, words.Text("doctor.locale.none")
	default:
		f.Health, f.What = Attention, words.Text("doctor.locale.other", words.Values{"name": name, "value": value})
	}
	if f.Health != Healthy {
		f.Do = words.Text("doctor.locale.do")
	}
	return f
}

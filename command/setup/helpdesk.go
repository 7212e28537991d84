package setup

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/command/setup/managed"
)

// HelpDesk is how to reach it, where no window says so: as the organisation set it, or the settings at path, which may be wrong
// in everything else, or as the server last said; empty where none does.
func HelpDesk(path string) string {
	var set Settings
	_, _ = managed.Load(&set) // what of it can be read
	if set.HelpDesk != "" {
		return set.HelpDesk
	}
	if desk := helpDeskIn(path); desk != "" {
		return desk
	}
	m := readMemory(memoryPath())
	return strings.TrimSuffix(m.Desk+", "+m.Phone, ", ")
}

// helpDeskLine may stand behind a byte order mark: U+FFFD is what a byte reads as that is no UTF-8.
var helpDeskLine = regexp.MustCompile(`(?m)^[\s\x{feff}\x{fffd}]*help_desk\s*=\s*("(?:[^"\\\n]|\\.)*")`)

// helpDeskIn is the help desk of a file that may be wrong in everything else; empty where it names none.
func helpDeskIn(path string) string {
	data, err := files.Read(path, maxSettings)
	if err != nil {
		return ""
	}
	found := helpDeskLine.FindSubmatch(bytes.ReplaceAll(data, []byte{0}, nil)) // as it stands in UTF-16 as well
	if found == nil {
		return ""
	}
	desk, err := strconv.Unquote(string(found[1]))
	if err != nil {
		return ""
	}
	return desk
}

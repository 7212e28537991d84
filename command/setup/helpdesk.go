package setup

import (
	"bytes"
	"regexp"
	"strconv"

	"github.com/sparekey/sparekey/app/files"
)

// helpDeskLine may stand behind a byte order mark: U+FFFD is what a byte reads as that is no UTF-8.
var helpDeskLine = regexp.MustCompile(`(?m)^[\s\x{feff}\x{fffd}]*help_desk\s*=\s*("(?:[^"\\\n]|\\.)*")`)

// HelpDesk is how to reach it, as the settings say at path, which may be wrong in everything else; empty where they don't.
func HelpDesk(path string) string {
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

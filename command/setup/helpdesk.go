package setup

import (
	"os"
	"regexp"
	"strconv"
)

var helpDeskLine = regexp.MustCompile(`(?m)^\s*help_desk\s*=\s*("(?:[^"\\\n]|\\.)*")`)

// HelpDesk is how to reach it, as the settings say at path, which may be wrong in everything else; empty where they don't.
func HelpDesk(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	found := helpDeskLine.FindSubmatch(data)
	if found == nil {
		return ""
	}
	desk, err := strconv.Unquote(string(found[1]))
	if err != nil {
		return ""
	}
	return desk
}

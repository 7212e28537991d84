//go:build !windows

package setup

import (
	"regexp"
	"strings"

	"github.com/sparekey/sparekey/app/files"
)

// Where a system says what it is: os-release(5), and macOS' property list.
var systemFiles = map[string]*regexp.Regexp{
	"/etc/os-release": regexp.MustCompile(`(?m)^PRETTY_NAME=(.+)$`),
	"/System/Library/CoreServices/SystemVersion.plist": regexp.MustCompile(`<key>ProductVersion</key>\s*<string>([^<]+)</string>`),
}

// systemVersion is the operating system as it calls itself; empty where it doesn't say.
func systemVersion() string {
	for path, said := range systemFiles {
		content, err := files.Read(path, maxSettings)
		if err != nil {
			continue
		}
		if found := said.FindSubmatch(content); found != nil {
			return strings.Trim(string(found[1]), `"'`)
		}
	}
	return ""
}

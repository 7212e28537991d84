package setup

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// systemVersion is Windows' own number, of which the last part tells releases apart.
func systemVersion() string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("%d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
}

package screen

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	user32               = windows.NewLazySystemDLL("user32.dll")
	systemParametersInfo = user32.NewProc("SystemParametersInfoW")
	getDPIForSystem      = user32.NewProc("GetDpiForSystem")
)

const spiGetWorkArea = 0x0030 // winuser.h

// Find asks for the work area of the primary monitor, in the pixels that this process sees: before the toolkit begins,
// Windows may count in larger ones for it, and gives the matching dots to an inch.
func Find() (Screen, error) {
	var area struct{ left, top, right, bottom int32 }
	if done, _, err := systemParametersInfo.Call(spiGetWorkArea, 0, uintptr(unsafe.Pointer(&area)), 0); done == 0 {
		return Screen{}, err
	}
	s := Screen{Width: int(area.right - area.left), Height: int(area.bottom - area.top), Scale: 1}
	if getDPIForSystem.Find() == nil { // Windows 10, version 1607, and later
		if dots, _, _ := getDPIForSystem.Call(); dots > 0 {
			s.Scale = float32(dots) / 96
		}
	}
	return s, nil
}

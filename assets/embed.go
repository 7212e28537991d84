// Package assets holds what the window is drawn and written with: fonts,
// icons and texts, embedded in the binary.
//
// The fonts are subsets (Latin with its extensions, Greek, Cyrillic,
// punctuation, currency, arrows) of Inter and Noto Sans Mono, both under the
// SIL Open Font License in fonts/; other scripts fall back to the system's
// fonts. A smaller font is read faster and takes less memory.
package assets

import (
	"embed"
	"io/fs"
)

// The fonts, as OpenType data.
var (
	//go:embed fonts/Inter-Regular.otf
	Regular []byte
	//go:embed fonts/Inter-SemiBold.otf
	SemiBold []byte
	// Display is the bold cut for headings, spaced for large sizes.
	//go:embed fonts/InterDisplay-Bold.otf
	Display []byte
	//go:embed fonts/NotoSansMono-Regular.ttf
	Mono []byte
)

// AppIcon is the application's icon, a PNG of 512 by 512.
//
//go:embed icon.png
var AppIcon []byte

//go:embed icons/*.svg
var icons embed.FS

// Every icon is drawn in lines of this colour and this width (on its grid of
// 24), as the attributes say. Replace them to tint one or to draw it larger.
const (
	Stroke      = "#000000"
	StrokeWidth = `stroke-width="1.7"`
)

// Icon returns the SVG of the icon called name: a 24 grid, lines of 1.7 in
// Stroke, nothing filled. The error is fs.ErrNotExist for an unknown name.
func Icon(name string) ([]byte, error) {
	return fs.ReadFile(icons, "icons/"+name+".svg")
}

// ServerSettings is a commented server.toml to begin with, in which each setting has its default.
//
//go:embed server/server.toml
var ServerSettings []byte

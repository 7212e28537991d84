package assets

import "embed"

// Text holds the window's texts: one JSON file a language, named by its tag, in the form that Fyne's lang package reads.
//
//go:embed text/*.json
var Text embed.FS

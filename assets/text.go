package assets

import "embed"

// Text holds the texts: one JSON file a language, named by its tag. For each key it has a sentence, or an object of its
// plural forms (CLDR: "one", "other", …), with placeholders, {{.name}} and {{quote .name}}. Package words reads it.
//
//go:embed text/*.json
var Text embed.FS

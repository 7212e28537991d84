package managed

import (
	"strings"

	"howett.net/plist"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
)

// decodePlist reads a property list in XML or in binary. What macOS adds of the profile itself is none of the settings.
func decodePlist(path string, data []byte, into any) error {
	var tree map[string]any
	if _, err := plist.Unmarshal(data, &tree); err != nil {
		return &config.Problems{File: path, List: []app.Problem{app.NewProblem("", "cause", "cause", err)}}
	}
	for name := range tree {
		if strings.HasPrefix(name, "Payload") {
			delete(tree, name)
		}
	}
	return config.DecodeTree(path, tree, policyTag, into)
}

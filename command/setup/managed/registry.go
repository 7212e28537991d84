package managed

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/sparekey/sparekey/app/config"
)

// key is a key of the registry.
type key interface {
	// Values gives the key's values by their names: a string for a text (REG_SZ), anything else for another kind.
	Values() (map[string]any, error)
	// Keys names the keys below.
	Keys() ([]string, error)
	// Below gives the values of a key below.
	Below(name string) (map[string]any, error)
}

// decodeRegistry reads the settings of a key: its values are texts, and each key below is a list of texts, whose values
// Group Policy numbers from 1.
func decodeRegistry(place string, k key, into any) error {
	tree, err := k.Values()
	if err != nil {
		return err
	}
	lists, err := k.Keys()
	if err != nil {
		return err
	}
	for _, name := range lists {
		values, err := k.Below(name)
		if err != nil {
			return err
		}
		tree[name] = inOrder(values)
	}
	return config.DecodeTree(place, tree, policyTag, into)
}

// inOrder gives values in the order of their names, of which numbers come first.
func inOrder(values map[string]any) []any {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	number := func(name string) int {
		n, err := strconv.ParseUint(name, 10, 16)
		if err != nil {
			return 1 << 16
		}
		return int(n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(number(a)-number(b), cmp.Compare(a, b)) })
	list := make([]any, len(names))
	for i, name := range names {
		list[i] = values[name]
	}
	return list
}

// Package managed reads the settings that an organisation put on a computer, where the people who work at it can change
// nothing: a file of root's, the policies in Windows' registry, or macOS' managed preferences. It knows no setting: which
// there are, the struct says into which it reads.
package managed

// Load reads this computer's managed settings into the struct that into points to, and gives where they stand; empty where
// there are none. The struct's fields are texts and lists of texts; their tag "toml" names them in a file, and "policy" in the
// registry and in preferences. What stands there and can't be read, what others might have written, and what is no setting is
// an error, as of config.Decode: it is never left out in silence.
func Load(into any) (place string, err error) { return load(into) }

// policyTag is the fields' tag by which registry and preferences name them.
const policyTag = "policy"

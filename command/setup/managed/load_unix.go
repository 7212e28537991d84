//go:build unix && !darwin

package managed

// settingsFile is where an administrator, or a tool of theirs, puts the settings of a Linux computer.
const settingsFile = "/etc/sparekey/settings.toml"

func load(into any) (string, error) { return loadFile(settingsFile, ReadTrusted, into, decodeTOML) }

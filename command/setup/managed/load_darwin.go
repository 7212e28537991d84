package managed

// preferences are what macOS keeps of the profiles that were installed for the whole computer.
const preferences = "/Library/Managed Preferences/" + domain + ".plist"

func load(into any) (string, error) { return loadFile(preferences, ReadTrusted, into, decodePlist) }

package managed

// preferences are what macOS keeps of the profiles that were installed for the whole computer, under their payload's type.
const preferences = "/Library/Managed Preferences/app.sparekey.desktop.plist"

func load(into any) (string, error) { return loadFile(preferences, ReadTrusted, into, decodePlist) }

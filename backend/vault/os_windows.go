package vault

import "os"

// syncFolder has nothing to do: NTFS journals renames, and a folder can't be flushed.
func syncFolder(string) error { return nil }

// readableByOthers can't tell: Windows has no mode bits, the folder's access list decides.
func readableByOthers(os.FileMode) bool { return false }

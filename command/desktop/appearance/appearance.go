// Package appearance tells when the system turns dark, or light: the toolkit puts that on by itself, in a loop that may sleep
// (command/desktop/rest).
package appearance

import "context"

// Watch calls changed whenever the system says that its appearance changed, until ctx ends, and once as it begins to listen, since it
// may have changed before; never where the system doesn't say so.
func Watch(ctx context.Context, changed func()) { watch(ctx, changed) }

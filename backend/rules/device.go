package rules

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// One number is one device: whoever holds the telephone gets its texts and its calls. So what counts is not how many kinds
// there are, but how many of them can be proven by different devices.

// devices is the largest number of these kinds that credentials can prove, each by a device of its own: a number stands for
// its telephone, anything else for itself (a matching of kinds and devices, by augmenting paths).
func (c Credentials) devices(kinds []app.Kind) int {
	takenBy := make(map[string]app.Kind) // device → the kind that it proves
	found := 0
	for _, kind := range kinds {
		if c.giveDevice(kind, takenBy, make(map[string]bool)) {
			found++
		}
	}
	return found
}

// giveDevice finds a device for a kind; one that another kind has is taken from it where that one finds another.
func (c Credentials) giveDevice(kind app.Kind, takenBy map[string]app.Kind, asked map[string]bool) bool {
	for _, r := range c.Of(kind) {
		device := deviceOf(r)
		if asked[device] {
			continue
		}
		asked[device] = true
		holder, taken := takenBy[device]
		if !taken || c.giveDevice(holder, takenBy, asked) {
			takenBy[device] = kind
			return true
		}
	}
	return false
}

// telephone reports whether a number proves a kind.
func telephone(kind app.Kind) bool { return kind == app.KindSMS || kind == app.KindVoice }

// Devices is how many different ones there are.
func (c Credentials) Devices() int {
	seen := make(map[string]bool)
	for _, r := range c {
		seen[deviceOf(r)] = true
	}
	return len(seen)
}

// deviceOf names what proves a credential.
func deviceOf(r port.CredentialRecord) string {
	if number := DialledNumber(r); number != "" {
		return number
	}
	return "credential " + string(r.ID)
}

package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
)

// How long keys may take to say what they are; the system takes a second to let a person open a new one.
const (
	keysAtLeast = 1500 * time.Millisecond
	keysAtMost  = 5 * time.Second
)

// checkKeys looks which are plugged in, and whether this person may open them.
func (d Doctor) checkKeys(ctx context.Context) Finding {
	f := Finding{Check: "security keys", Health: Healthy}
	if d.workstation.Keys == nil {
		f.Health, f.What = Attention, "this program was built without libfido2, so it can't use them; every other method works"
		f.Do = "Where people have security keys, install a build that has it"
		return f
	}
	var there []string
	for _, key := range plugged(ctx, d.workstation.Keys) {
		name := key.Product
		if name == "" {
			name = "a key without a name"
		}
		if key.Manufacturer != "" {
			name += " (" + key.Manufacturer + ")"
		}
		said, health, do := keyFinding(key)
		there = append(there, name+" "+said)
		if f.Health == Healthy || health == Problem {
			f.Health = health
		}
		if f.Do == "" || health == Problem {
			f.Do = do
		}
	}
	f.What = "libfido2 is there; " + strings.Join(there, ", ")
	if len(there) > 0 {
		return f
	}
	f.What += "no key is plugged in"
	if d.system == "windows" {
		f.Health = Attention
		f.What = "libfido2 is there, and sees no key: raw access to security keys needs administrator rights on Windows. Every other method works without"
		f.Do = "Start Sparekey as administrator where a security key is to be used"
	}
	return f
}

// keyFinding says whether a key can be used, and what helps when it can't.
func keyFinding(key app.KeyInfo) (said string, h Health, do string) {
	switch {
	case key.Trouble != nil && key.Trouble.Code == app.CodeKeyNoPermission:
		return "may not be opened by this person", Problem, fmt.Sprintf(
			"As administrator put the line %s into %s, then take the key out and put it back", key.Trouble.Params["udev"], key.Trouble.Params["file"])
	case key.Trouble != nil:
		return "does not answer (" + string(key.Trouble.Code) + ")", Attention, "Take it out and put it back, and close other programs that use it"
	case !key.Ready:
		return "does not answer", Attention, "Take it out and put it back, and close other programs that use it"
	}
	return "can be used", Healthy, ""
}

// plugged gives the keys that are plugged in, once each has said what it is or why it doesn't.
func plugged(ctx context.Context, driver app.KeyDriver) []app.KeyInfo {
	ctx, cancel := context.WithTimeout(ctx, keysAtMost)
	defer cancel()
	settled := time.After(keysAtLeast)
	news := driver.Watch(ctx)
	var keys []app.KeyInfo
	waited := false
	for {
		select {
		case now, open := <-news:
			if !open {
				return keys
			}
			keys = now
		case <-settled:
			waited = true
		case <-ctx.Done():
			return keys
		}
		if waited && allSaid(keys) {
			return keys
		}
	}
}

func allSaid(keys []app.KeyInfo) bool {
	for _, key := range keys {
		if !key.Ready && key.Trouble == nil {
			return false
		}
	}
	return true
}

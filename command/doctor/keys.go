package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
)

// How long keys may take to say what they are; the system takes a second to let a person open a new one.
const (
	keysAtLeast = 1500 * time.Millisecond
	keysAtMost  = 5 * time.Second
)

// realKeys drives the security keys that are plugged in; nil where this program was built without libfido2.
func realKeys() app.KeyDriver {
	if !usb.Supported {
		return nil
	}
	return usb.New()
}

// securityKeys looks which are plugged in, and whether this person may open them.
func (d doctor) securityKeys(ctx context.Context) finding {
	f := finding{Check: "security keys", Health: healthy}
	if d.keys == nil {
		f.Health, f.What = attention, "this program was built without libfido2, so it can't use them; every other method works"
		f.Do = "Where people have security keys, install a build that has it"
		return f
	}
	var there []string
	for _, key := range plugged(ctx, d.keys) {
		name := key.Product
		if name == "" {
			name = "a key without a name"
		}
		if key.Manufacturer != "" {
			name += " (" + key.Manufacturer + ")"
		}
		said, health, do := keyFinding(key)
		there = append(there, name+" "+said)
		if f.Health == healthy || health == problem {
			f.Health = health
		}
		if f.Do == "" || health == problem {
			f.Do = do
		}
	}
	f.What = "libfido2 is there; " + strings.Join(there, ", ")
	if len(there) > 0 {
		return f
	}
	f.What += "no key is plugged in"
	if d.system == "windows" {
		f.Health = attention
		f.What = "libfido2 is there, and sees no key: raw access to security keys needs administrator rights on Windows. Every other method works without"
		f.Do = "Start Sparekey as administrator where a security key is to be used"
	}
	return f
}

// keyFinding says whether a key can be used, and what helps when it can't.
func keyFinding(key app.KeyInfo) (said string, h health, do string) {
	switch {
	case key.Trouble != nil && key.Trouble.Code == app.CodeKeyNoPermission:
		return "may not be opened by this person", problem, fmt.Sprintf(
			"As administrator put the line %s into %s, then take the key out and put it back", key.Trouble.Params["udev"], key.Trouble.Params["file"])
	case key.Trouble != nil:
		return "does not answer (" + string(key.Trouble.Code) + ")", attention, "Take it out and put it back, and close other programs that use it"
	case !key.Ready:
		return "does not answer", attention, "Take it out and put it back, and close other programs that use it"
	}
	return "can be used", healthy, ""
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

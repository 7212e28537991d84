package doctor

import (
	"context"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
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
		f.Health, f.What = Attention, words.Text("doctor.keys.unsupported")
		f.Do = words.Text("doctor.keys.unsupported.do")
		return f
	}
	var there []string
	for _, key := range plugged(ctx, d.workstation.Keys) {
		name := key.Product
		if name == "" {
			name = words.Text("doctor.keys.unnamed")
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
	f.What = words.Text("doctor.keys.there", words.Values{"keys": strings.Join(there, ", ")})
	if len(there) > 0 {
		return f
	}
	f.What = words.Text("doctor.keys.none")
	if d.system == "windows" {
		f.Health = Attention
		f.What = words.Text("doctor.keys.windows")
		f.Do = words.Text("doctor.keys.windows.do")
	}
	return f
}

// keyFinding says whether a key can be used, and what helps when it can't.
func keyFinding(key app.KeyInfo) (said string, h Health, do string) {
	switch {
	case key.Trouble != nil && key.Trouble.Code == app.CodeKeyNoPermission:
		return words.Text("doctor.keys.forbidden"), Problem, words.Text(
			"doctor.keys.forbidden.do", words.Values{"line": key.Trouble.Params["udev"], "file": key.Trouble.Params["file"]})
	case key.Trouble != nil:
		return words.Text("doctor.keys.trouble", words.Values{"code": key.Trouble.Code}), Attention, words.Text("doctor.keys.silent.do")
	case !key.Ready:
		return words.Text("doctor.keys.silent"), Attention, words.Text("doctor.keys.silent.do")
	}
	switch {
	case key.PIN == app.PINNever && !key.Fingers:
		return words.Text("doctor.keys.pinless"), Attention, words.Text("doctor.keys.pinless.do")
	case key.PINBlocked():
		return words.Text("doctor.keys.blocked"), Attention, words.Text("doctor.keys.blocked.do")
	case key.PIN == app.PINUnset:
		return words.Text("doctor.keys.no_pin"), Healthy, ""
	}
	return words.Text("doctor.keys.good"), Healthy, ""
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

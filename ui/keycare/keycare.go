// Package keycare is "My security key": what is on a key that is plugged in, and changing it. It needs no account and no
// server.
package keycare

import (
	"context"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// keyCare is a visit to "My security key": it sees keys come and go, and has them changed. It needs no account and no
// server.
type keyCare struct {
	w       *shell.Window
	manager app.KeyManager
	stop    context.CancelFunc
	told    bool          // what is plugged in is known
	keys    []app.KeyInfo // as the driver told last
	at      app.KeyID     // the key that the page is about; empty on the list
	pin     app.Secret    // opens the key, while one is on the pages that it was asked for
	wait    *resetting    // waits for the key to be taken out and put back; nil most of the time
	done    string        // what went well on the way to the key's page; empty for nothing
}

// Enter begins a visit.
func Enter(w *shell.Window, keys app.KeyDriver, manager app.KeyManager) {
	ctx, stop := context.WithCancel(context.Background())
	c := &keyCare{w: w, manager: manager, stop: stop}
	w.SetVisit(c)
	c.showKeys("")
	news := keys.Watch(ctx)
	w.Run.Follow(func(tell func(func())) {
		for keys := range news {
			tell(func() {
				if ctx.Err() == nil {
					c.onKeys(keys)
				}
			})
		}
	})
}

// Rail implements shell.Visit.
func (c *keyCare) Rail() shell.Rail { return shell.Rail{} }

// Leave implements shell.Visit.
func (c *keyCare) Leave() {
	c.stop()
	c.lock()
}

// onKeys hears which keys are plugged in now.
func (c *keyCare) onKeys(keys []app.KeyInfo) {
	before, first := c.keys, !c.told
	c.keys, c.told = slices.Clone(keys), true
	switch {
	case c.wait != nil:
		c.wait.onKeys(keys)
	case c.at != "" && c.key() == nil:
		c.showKeys(c.takenOut(before))
	case c.at == "" && (first || !slices.EqualFunc(before, keys, sameKey)):
		c.showKeys("")
	case c.at != "" && c.w.Page() == "keycare_key":
		c.drawKey()
	default:
		c.renew()
	}
}

// renewable is a page that says something of the keys which they may change while it is shown.
type renewable interface{ renew() }

// renew brings the page at hand up to what is known of the keys.
func (c *keyCare) renew() {
	if page, is := c.w.Shown().(renewable); is {
		page.renew()
	}
}

// takenOut says that the key at hand is gone, by its name if one of these is it.
func (c *keyCare) takenOut(before []app.KeyInfo) string {
	name := ""
	if i := slices.IndexFunc(before, func(k app.KeyInfo) bool { return k.ID == c.at }); i >= 0 {
		name = before[i].Product
	}
	return words.Text("keycare.taken_out", words.Values{"name": keyparts.Product(name)})
}

// sameKey reports whether a list looks the same with b in place of a.
func sameKey(a, b app.KeyInfo) bool {
	return a.ID == b.ID && a.Ready == b.Ready && a.Trouble == b.Trouble && a.Product == b.Product
}

// key is the key that the page is about, as the driver last told; nil when it was taken out.
func (c *keyCare) key() *app.KeyInfo {
	if i := slices.IndexFunc(c.keys, func(k app.KeyInfo) bool { return k.ID == c.at }); i >= 0 {
		return &c.keys[i]
	}
	return nil
}

// name names the key that the page is about, among those that are plugged in.
func (c *keyCare) name() string {
	if k := c.key(); k != nil {
		return keyparts.Name(*k, c.keys)
	}
	return ""
}

// lock forgets the PIN.
func (c *keyCare) lock() {
	c.pin.Wipe()
	c.pin = app.Secret{}
}

// access opens the key, with a copy of the PIN. The caller wipes the copy.
func (c *keyCare) access() app.KeyAccess {
	return app.KeyAccess{ID: c.at, PIN: app.NewSecret(c.pin.Reveal())}
}

// showKeys shows the keys that are plugged in; one alone is shown at once. warning says what happened on the way here.
func (c *keyCare) showKeys(warning string) {
	c.lock()
	c.at, c.wait, c.done = "", nil, ""
	if len(c.keys) == 1 {
		c.at = c.keys[0].ID
		c.w.Show(newOneKey(c))
	} else {
		c.w.Show(newKeyList(c))
	}
	if warning != "" {
		c.w.Tell(kit.NoteWarning, warning)
	}
}

// showKey shows the key at hand. done says what went well on the way here.
func (c *keyCare) showKey(done string) {
	c.lock()
	c.wait, c.done = nil, done
	if c.key() == nil {
		c.showKeys(c.takenOut(nil))
		return
	}
	c.drawKey()
}

// drawKey draws the key at hand anew. What has the focus keeps it.
func (c *keyCare) drawKey() {
	c.w.ShowInPlace(newOneKey(c), c.done)
}

// open shows one of several keys.
func (c *keyCare) open(id app.KeyID) {
	c.at = id
	c.showKey("")
}

// run has the key do something that the page waits for; then is called on the UI after a success. access is wiped at the
// end, whatever became of the page.
func (c *keyCare) run(access app.KeyAccess, do func(context.Context, app.KeyManager, app.KeyAccess) error, then func()) {
	if c.w.Busy() { // the person tapped twice
		access.PIN.Wipe()
		return
	}
	manager := c.manager
	c.w.Wait("wait.keycare", func(ctx context.Context) func() {
		defer access.PIN.Wipe()
		err := do(ctx, manager, access)
		return func() {
			if err != nil {
				c.w.Fail(err)
				return
			}
			then()
		}
	})
}

// behindPIN reads from a key what its PIN opens, and gives the page that shows it.
type behindPIN func(ctx context.Context, m app.KeyManager, a app.KeyAccess) (page func() shell.Page, err error)

// read shows what the PIN opens.
func (c *keyCare) read(b behindPIN) {
	var page func() shell.Page
	c.run(c.access(), func(ctx context.Context, m app.KeyManager, a app.KeyAccess) (err error) {
		page, err = b(ctx, m, a)
		return err
	}, func() { c.w.Show(page()) })
}

// change has the key do something, unless act is nil and it was done before, and shows what the key has then. Each has an
// outcome of its own: a key that did it and then does not say what it has is told so, beside what the list must be now.
func (c *keyCare) change(act func(context.Context, app.KeyManager, app.KeyAccess) error, look behindPIN, known func() shell.Page, done string) {
	var page func() shell.Page
	var unseen error
	c.run(c.access(), func(ctx context.Context, m app.KeyManager, a app.KeyAccess) error {
		if act != nil {
			if err := act(ctx, m, a); err != nil {
				return err
			}
		}
		page, unseen = look(ctx, m, a)
		return nil
	}, func() {
		if unseen != nil {
			page = known
		}
		c.w.Show(page())
		c.w.Tell(kit.NoteSuccess, done)
		if unseen != nil {
			c.w.Tell(kit.NoteWarning, words.Text("keycare.not_listed"))
		}
	})
}

// Failed says what went wrong on a page. A key that takes no PIN any more, for good or until it is put back, ends what the
// page is for.
func (c *keyCare) Failed(s *shell.PageBase, e *app.Error) {
	switch e.Code {
	case app.CodeKeyAuthBlocked:
		c.lock()
		c.w.Show(newPaused(c))
	case app.CodeKeyPINBlocked:
		c.count(0)
		c.showKey("")
	case app.CodeKeyPINChange:
		s.Say(kit.NewNote(kit.NoteWarning, words.Text("keycare.pin_change_hint")))
	default:
		s.Warn(e)
	}
}

// count keeps how many tries for the PIN are left, ahead of the driver's news.
func (c *keyCare) count(tries int) {
	if key := c.key(); key != nil {
		key.PINRetries = tries
	}
	c.renew()
}

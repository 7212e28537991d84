//go:build cgo && !nofido

package usb

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/keys-pub/go-libfido2"

	"github.com/sparekey/sparekey/app"
)

// Supported says whether this program was built to drive keys.
const Supported = true

const (
	// look is how often Watch looks what is plugged in: well below the 300 ms in which a person should see it.
	look = 100 * time.Millisecond
	// calm is how often it looks once nothing has changed for lively, unless the system tells that something is plugged in (onPlug).
	// Who waits longer than that for a person with a key may wait a little more: a program that always watches is to cost nothing.
	calm   = time.Second
	lively = time.Minute
	// permitting is how long the system may take to let the user open a new node, before that counts as refused.
	permitting = time.Second
	// attempts is how often a new key is asked what it is, and any key is opened, since other programs talk to it at the
	// same time.
	attempts = 3
)

// node is a place where a key is plugged in.
type node struct {
	id              string // new with every plugging in
	path            string
	label           string
	port            string // empty when the system doesn't say
	vendor, product uint16
	open            bool // this user may open it
}

// key is a key that is plugged in.
type key struct {
	node
	driver *Driver
	turn   chan struct{} // holds one value while a conversation goes on
	held   chan *line    // hands an open line over, with the turn
	behind atomic.Bool   // a conversation was left behind, and the key has not answered since
	since  time.Time
	asked  bool        // it is being asked what it is, or was
	info   app.KeyInfo // guarded by the driver
}

// Driver drives the keys that are plugged in. There should be one in a program.
type Driver struct {
	mu    sync.Mutex
	known map[string]bool
	keys  map[app.KeyID]*key
	said  chan struct{} // closed, and made anew, when a key has said what it is
	now   func() time.Time
	ahead limits
}

// New gives a driver.
func New() *Driver {
	return &Driver{known: map[string]bool{}, keys: map[app.KeyID]*key{}, said: make(chan struct{}), now: time.Now, ahead: ahead}
}

var (
	_ app.KeyDriver  = (*Driver)(nil)
	_ app.KeyManager = (*Driver)(nil)
)

// Watch tells which keys are plugged in.
func (d *Driver) Watch(ctx context.Context) <-chan []app.KeyInfo {
	tick, changed := looks(ctx)
	go onPlug(ctx, changed)
	return d.watch(ctx, tick, changed)
}

// looks gives a tick for each look, until ctx ends: more often for a while after changed was called, from anywhere.
func looks(ctx context.Context) (<-chan time.Time, func()) {
	tick := time.NewTicker(look)
	slower := time.AfterFunc(lively, func() { tick.Reset(calm) })
	context.AfterFunc(ctx, func() {
		slower.Stop()
		tick.Stop()
	})
	return tick.C, func() {
		tick.Reset(look)
		slower.Reset(lively)
	}
}

// watch looks at each tick, and when a key has said what it is, and tells of a change at the very look that finds it; it calls
// changed then, too.
func (d *Driver) watch(ctx context.Context, tick <-chan time.Time, changed func()) <-chan []app.KeyInfo {
	out := make(chan []app.KeyInfo)
	go func() {
		defer close(out)
		now, said := d.list()
		to := out
		for {
			select {
			case <-ctx.Done():
				return
			case to <- now:
				to = nil // until something changes
				continue
			case <-tick:
			case <-said:
			}
			var next []app.KeyInfo
			if next, said = d.list(); !reflect.DeepEqual(next, now) {
				now, to = next, out
				changed()
			}
		}
	}()
	return out
}

// list looks what is plugged in. What it gives is old once said is closed.
func (d *Driver) list() (here []app.KeyInfo, said <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refresh()
	all := make([]app.KeyInfo, 0, len(d.keys))
	for _, k := range d.sorted() {
		if k.info.Ready || k.info.Trouble != nil || k.open {
			all = append(all, k.info)
		}
	}
	return all, d.said
}

// sorted gives the keys by node, the order in which they were found.
func (d *Driver) sorted() []*key {
	return slices.SortedFunc(maps.Values(d.keys), func(a, b *key) int { return cmp.Compare(a.path, b.path) })
}

// refresh brings the keys up to what is plugged in. The driver's lock is held.
func (d *Driver) refresh() {
	there := map[app.KeyID]bool{}
	var news []*key
	for _, n := range scan(d.known) {
		id := app.KeyID(n.id)
		there[id] = true
		k := d.keys[id]
		if k == nil {
			k = &key{node: n, driver: d, turn: make(chan struct{}, 1), held: make(chan *line), since: time.Now()}
			k.info = app.KeyInfo{ID: id, Product: n.label, Port: n.port, Room: app.Untold}
			d.keys[id] = k
		}
		k.open = n.open
		switch {
		case n.open && !k.asked:
			news = append(news, k)
		case !n.open && !k.asked && time.Since(k.since) > permitting:
			k.info.Trouble = k.noPermission()
		}
	}
	maps.DeleteFunc(d.keys, func(id app.KeyID, _ *key) bool { return !there[id] })
	if len(news) > 0 {
		d.meet(news)
	}
}

// finding holds one value while libfido2 looks for devices: it keeps a list of its own, without a lock.
var finding = make(chan struct{}, 1)

// locations has libfido2 look for devices. A look that does not end is left behind, and finds nothing; nor do those after
// it, until it ends.
func locations() []*libfido2.DeviceLocation {
	enough := time.After(brisk)
	select {
	case finding <- struct{}{}:
	case <-enough:
		return nil
	}
	found := make(chan []*libfido2.DeviceLocation, 1)
	go func() {
		all, _ := libfido2.DeviceLocations()
		<-finding
		found <- all
	}()
	select {
	case all := <-found:
		return all
	case <-enough:
		return nil
	}
}

// meet learns the names of new keys, and asks them what they are, beside the caller: neither may hold Watch up.
func (d *Driver) meet(news []*key) {
	for _, k := range news {
		k.asked, k.info.Trouble = true, nil
	}
	go func() {
		found := locations() // what it does not find keeps the name that the system gave it
		for _, k := range news {
			d.mu.Lock()
			for _, f := range found {
				if f.Path == k.path {
					k.info.Product, k.info.Manufacturer = f.Product, f.Manufacturer
				}
			}
			d.mu.Unlock()
			go k.ask()
		}
	}()
}

// ask asks a key what it is, a few times over.
func (k *key) ask() {
	for range attempts {
		err := k.learn(context.Background())
		if err == nil || isCode(err, app.CodeKeyGone) {
			return
		}
		k.driver.mu.Lock()
		k.info.Trouble, _ = err.(*app.Error)
		k.driver.announce()
		k.driver.mu.Unlock()
	}
}

// learn reads what the key says of itself.
func (k *key) learn(ctx context.Context) error {
	var said app.KeyInfo
	err := k.talk(ctx, job{limit: brisk, do: func(l *line) (err error) {
		said, err = l.info()
		return err
	}})
	if err == nil {
		k.note(said)
	}
	return err
}

// note keeps what the key said of itself.
func (k *key) note(said app.KeyInfo) {
	k.driver.mu.Lock()
	defer k.driver.mu.Unlock()
	said.ID, said.Port, said.Ready = k.info.ID, k.info.Port, true
	said.Product, said.Manufacturer = k.info.Product, k.info.Manufacturer
	k.info = said
	k.driver.announce()
}

// announce has the watchers look. The driver's lock is held.
func (d *Driver) announce() {
	close(d.said)
	d.said = make(chan struct{})
}

// told gives what is known of the key.
func (k *key) told() app.KeyInfo {
	k.driver.mu.Lock()
	defer k.driver.mu.Unlock()
	return k.info
}

// present looks whether the key is still plugged in.
func (k *key) present() bool {
	k.driver.mu.Lock()
	defer k.driver.mu.Unlock()
	return slices.ContainsFunc(scan(k.driver.known), func(n node) bool { return n.id == k.id })
}

// key finds a key by its ID.
func (d *Driver) key(id app.KeyID) (*key, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refresh()
	k := d.keys[id]
	switch {
	case k == nil:
		return nil, &app.Error{Code: app.CodeKeyGone}
	case !k.open:
		return nil, k.noPermission()
	}
	return k, nil
}

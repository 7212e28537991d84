package tour

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/ui/kit"
)

// visitor does what a person does: looks for something on the page, taps it, types, waits, looks again. The first
// failure of a story is kept, and everything after it in that story is passed over.
type visitor struct {
	ctx   context.Context
	o     Options
	story string
	err   error
	shots int
	out   Transcript

	shown     map[string]int64  // user ID → the time step of the code that was read off the app last
	ruled     bool              // the policy is not the trial's own
	phones    map[string]string // user ID → key
	passwords map[string]string // user ID → password that was chosen anew
	read      map[string]bool   // messages
	taken     map[string]bool   // pictures
}

const (
	patience = 15 * time.Second       // how long a page may take to come
	glance   = 25 * time.Millisecond  // between two looks
	frame    = 150 * time.Millisecond // until what changed is painted, with software rendering
	looks    = 8                      // at a window that does not come to rest
)

// on runs f on the window's thread and waits for it.
func (v *visitor) on(f func()) { kit.DoAndWait(f) }

func (v *visitor) fail(format string, args ...any) {
	if v.err == nil {
		v.err = fmt.Errorf(format, args...)
	}
}

// act does one thing a person does, and writes it down.
func (v *visitor) act(what string, f func() error) {
	if v.err != nil {
		return
	}
	start := time.Now()
	err := f()
	if err != nil {
		v.fail("%s: %w", what, err)
	}
	v.out.record(v.story, what, err, time.Since(start))
	fmt.Fprintf(v.o.Log, "%s: %s%s\n", v.story, what, failure(err))
}

func failure(err error) string {
	if err == nil {
		return ""
	}
	return ": FAILED: " + err.Error()
}

// until looks again and again until cond holds on the window's thread.
func (v *visitor) until(cond func() bool) error { return v.within(patience, cond) }

func (v *visitor) within(patience time.Duration, cond func() bool) error {
	deadline := time.Now().Add(patience)
	for {
		var ok bool
		v.on(func() { ok = cond() })
		if ok {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("did not happen; the window shows %s", v.described())
		}
		select {
		case <-v.ctx.Done():
			return v.ctx.Err()
		case <-time.After(glance):
		}
	}
}

// described is the page at hand in words.
func (v *visitor) described() string {
	var words string
	v.on(func() {
		words = fmt.Sprintf("page %q: %s", v.o.Window.Page(), strings.Join(kit.Texts(v.o.Window.Root()), " | "))
	})
	return words
}

// page waits for a page.
func (v *visitor) page(name string) {
	v.act("see page "+name, func() error {
		return v.until(func() bool { return v.o.Window.Page() == name && !v.o.Window.Busy() })
	})
}

// see waits for a text that contains want.
func (v *visitor) see(want string) {
	v.act(fmt.Sprintf("see %q", want), func() error {
		return v.until(func() bool { return v.shows(want) })
	})
}

func (v *visitor) shows(want string) bool {
	for _, text := range kit.Texts(v.o.Window.Root()) {
		if strings.Contains(text, want) {
			return true
		}
	}
	return false
}

func (v *visitor) find(key string) fyne.CanvasObject { return kit.Find(v.o.Window.Root(), key) }

// has reports whether the page that is shown has what the key names.
func (v *visitor) has(key string) (found bool) {
	v.on(func() { found = v.find(key) != nil })
	return found
}

// tap waits for a thing that can be tapped, and taps it.
func (v *visitor) tap(key string) {
	v.act("tap "+key, func() error {
		return v.until(func() bool {
			return !v.o.Window.Busy() && v.tapped(key)
		})
	})
}

// tapped taps a thing, if it is there and can be tapped now.
func (v *visitor) tapped(key string) bool {
	thing := v.find(key)
	if off, can := thing.(fyne.Disableable); can && off.Disabled() {
		return false
	}
	t, can := thing.(fyne.Tappable)
	if can {
		t.Tapped(&fyne.PointEvent{})
	}
	return can
}

// typeIn focuses a field, empties it, and types text one rune after the other. What is secret is not written down.
func (v *visitor) typeIn(key, text string) {
	v.act("type into "+key, func() error {
		return v.until(func() bool {
			f := focusable(v.find(key))
			if f == nil || v.o.Window.Busy() {
				return false
			}
			canvas := v.o.Window.Window().Canvas()
			canvas.Focus(f)
			if s, can := f.(fyne.Shortcutable); can {
				s.TypedShortcut(&fyne.ShortcutSelectAll{})
			}
			f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
			for _, r := range text {
				f.TypedRune(r)
			}
			return true
		})
	})
}

// focusable is the thing itself, or the entry inside of it.
func focusable(thing fyne.CanvasObject) fyne.Focusable {
	if holder, can := thing.(interface{ Entry() fyne.Focusable }); can {
		return holder.Entry()
	}
	f, _ := thing.(fyne.Focusable)
	return f
}

// press sends a key to what has the focus.
func (v *visitor) press(name fyne.KeyName) {
	v.act("press "+string(name), func() error {
		v.on(func() {
			if f := v.o.Window.Window().Canvas().Focused(); f != nil {
				f.TypedKey(&fyne.KeyEvent{Name: name})
			}
		})
		return nil
	})
}

// check holds a fact against what is.
func (v *visitor) check(what string, cond func() bool) {
	v.act("check that "+what, func() error {
		if err := v.until(cond); err != nil {
			return fmt.Errorf("it is not so: %w", err)
		}
		return nil
	})
}

// snap saves pictures of the page in light and in dark, after a look whether every text on it has the room that it takes.
func (v *visitor) snap(name string) {
	v.check("no text of "+name+" is cut", func() bool { return len(kit.Cut(v.o.Window.Root())) == 0 })
	if !v.pictured(name) {
		return
	}
	v.act("take pictures of "+name, func() error { return v.shoot(name) })
}

// pictured reports whether pictures of a page are wanted.
func (v *visitor) pictured(name string) bool {
	return slices.Contains(v.o.Pictures, "all") || slices.Contains(v.o.Pictures, name)
}

// shoot saves the page at rest, in dark and in light.
func (v *visitor) shoot(name string) error {
	v.shots++
	for _, appearance := range []string{"dark", "light"} {
		v.on(func() { v.o.Window.SetAppearance(appearance) })
		if err := v.keep(v.rested(), name, appearance); err != nil {
			return err
		}
	}
	return nil
}

// snapOnce saves them the first time.
func (v *visitor) snapOnce(name string) {
	if !v.taken[name] {
		v.taken[name] = true
		v.snap(name)
	}
}

// rested is what the window shows once it has come to rest: two looks in a row that are the same.
func (v *visitor) rested() *image.RGBA {
	img := v.look()
	for range looks {
		time.Sleep(frame)
		next := v.look()
		if bytes.Equal(img.Pix, next.Pix) {
			break
		}
		img = next
	}
	return img
}

// keep saves a picture.
func (v *visitor) keep(img *image.RGBA, name, appearance string) error {
	file := fmt.Sprintf("%02d-%s-%s.png", v.shots, name, appearance)
	if blank(img) {
		return errors.New("the window gave no picture; GALLIUM_DRIVER=softpipe helps where Mesa can't read the screen back")
	}
	f, err := os.Create(filepath.Join(v.o.Out, file))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		return err
	}
	v.out.Pictures = append(v.out.Pictures, file)
	return f.Close()
}

// look is the window as it is painted now.
func (v *visitor) look() *image.RGBA {
	var painted image.Image
	v.on(func() { painted = v.o.Window.Window().Canvas().Capture() })
	img := image.NewRGBA(painted.Bounds())
	draw.Draw(img, img.Bounds(), painted, painted.Bounds().Min, draw.Src)
	return img
}

// blank reports whether all of it has one colour.
func blank(img *image.RGBA) bool {
	for i := range img.Pix {
		if img.Pix[i] != img.Pix[i%4] {
			return false
		}
	}
	return true
}

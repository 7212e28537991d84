//go:build unix && !darwin

package entry

import (
	"context"
	"fmt"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/sparekey/sparekey/command/desktop/screen"
)

// tellFor is how long the button says that nothing could be opened.
const tellFor = 20 * time.Second

// button is the button, as X has it.
type button struct {
	Options
	x       server
	window  xproto.Window
	context xproto.Gcontext
	paint   *painter
	key     xproto.Keycode // 0 for none
	face    face
	open    bool
	focus   xproto.Window // what had it before something was opened
}

// server is a connection to an X server, and its first screen.
type server struct {
	*xgb.Conn
	screen *xproto.ScreenInfo
}

func show(ctx context.Context, o Options) error {
	screen.Quiet()
	conn, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("reach the X server: %w", err)
	}
	defer conn.Close()
	b := &button{Options: o, x: server{conn, xproto.Setup(conn).DefaultScreen(conn)}, face: face{words: o.Label}}
	if b.paint, err = newPainter(scale()); err != nil {
		return err
	}
	b.forbid() // what a button that was killed may have left
	if o.Key != "" && b.grab(o.Key) {
		b.face.key = o.Key
	}
	if err := b.create(); err != nil {
		return fmt.Errorf("make the button: %w", err)
	}
	return b.run(ctx)
}

// scale is how many pixels a unit takes on this screen.
func scale() float64 {
	s, err := screen.Find()
	switch {
	case err != nil:
		return 1
	case s.Wanted > 0:
		return float64(s.Wanted)
	}
	return float64(s.Scale)
}

// run reacts to what happens until ctx ends, or the X server does.
func (b *button) run(ctx context.Context) error {
	events, closed := make(chan xgb.Event), make(chan struct{})
	go func() {
		defer close(closed)
		for {
			event, err := b.x.WaitForEvent()
			if event == nil && err == nil {
				return
			}
			if event != nil { // an error is of a request that nothing hangs on: a window was gone already
				events <- event
			}
		}
	}()
	over := make(chan error, 1)
	var told <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			b.forbid()
			b.x.Sync()
			return nil
		case <-closed:
			return nil
		case event := <-events:
			if b.reacts(event) {
				b.begin()
				go func() { over <- b.Open(ctx) }()
			}
		case err := <-over:
			b.end(err)
			if told = nil; err != nil && ctx.Err() == nil {
				told = time.After(tellFor)
			}
		case <-told:
			b.show(face{words: b.Label, key: b.keyName()})
		}
	}
}

func (b *button) keyName() string {
	if b.key == 0 {
		return ""
	}
	return b.Options.Key
}

// reacts takes an event, and reports whether it asks for what the button opens.
func (b *button) reacts(event xgb.Event) bool {
	switch e := event.(type) {
	case xproto.ExposeEvent:
		b.draw()
	case xproto.EnterNotifyEvent, xproto.LeaveNotifyEvent:
		_, b.face.hover = e.(xproto.EnterNotifyEvent)
		b.draw()
	case xproto.ButtonReleaseEvent:
		return !b.open && e.Detail == 1 && b.within(e.EventX, e.EventY)
	case xproto.KeyPressEvent:
		return !b.open && e.Detail == b.key
	case xproto.MapNotifyEvent:
		b.stayAbove(e.Window, e.OverrideRedirect)
	case xproto.ConfigureNotifyEvent:
		if e.Window == b.x.screen.Root {
			b.x.screen.WidthInPixels, b.x.screen.HeightInPixels = e.Width, e.Height
			b.place()
		} else {
			b.stayAbove(e.Window, e.OverrideRedirect)
		}
	}
	return false
}

// stayAbove raises the button where the greeter put a window of its own onto it; not over its menus, which are gone soon.
func (b *button) stayAbove(w xproto.Window, passing bool) {
	if w != b.window && !passing && !b.open {
		xproto.ConfigureWindow(b.x.Conn, b.window, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
	}
}

// begin takes the button away, and lets the account in.
func (b *button) begin() {
	b.open = true
	if at, err := xproto.GetInputFocus(b.x.Conn).Reply(); err == nil {
		b.focus = at.Focus
	}
	xproto.UnmapWindow(b.x.Conn, b.window)
	b.access(xproto.HostModeInsert)
	b.x.Sync()
}

// end brings the button back, and gives the keyboard back to the window that had it.
func (b *button) end(err error) {
	b.open = false
	b.forbid()
	b.face = face{words: b.Label, key: b.keyName()}
	if err != nil {
		b.face = face{words: b.Failed, plain: true}
	}
	b.show(b.face)
	xproto.MapWindow(b.x.Conn, b.window)
	xproto.ConfigureWindow(b.x.Conn, b.window, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
	if b.focus > xproto.InputFocusPointerRoot {
		xproto.SetInputFocus(b.x.Conn, xproto.InputFocusParent, b.focus, xproto.TimeCurrentTime)
	}
}

// forbid takes back what access gave.
func (b *button) forbid() { b.access(xproto.HostModeDelete) }

// access changes whether the programs of the account may use the screen: by its name, which the X server asks the kernel for.
func (b *button) access(mode byte) {
	if b.Admit == "" {
		return
	}
	who := "localuser\x00" + b.Admit
	xproto.ChangeHosts(b.x.Conn, mode, xproto.FamilyServerInterpreted, uint16(len(who)), []byte(who))
}

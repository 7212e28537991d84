package desktop

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver"

	"github.com/sparekey/sparekey/assets"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/desktop/appearance"
	"github.com/sparekey/sparekey/command/desktop/rest"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
)

// NoWindowError says that no window could be made.
type NoWindowError struct {
	Why string // as the toolkit or a driver says it
}

// Error says what helps.
func (e *NoWindowError) Error() string {
	return words.Text("command.no_window", words.Values{"why": e.Why})
}

// runWindow makes a window whose content fill makes, in so much room, and runs it until it is closed or ctx ends; a *NoWindowError
// where it can't be made. started is called once it runs. Where the display hangs, the process ends soon after ctx.
func runWindow(ctx context.Context, p Process, fill func(fyne.App, fyne.Window, fyne.Size) *ui.Window, started func(fyne.Window, *ui.Window)) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	defer p.endInTime(ctx)()
	leave, err := workInTemporaryFolder()
	if err != nil {
		return err
	}
	makeCacheFolder()
	space, err := room()
	if err != nil {
		return errors.Join(err, leave())
	}
	loop := &rest.Loop{Quiet: givesBackAtRest()}
	kit.SetLoop(loop)
	a := fyneapp.NewWithID(appID)
	keepNoPreferences(a)
	a.SetIcon(fyne.NewStaticResource("sparekey.png", assets.AppIcon))
	var w *ui.Window
	var win fyne.Window
	err = appear(func() fyne.Window {
		win = a.NewWindow("Sparekey")
		win.SetOnClosed(end)
		w = fill(a, win, space)
		win.Show()
		return win
	})
	if err == nil {
		a.Lifecycle().SetOnStarted(func() {
			loop.Of(win, func() bool { return kit.Blinks(win.Canvas().Focused()) })
			go appearance.Watch(ctx, func() { kit.Do(func() {}) }) // the toolkit does what is to be done, once it is awake
			started(win, w)
		})
		go func() {
			<-ctx.Done()
			kit.Do(a.Driver().Quit) // unlike the program's, it may come when the toolkit has ended by the same signal
			kit.End()
		}()
		a.Run()
	}
	if w != nil {
		w.Close()
	}
	return errors.Join(err, leave())
}

// makeCacheFolder makes the folder in which the toolkit keeps pictures: it makes the last level alone, and complains in its log
// where somebody has no cache yet, such as the account of a kiosk. Where none can be made, it goes on without.
func makeCacheFolder() {
	if cache, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(filepath.Join(cache, "fyne", appID), 0o700)
	}
}

// appear shows the window that show makes and shows; a *NoWindowError where it could not be made. The toolkit tells of that
// in its log alone, or by a panic, and would run on without a window.
func appear(show func() fyne.Window) (err error) {
	var said bytes.Buffer
	before := log.Writer()
	log.SetOutput(io.MultiWriter(before, &said))
	defer func() {
		reason := recover()
		if reason == nil {
			return
		}
		if said.Len() == 0 { // no fault of the toolkit's
			panic(reason)
		}
		err = &NoWindowError{cmp.Or(toolkitCause(said.String()), fmt.Sprint(reason))}
	}()
	defer log.SetOutput(before) // before what was said is read: others may log, too
	win := show()
	log.SetOutput(before)
	if !made(win) || strings.Contains(said.String(), "failed to initialise OpenGL") {
		return &NoWindowError{toolkitCause(said.String())}
	}
	return nil
}

// made reports whether the system has the window.
func made(win fyne.Window) bool {
	native, is := win.(driver.NativeWindow)
	if !is {
		return true // one of the toolkit's for tests
	}
	there := true
	native.RunNative(func(context any) {
		switch c := context.(type) {
		case driver.X11WindowContext:
			there = c.WindowHandle != 0
		case driver.WaylandWindowContext:
			there = c.WaylandSurface != 0
		case driver.WindowsWindowContext:
			there = c.HWND != 0
		case driver.MacWindowContext:
			there = c.NSWindow != 0
		}
	})
	return there
}

// toolkitCause is the last cause that the toolkit logged.
func toolkitCause(said string) string {
	var cause string
	for line := range strings.Lines(said) {
		if _, text, found := strings.Cut(line, "Cause: "); found {
			cause = strings.TrimSpace(text)
		}
	}
	return cause
}

//go:build linux

package rest

import (
	"os"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"github.com/sparekey/sparekey/ui/kit"
)

// hour is how long the window of these tests sleeps: whoever does not wake it waits for ever.
const hour = time.Hour

var (
	pad    = &touchpad{moved: make(chan struct{}, 1)}
	asleep = make(chan struct{}, 1) // holds one while the loop sleeps
)

// touchpad is something in a window that notices the pointer.
type touchpad struct {
	widget.BaseWidget
	moved chan struct{}
}

var _ desktop.Hoverable = (*touchpad)(nil)

func (*touchpad) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(widget.NewLabel(""))
}

func (p *touchpad) MouseIn(*desktop.MouseEvent)    { p.MouseMoved(nil) }
func (p *touchpad) MouseOut()                      {}
func (p *touchpad) MouseMoved(*desktop.MouseEvent) { told(p.moved) }

func told(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// TestMain has the tests run beside a window, where there is a display for one.
func TestMain(m *testing.M) {
	if os.Getenv("DISPLAY") == "" {
		os.Exit(m.Run())
	}
	a := fyneapp.NewWithID("app.sparekey.test")
	win := a.NewWindow("rest")
	pad.ExtendBaseWidget(pad)
	win.SetContent(pad)
	win.Resize(fyne.NewSize(400, 300))
	win.Show()
	l := &Loop{}
	kit.SetLoop(l)
	code := 0
	a.Lifecycle().SetOnStarted(func() {
		l.Of(win, func() bool { return false })
		wait := l.wait
		l.wait = func(time.Duration) {
			told(asleep)
			wait(hour)
			select {
			case <-asleep:
			default:
			}
		}
		go func() {
			code = m.Run()
			kit.Do(a.Quit)
		}()
	})
	a.Run()
	os.Exit(code)
}

// sleeping waits until the window sleeps.
func sleeping(t testing.TB) {
	t.Helper()
	if os.Getenv("DISPLAY") == "" {
		t.Skip("there is no display")
	}
	<-asleep
	told(asleep)
}

func TestWhatIsAskedForWakesASleepingWindow(t *testing.T) {
	for range 3 {
		sleeping(t)
		kit.DoAndWait(func() {})
	}
	sleeping(t)
	done := make(chan struct{})
	kit.Do(func() { close(done) })
	<-done
}

func TestThePointerWakesASleepingWindow(t *testing.T) {
	sleeping(t)
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := xtest.Init(conn); err != nil {
		t.Fatal(err)
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	for _, x := range []int16{60, 90} {
		if err := xtest.FakeInputChecked(conn, xproto.MotionNotify, 0, 0, root, x, x, 0).Check(); err != nil {
			t.Fatal(err)
		}
	}
	<-pad.moved
	sleeping(t) // and it comes to rest again
}

// BenchmarkWaking tells how long whoever wants the UI thread of a sleeping window waits for it.
func BenchmarkWaking(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		sleeping(b)
		b.StartTimer()
		kit.DoAndWait(func() {})
	}
}

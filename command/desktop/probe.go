package desktop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
)

// probeCommand is the command that calls OpenAndClose.
const probeCommand = "doctor-window"

// ProbeWindow starts this program to open a window and to close it, for the doctor: a broken driver can end the process that
// tries it. seen says whether the window's picture was right.
func ProbeWindow(ctx context.Context) (seen bool, said string, err error) {
	self, err := os.Executable()
	if err != nil {
		return false, "", err
	}
	var answer, log bytes.Buffer
	command := exec.CommandContext(ctx, self, probeCommand)
	command.WaitDelay = time.Second
	command.Stdout, command.Stderr = &answer, &log
	err = command.Run()
	return strings.TrimSpace(answer.String()) == proof, log.String(), err
}

// proof is what the process that ProbeWindow starts prints once it has seen the window's picture.
const proof = "seen"

// How often the picture is looked at before the window counts as unseen.
const (
	glances = 40
	glance  = 50 * time.Millisecond
)

// OpenAndClose opens a window of one colour and closes it, in the process that ProbeWindow starts. On out it says whether the
// colour came back from the screen.
func OpenAndClose(ctx context.Context, p Process, out io.Writer) error {
	paint := color.NRGBA{R: 12, G: 140, B: 233, A: 255}
	seen := make(chan bool, 1)
	err := runWindow(ctx, p, func(_ fyne.App, win fyne.Window, _ fyne.Size) *ui.Window {
		win.SetPadded(false)
		win.SetContent(canvas.NewRectangle(paint))
		win.Resize(fyne.NewSize(240, 160))
		return nil
	}, func(win fyne.Window, _ *ui.Window) {
		go func() {
			seen <- look(win, paint)
			kit.Do(fyne.CurrentApp().Quit)
		}()
	})
	if err != nil {
		return err
	}
	select {
	case is := <-seen:
		if is {
			_, err = fmt.Fprintln(out, proof)
		}
	default: // it ended before
	}
	return err
}

// look reports whether the window has the colour in its middle, after a while.
func look(win fyne.Window, want color.Color) (seen bool) {
	for range glances {
		kit.DoAndWait(func() {
			picture := win.Canvas().Capture()
			middle := picture.Bounds().Max.Div(2)
			seen = color.NRGBAModel.Convert(picture.At(middle.X, middle.Y)) == want
		})
		if seen {
			return true
		}
		time.Sleep(glance)
	}
	return false
}

// Keys drives the security keys that are plugged in; nil where this program was built without libfido2.
func Keys() app.KeyDriver {
	if !usb.Supported {
		return nil
	}
	return usb.New()
}

// workInTemporaryFolder goes to a folder of its own, which is gone afterwards, where there is no profile: the toolkit keeps
// its preferences in the working folder then.
func workInTemporaryFolder() (leave func() error, err error) {
	if _, err := os.UserConfigDir(); err == nil {
		return func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "sparekey-")
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(os.Chdir(os.TempDir()), os.RemoveAll(dir)) }, os.Chdir(dir)
}

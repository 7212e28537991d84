package desktop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"github.com/pquerna/otp/totp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/tour"
)

// Tour is a tour to perform.
type Tour struct {
	Out      string   // folder for the pictures and the transcript
	Stories  []string // tell these only; none: all
	Width    float32  // of the window, in units
	Height   float32
	Keys     string        // socket at which virtual security keys take orders; empty: there are none
	Terse    bool          // these keys say as little of themselves as they may
	Pictures []string      // names of the pages to take pictures of; "all" stands for every one
	Resets   int           // how often the person who registered resets the password after the stories
	Stay     time.Duration // how long the window stays open afterwards
}

// RunTour performs a tour in the trial's window, with data of its own that are gone afterwards. out is told how it goes.
func (d *Desktop) RunTour(ctx context.Context, c Tour, out io.Writer) (err error) {
	if d.Folders, err = setup.TemporaryFolders(); err != nil {
		return err
	}
	clock := &tourClock{}
	d.clock = clock
	o := ui.Options{Clock: clock.Now}
	if o.Services, o.Trial, err = d.openTrial(ctx); err != nil {
		return err
	}
	t := tour.Options{
		Trial: o.Trial, Clock: clock.Now, Pass: clock.pass, Provider: d.trial.Tray.Order,
		Policy: func(change string) error { return administer(ctx, d.trial.Administration().Policies, change) },
	}
	if c.Keys != "" {
		t.Key = func(line string) error { return order(ctx, c.Keys, line) }
	}
	return d.perform(ctx, o, t, c, out)
}

// Lab is what a tour knows of the server that it is performed at.
type Lab struct {
	Tray     app.Tray // what the phones and mailboxes of its people got
	InDomain bool     // its people are in the organisation's own directory, a domain
	Delivers bool     // its messages leave the server, and arrive by mail servers, message centres and telephones
}

// TourServer performs a tour in a window that is connected to the server that the settings name, as anybody's is. Only a lab's has
// the sample organisation's people, and only a lab's programs call this.
func (d *Desktop) TourServer(ctx context.Context, set setup.InForce, lab Lab, c Tour, out io.Writer) (err error) {
	o := ui.Options{}
	if o.Services, err = set.Remote(set.Server); err != nil {
		return err
	}
	people := setup.SamplePeople()
	if lab.InDomain {
		people = setup.SampleDirectoryPeople()
	}
	t := tour.Options{
		Trial: &ui.Trial{People: samples(people), Tray: lab.Tray}, Served: true, InDomain: lab.InDomain, Delivers: lab.Delivers, Clock: time.Now, Pass: time.Sleep,
	}
	return d.perform(ctx, o, t, c, out)
}

// perform opens the window, and has the tour told in it.
func (d *Desktop) perform(ctx context.Context, o ui.Options, t tour.Options, c Tour, out io.Writer) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	o.Appearance, o.Size = "light", fyne.NewSize(c.Width, c.Height)
	t.Code, t.Terse, t.Out, t.Log = totp.GenerateCode, c.Terse, c.Out, out
	t.Stories, t.Pictures, t.Resets = c.Stories, c.Pictures, c.Resets
	var told error
	shown := d.show(ctx, o, func(w *ui.Window) {
		defer leave()
		t.Window = w
		told = tour.Run(ctx, t)
		select {
		case <-time.After(c.Stay):
		case <-ctx.Done():
		}
	})
	fmt.Fprintln(out, words.Text("command.tour.done", words.Values{"folder": c.Out}))
	return errors.Join(told, shown, d.close())
}

// order has a virtual security key do something: see methods/securitykey/usb/ctaptest/virtualkey.
func order(ctx context.Context, socket, line string) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return fmt.Errorf("reach the virtual keys: %w", err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintln(conn, line); err != nil {
		return fmt.Errorf("order %q: %w", line, err)
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if answer = strings.TrimSpace(answer); err != nil || answer != "ok" {
		return errors.Join(fmt.Errorf("order %q: %s", line, answer), err)
	}
	return nil
}

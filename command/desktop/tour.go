package desktop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"github.com/pquerna/otp/totp"

	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/tour"
)

// runTour performs the tour in the trial's window, with data of its own that are gone afterwards.
func runTour(ctx context.Context, c *tourCommand, s streams) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	own, err := temporaryFolders()
	if err != nil {
		return err
	}
	d := &desk{folders: own}
	o := ui.Options{Appearance: "light", Size: fyne.NewSize(c.Width, c.Height)}
	if o.Services, o.Trial, err = d.openTrial(ctx); err != nil {
		return err
	}
	var orders func(string) error
	if c.Keys != "" {
		orders = func(line string) error { return order(ctx, c.Keys, line) }
	}
	var told error
	shown := d.show(ctx, o, func(w *ui.Window) {
		defer leave()
		told = tour.Run(ctx, tour.Options{
			Window: w, Trial: o.Trial, Code: totp.GenerateCode, Key: orders,
			Policy: func(change string) error { return administer(ctx, d.trial, change) },
			Out:    c.Out, Log: s.out, Stories: c.Stories, Pictures: c.Pictures,
		})
		select {
		case <-time.After(c.Stay):
		case <-ctx.Done():
		}
	})
	fmt.Fprintf(s.out, "Pictures and transcript: %s\n", c.Out)
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

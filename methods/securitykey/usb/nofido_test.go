//go:build nofido || !cgo

package usb_test

import (
	"context"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
)

// TestWithoutLibfido2: the program runs, finds no key, and says why.
func TestWithoutLibfido2(t *testing.T) {
	d := usb.New()
	ctx, cancel := context.WithCancel(t.Context())
	seen := d.Watch(ctx)
	if keys := <-seen; usb.Supported || len(keys) != 0 {
		t.Errorf("got %+v", keys)
	}
	cancel()
	if _, open := <-seen; open {
		t.Error("the channel stays open")
	}
	if _, err := d.Run(t.Context(), app.UseKey{}, nil); app.CodeOf(err) != app.CodeKeyUnsupported {
		t.Errorf("got %v", err)
	}
	if err := d.SetPIN(t.Context(), "", app.NewSecret("0815")); app.CodeOf(err) != app.CodeKeyUnsupported {
		t.Errorf("got %v", err)
	}
}

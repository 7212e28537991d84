//go:build cgo && !nofido

package usb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestWhatIsPluggedInIsHeard: that a node comes, that it may be opened, and that it goes; of other devices nothing.
func TestWhatIsPluggedInIsHeard(t *testing.T) {
	dev := t.TempDir()
	heard, err := listen(dev)
	if err != nil {
		t.Fatal(err)
	}
	create := func(name string) error { return os.WriteFile(filepath.Join(dev, name), nil, 0o600) }
	events := make([]byte, 4096)
	for _, c := range []struct {
		what string
		do   func() error
		want bool
	}{
		{"another device comes", func() error { return create("ttyACM0") }, false},
		{"a node comes", func() error { return create("hidraw7") }, true},
		{"it may be opened", func() error { return os.Chmod(filepath.Join(dev, "hidraw7"), 0o660) }, true},
		{"it goes, after another", func() error {
			return errors.Join(os.Remove(filepath.Join(dev, "ttyACM0")), os.Remove(filepath.Join(dev, "hidraw7")))
		}, true},
	} {
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		n, err := heard.Read(events)
		if err != nil {
			t.Fatal(err)
		}
		if got := ofHID(events[:n]); got != c.want {
			t.Errorf("%s: heard of a HID node: %v", c.what, got)
		}
	}
	if ofHID(events[:20]) || ofHID(nil) {
		t.Error("half an event is read")
	}
	if t.Failed() {
		return // what comes now would be waited for for ever
	}

	ctx, end := context.WithCancel(t.Context())
	told, over := make(chan struct{}), make(chan struct{})
	go func() {
		heed(ctx, heard, func() { told <- struct{}{} })
		close(over)
	}()
	if err := create("hidraw8"); err != nil {
		t.Fatal(err)
	}
	<-told
	end()
	<-over
}

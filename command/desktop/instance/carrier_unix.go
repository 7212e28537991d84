//go:build !windows

package instance

import (
	"context"
	"net"
	"os"
)

// carrier listens on a socket. Who holds the lock may take one away that a killed process left behind.
func carrier(path string) (net.Listener, error) {
	_ = os.Remove(path + ".sock")
	return net.Listen("unix", path+".sock")
}

func dial(ctx context.Context, path string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "unix", path+".sock")
}

// Session tells this person's sessions on one computer apart: by the display that they are on.
func Session() string { return os.Getenv("DISPLAY") + "\n" + os.Getenv("WAYLAND_DISPLAY") }

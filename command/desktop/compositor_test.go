package desktop

import (
	"net"
	"path/filepath"
	"testing"
)

func TestACompositorThatEndedIsGone(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("WAYLAND_DISPLAY", "")
	if compositorGone() {
		t.Error("on X there is none that could be gone")
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "wayland-7"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"wayland-7", filepath.Join(dir, "wayland-7")} {
		t.Setenv("WAYLAND_DISPLAY", name)
		if compositorGone() {
			t.Errorf("%s is gone while it listens", name)
		}
	}
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if !compositorGone() {
		t.Error("one that left its socket behind is not gone")
	}
	t.Setenv("WAYLAND_DISPLAY", "wayland-8")
	if !compositorGone() {
		t.Error("one that took its socket along is not gone")
	}
}

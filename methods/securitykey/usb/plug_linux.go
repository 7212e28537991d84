//go:build cgo && !nofido

package usb

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"syscall"
)

// onPlug calls changed when a HID device may have been plugged in or taken out, or who may open it changed, until ctx ends. Where that
// isn't heard, the next look finds it.
func onPlug(ctx context.Context, changed func()) {
	nodes, err := listen("/dev")
	if err == nil {
		heed(ctx, nodes, changed)
	}
}

// listen hears what becomes of the files of a folder, from now on: inotify(7).
func listen(folder string) (*os.File, error) {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		return nil, err
	}
	heard := os.NewFile(uintptr(fd), folder)
	if _, err := syscall.InotifyAddWatch(fd, folder, syscall.IN_CREATE|syscall.IN_DELETE|syscall.IN_ATTRIB); err != nil {
		_ = heard.Close()
		return nil, err
	}
	return heard, nil
}

// heed calls changed for what is heard of HID nodes, until ctx ends. It closes heard.
func heed(ctx context.Context, heard *os.File, changed func()) {
	stop := context.AfterFunc(ctx, func() { _ = heard.Close() })
	defer func() {
		stop()
		_ = heard.Close()
	}()
	events := make([]byte, 4096) // an event takes 272 bytes at most
	for {
		n, err := heard.Read(events)
		if err != nil {
			return
		}
		if ofHID(events[:n]) {
			changed()
		}
	}
}

// ofHID reports whether one of several events is of a HID node: each is a header, of which the last part is the length of the name
// that follows, filled with zeros.
func ofHID(events []byte) bool {
	const header = syscall.SizeofInotifyEvent
	for len(events) >= header {
		end := header + int(binary.NativeEndian.Uint32(events[header-4:]))
		if end > len(events) {
			return false
		}
		if bytes.HasPrefix(events[header:end], []byte("hidraw")) {
			return true
		}
		events = events[end:]
	}
	return false
}

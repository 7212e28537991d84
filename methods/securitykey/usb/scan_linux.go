//go:build cgo && !nofido

package usb

/*
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *sk_class = "/sys/class/hidraw";

// Fills buf with what a file below a node's HID device holds, and says how much.
static ssize_t sk_attribute(const char *name, const char *file, void *buf, size_t len)
{
	char path[512];
	ssize_t n;
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s/../../%s", sk_class, name, file) >= sizeof(path))
		return -1;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return -1;
	n = read(fd, buf, len);
	close(fd);
	return n;
}

static DIR *sk_nodes(void) { return opendir(sk_class); }

static const char *sk_name(struct dirent *d) { return d->d_name; }

static ssize_t sk_target(const char *name, char *buf, size_t len)
{
	char path[512];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", sk_class, name) >= sizeof(path))
		return -1;
	return readlink(path, buf, len);
}
*/
import "C"

import (
	"encoding/hex"
	"maps"
	"path"
	"regexp"
	"strings"
	"unsafe"
)

// scan lists the FIDO nodes that are plugged in. It goes by libc rather than by package os, as libfido2 does, so that
// both see the same; and by sysfs, which everybody may read, whoever may open the node. known keeps which of the nodes
// that are there are FIDO's.
func scan(known map[string]bool) []node {
	dir := C.sk_nodes()
	if dir == nil {
		return nil
	}
	defer C.closedir(dir)
	var found []node
	seen := map[string]bool{}
	for {
		entry := C.readdir(dir)
		if entry == nil {
			maps.DeleteFunc(known, func(target string, _ bool) bool { return !seen[target] })
			return found
		}
		name := C.GoString(C.sk_name(entry))
		if !strings.HasPrefix(name, "hidraw") {
			continue
		}
		target := linkOf(name)
		if target == "" { // it was taken out meanwhile
			continue
		}
		is, asked := known[target]
		if !asked {
			descriptor := attribute(name, "report_descriptor")
			is = isFIDO(descriptor)
			if len(descriptor) > 0 { // otherwise it is not there yet
				known[target] = is
			}
		}
		seen[target] = true
		if is {
			found = append(found, nodeOf(name, target))
		}
	}
}

// nodeOf reads the IDs from the HID device's name, "0003:1050:0407.0012": the last number is new with every plugging in.
func nodeOf(name, target string) node {
	n := node{id: target, path: "/dev/" + name}
	hid := path.Base(path.Dir(path.Dir(target)))
	if ids := strings.FieldsFunc(hid, func(r rune) bool { return r == ':' || r == '.' }); len(ids) == 4 {
		n.vendor, n.product = number(ids[1]), number(ids[2])
	}
	n.port = portOf(target)
	n.open = accessible(n.path)
	for line := range strings.SplitSeq(string(attribute(name, "uevent")), "\n") {
		if label, is := strings.CutPrefix(line, "HID_NAME="); is {
			n.label = label
		}
	}
	return n
}

// portPath is how Linux names a USB device: by its bus, and the ports on the way to it.
var portPath = regexp.MustCompile(`^\d+-\d+(\.\d+)*$`)

// portOf finds the USB port that a node is plugged in at: its own, below those of the hubs.
func portOf(target string) string {
	port := ""
	for part := range strings.SplitSeq(target, "/") {
		if portPath.MatchString(part) {
			port = part
		}
	}
	return port
}

func number(text string) uint16 {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 2 {
		return 0
	}
	return uint16(b[0])<<8 | uint16(b[1])
}

// isFIDO says whether a report descriptor begins with FIDO's usage page.
func isFIDO(descriptor []byte) bool {
	return len(descriptor) >= 3 && descriptor[0] == 0x06 && descriptor[1] == 0xd0 && descriptor[2] == 0xf1
}

func linkOf(name string) string {
	var a arena
	defer a.free()
	buf := (*C.char)(C.malloc(1024))
	defer C.free(unsafe.Pointer(buf))
	n := C.sk_target((*C.char)(unsafe.Pointer(a.text(name))), buf, 1024)
	if n < 0 {
		return ""
	}
	return C.GoStringN(buf, C.int(n))
}

func attribute(name, file string) []byte {
	var a arena
	defer a.free()
	buf := C.malloc(4096)
	defer C.free(buf)
	n := C.sk_attribute((*C.char)(unsafe.Pointer(a.text(name))), (*C.char)(unsafe.Pointer(a.text(file))), buf, 4096)
	if n < 0 {
		return nil
	}
	return C.GoBytes(buf, C.int(n))
}

// accessible says whether this user may open the node.
func accessible(path string) bool {
	var a arena
	defer a.free()
	return C.access((*C.char)(unsafe.Pointer(a.text(path))), C.R_OK|C.W_OK) == 0
}

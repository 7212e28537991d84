package api_test

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// usage is what this process has used since it began.
type usage struct {
	cpu    time.Duration // of all its threads, in the system too
	writes int64         // system calls that write: each page, and each page's header, is one
}

func usageNow(t testing.TB) usage {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	io, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(io), "syscw: ")
	writes, err := strconv.ParseInt(rest[:strings.Index(rest, "\n")], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return usage{cpu: time.Duration(u.Utime.Nano() + u.Stime.Nano()), writes: writes}
}

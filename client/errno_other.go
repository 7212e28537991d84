//go:build !windows

package client

import "syscall"

const (
	errRefused     = syscall.ECONNREFUSED
	errNoNetwork   = syscall.ENETUNREACH
	errNoRoute     = syscall.EHOSTUNREACH
	errSystemTimed = syscall.ETIMEDOUT
)

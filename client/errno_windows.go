package client

import "syscall"

// What Windows' sockets answer; package syscall's constants of these names are made up there.
const (
	errRefused     = syscall.Errno(10061) // WSAECONNREFUSED
	errNoNetwork   = syscall.Errno(10051) // WSAENETUNREACH
	errNoRoute     = syscall.Errno(10065) // WSAEHOSTUNREACH
	errSystemTimed = syscall.Errno(10060) // WSAETIMEDOUT
)

package instance

import (
	"context"
	"net"
	"strconv"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// carrier listens on a named pipe that its owner alone may open: Windows Server 2016 has no Unix sockets.
func carrier(path string) (net.Listener, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	// Protected, and all access for the owner (security descriptor definition language).
	return winio.ListenPipe(pipe(path), &winio.PipeConfig{SecurityDescriptor: "D:P(A;;GA;;;" + user.User.Sid.String() + ")"})
}

func dial(ctx context.Context, path string) (net.Conn, error) {
	return winio.DialPipeContext(ctx, pipe(path))
}

// pipe is the name in this session of what a file is on other systems.
func pipe(path string) string { return `\\.\pipe\sparekey-` + Session() + "-" + short(path) }

// Session tells this person's sessions on one computer apart: by their number.
func Session() string {
	var session uint32
	if err := windows.ProcessIdToSessionId(windows.GetCurrentProcessId(), &session); err != nil {
		return "0"
	}
	return strconv.FormatUint(uint64(session), 10)
}

package ldaptest

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"os"
	"runtime"

	"github.com/go-ldap/ldap/v3"
	"golang.org/x/sys/unix"
)

// dialTLS connects to the server as a client does.
func (s *Server) dialTLS(ctx context.Context) (*ldap.Conn, error) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil, err
	}
	raw, err := s.Dial(ctx, "tcp", u.Host)
	if err != nil {
		return nil, err
	}
	secured := tls.Client(raw, &tls.Config{RootCAs: s.Roots, ServerName: u.Hostname(), MinVersion: tls.VersionTLS12})
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	conn := ldap.NewConn(secured, true)
	conn.SetTimeout(answerWithin)
	conn.Start()
	return conn, nil
}

// dialInside connects to 127.0.0.1 in the network namespace of a process: the socket belongs to the namespace that its thread
// was in, and the thread ends with the goroutine that has changed it.
func dialInside(ctx context.Context, path, network, address string) (conn net.Conn, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		conn, err = dialThere(ctx, path, network, address)
	}()
	<-done
	return conn, err
}

func dialThere(ctx context.Context, path, network, address string) (net.Conn, error) {
	space, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = space.Close() }()
	if err := unix.Setns(int(space.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
}

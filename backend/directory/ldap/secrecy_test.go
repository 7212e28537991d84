package ldap_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
)

// overheard is a network that keeps what is said to servers.
type overheard struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	mu   sync.Mutex
	said bytes.Buffer
}

func (o *overheard) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := o.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &overheardConn{conn, o}, nil
}

type overheardConn struct {
	net.Conn
	all *overheard
}

func (c *overheardConn) Write(b []byte) (int, error) {
	c.all.mu.Lock()
	c.all.said.Write(b)
	c.all.mu.Unlock()
	return c.Conn.Write(b)
}

// startTLS goes through a reset at the port for clear text: nothing is said in clear but that TLS is wanted.
func startTLS(t *testing.T, good ldap.Config, server string, ana app.AccountID, signsIn func(password string) error, extra []string) {
	o := &overheard{dial: good.Network.Dial}
	config := good
	config.Servers, config.Network.Dial = []string{server}, o.Dial
	dir := open(t, config)
	if err := dir.SetPassword(t.Context(), ana, app.NewSecret(secondPassword)); err != nil {
		t.Fatal(err)
	}
	if err := signsIn(secondPassword); err != nil {
		t.Error(err)
	}
	for _, secret := range []string{secondPassword, servicePassword, config.User, "uid=ana", "objectClass"} {
		if bytes.Contains(o.said.Bytes(), []byte(secret)) {
			t.Errorf("%q was said in clear", secret)
		}
	}
	if !strings.Contains(o.said.String(), "1.3.6.1.4.1.1466.20037") {
		t.Error("TLS was not asked for")
	}
	config.Network.Dial = good.Network.Dial
	examination(t, config, extra)
}

// TestNothingIsSaidInClear to a server that doesn't go on by TLS, or speaks none at its port for TLS.
func TestNothingIsSaidInClear(t *testing.T) {
	for name, server := range map[string]string{"StartTLS is refused": "ldap://dc1.harbour.example", "no TLS at the port for it": "ldaps://dc1.harbour.example"} {
		t.Run(name, func(t *testing.T) {
			heard := make(chan []byte, 1)
			config := newScripted(t).config()
			config.Servers = []string{server}
			config.Network.Dial = func(context.Context, string, string) (net.Conn, error) {
				here, there := net.Pipe()
				go refuseTLS(there, heard)
				return here, nil
			}
			if _, err := open(t, config).Find(t.Context(), "ana"); app.CodeOf(err) != app.CodeUnavailable {
				t.Errorf("found: %v", err)
			}
			if said := <-heard; bytes.Contains(said, []byte("svc")) {
				t.Errorf("it was told %q", said)
			}
		})
	}
}

// refuseTLS answers the first question with "unavailable", and listens until the end.
func refuseTLS(conn net.Conn, heard chan<- []byte) {
	defer func() { _ = conn.Close() }()
	first := make([]byte, 512)
	n, _ := conn.Read(first)
	if packet, err := ber.DecodePacketErr(first[:n]); err == nil && len(packet.Children) > 1 {
		id, _ := packet.Children[0].Value.(int64)
		envelope := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
		envelope.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
		envelope.AppendChild(said(goldap.ApplicationExtendedResponse, result{goldap.LDAPResultUnavailable, "no TLS here"}))
		_, _ = conn.Write(envelope.Bytes())
	} else {
		_, _ = conn.Write([]byte("no TLS here\r\n"))
	}
	rest, _ := io.ReadAll(conn)
	heard <- append(first[:n], rest...)
}

// idle: a connection that the server closes while nobody uses it is replaced, and nobody learns of it.
func idle(t *testing.T, good ldap.Config, ana app.AccountID) {
	var mu sync.Mutex
	var open_ []net.Conn
	config := good
	config.Network.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := good.Network.Dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		here, there := net.Pipe()
		mu.Lock()
		open_ = append(open_, there)
		mu.Unlock()
		go func() { _, _ = io.Copy(conn, there); _ = conn.Close() }()
		go func() { _, _ = io.Copy(there, conn); _ = there.Close() }()
		return here, nil
	}
	dir := open(t, config)
	hangUp := func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range open_ {
			_ = c.Close()
		}
		open_ = nil
	}
	for name, do := range map[string]func() error{
		"account": func() error { _, err := dir.Account(t.Context(), ana); return err },
		"set":     func() error { return dir.SetPassword(t.Context(), ana, app.NewSecret(secondPassword)) },
		"change": func() error {
			if err := dir.SetPassword(t.Context(), ana, app.NewSecret("Quiet-tide 19 signal")); err != nil {
				return err
			}
			hangUp()
			return dir.ChangePassword(t.Context(), ana, app.NewSecret("Quiet-tide 19 signal"), app.NewSecret("Grey-anchor 52 pilot"))
		},
		"unlock": func() error { return dir.Unlock(t.Context(), ana) },
		"verify": func() error { return ignoreWrong(dir.Verify(t.Context(), ana, app.NewSecret(wrongPassword))) },
	} {
		if _, err := dir.Account(t.Context(), ana); err != nil { // a connection is there
			t.Fatal(err)
		}
		hangUp()
		if err := do(); err != nil {
			t.Errorf("%s, once the server has hung up: %v", name, err)
		}
	}
}

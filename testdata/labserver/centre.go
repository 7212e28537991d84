package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"path/filepath"
	"sync"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/smpp/smpptest"
)

// The message centre of the mobile network, and the organisation's account there.
const (
	centreHost     = "sms.harbour.example"
	centreAt       = "127.0.0.1:3550"
	centreAccount  = "harbour"
	centrePassword = "pier-9"
	international  = 1 // type of number (SMPP 3.4, 5.2.5)
)

// centre is a message centre at work, with the telephones of everybody.
type centre struct {
	peer     smpptest.Peer
	listener net.Listener
	came     chan struct{} // a part of a text
	all      sync.WaitGroup
	told     int // receipts
	shown    int // texts
}

// startCentre starts it, with the certificate of a folder.
func startCentre(folder string) (*centre, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem"))
	if err != nil {
		return nil, err
	}
	c := &centre{came: make(chan struct{}, 1)}
	c.peer.Bind = func(user, password, _ string) smpptest.Status {
		if user != centreAccount || password != centrePassword {
			return data.ESME_RBINDFAIL
		}
		return data.ESME_ROK
	}
	c.peer.Submit = func(s smpptest.Submitted) smpptest.Answer {
		if s.ToTON != international {
			return smpptest.Answer{Status: data.ESME_RINVDSTADR}
		}
		select {
		case c.came <- struct{}{}:
		default: // it is told already that there is something
		}
		return smpptest.Answer{}
	}
	if c.listener, err = tls.Listen("tcp", centreAt, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}); err != nil {
		return nil, err
	}
	c.all.Go(func() {
		for {
			conn, err := c.listener.Accept()
			if err != nil {
				return
			}
			c.all.Go(func() { c.peer.Serve(conn) })
		}
	})
	return c, nil
}

// end ends it.
func (c *centre) end() error {
	if c == nil {
		return nil
	}
	err := c.listener.Close()
	c.peer.Cut()
	c.all.Wait()
	return err
}

// watch gives what telephones show, and tells who sent it that it arrived, until ctx ends.
func (c *centre) watch(ctx context.Context, got func(app.Message) error) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.came:
		}
		taken := c.peer.Taken()
		texts := c.peer.Texts()
		for _, t := range texts[c.shown:] {
			m := readText(t.Words)
			m.ID, m.Channel, m.To = number("text", c.shown), app.KindSMS, "+"+t.To
			if m.Template == "" {
				m.Params["words"] = t.Words
			}
			if err := got(m); err != nil {
				return err
			}
			c.shown++
		}
		for _, s := range taken[c.told:] {
			c.told++
			if s.Receipt&1 == 0 { // none is wanted of this part (SMPP 3.4, 5.2.17)
				continue
			}
			_, err := c.peer.Tell(smpptest.Receipt{ID: s.ID, Field: s.ID, State: "DELIVRD", From: s.To})
			if err != nil && !errors.Is(err, smpptest.ErrNoLink) {
				return err
			}
		}
	}
}

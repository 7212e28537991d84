package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
)

// delivers reports whether messages leave the server as an organisation's do, and arrive.
func delivers() bool { return os.Getenv("DELIVERY") == "real" }

// deliverySettings are the server's, of real delivery.
const deliverySettings = `[delivery.letters]
reply_to = "helpdesk@harbour.example"
[delivery.mail]
servers = ["smtps://` + relayHost + `"]
from = "reset@harbour.example"
trust = "ca.pem"
user = "` + relayAccount + `@` + relayRealm + `"
secret = "mail.secret"
[delivery.text]
kind = "smpp"
servers = ["smpps://` + centreHost + `:3550"]
from = "Harbour"
trust = "ca.pem"
user = "` + centreAccount + `"
secret = "text.secret"
[delivery.call]
kind = "sip"
servers = ["sips:` + exchangeHost + `:5061"]
trust = "ca.pem"
from = "+442079460001"
srtp = "require"
calls = 1
language = "` + language + `"
`

// keepSecrets puts the passwords where the settings look for them.
func keepSecrets(folder string) error {
	return errors.Join(
		os.WriteFile(filepath.Join(folder, "mail.secret"), []byte(relayPassword+"\n"), 0o600),
		os.WriteFile(filepath.Join(folder, "text.secret"), []byte(centrePassword+"\n"), 0o600),
	)
}

// delivery is what carries the organisation's messages: mail server, message centre, and telephones.
type delivery struct {
	relay     *relay
	centre    *centre
	telephone *telephone
	readers   sync.WaitGroup
	leave     context.CancelFunc
}

// startDelivery starts all of them, and has what arrives written where a lab has its messages. The folder has the certificate.
func startDelivery(folder string, post *messages) (d *delivery, err error) {
	d = &delivery{}
	ctx, leave := context.WithCancel(context.Background())
	d.leave = leave
	defer func() {
		if err != nil {
			err = errors.Join(err, d.end())
		}
	}()
	if d.relay, err = startRelay(folder); err != nil {
		return d, err
	}
	if d.centre, err = startCentre(folder); err != nil {
		return d, err
	}
	if d.telephone, err = startTelephone(folder); err != nil {
		return d, err
	}
	got := func(m app.Message) error {
		m.At = time.Now()
		return post.Deliver(ctx, m)
	}
	for _, watch := range []func(context.Context, func(app.Message) error) error{d.relay.watch, d.centre.watch, d.telephone.watch} {
		d.readers.Go(func() {
			if err := watch(ctx, got); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		})
	}
	return d, nil
}

// end ends all of them; nil has none.
func (d *delivery) end() error {
	if d == nil {
		return nil
	}
	d.leave()
	d.readers.Wait()
	return errors.Join(d.telephone.end(), d.centre.end(), d.relay.end())
}

// number names what has no name of its own.
func number(kind string, n int) string { return fmt.Sprintf("%s %d", kind, n) }

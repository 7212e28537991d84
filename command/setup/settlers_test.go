package setup

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/email"
)

// settler is one of many people of a server, who are all alike.
type settler struct {
	local.Person
	seed    string // of the authenticator app, base32; empty: nothing is registered
	mailbox string // a private one
}

const firstPassword = "lantern-tide-copper-41"

// settlers makes so many people for the server in a folder; those whom registers names have an authenticator app and a mailbox.
func settlers(t testing.TB, dir string, n int, hasher local.Hasher, password string, registers func(int) bool) []settler {
	t.Helper()
	plan, err := Plan(filepath.Join(dir, "server.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	people := make([]settler, n)
	err = settle(t.Context(), plan, ServerParts{Hasher: hasher}, func(d port.Directory, s port.Store) error {
		var records []port.CredentialRecord
		for i := range people {
			id := fmt.Sprintf("person-%06d", i)
			mail := id + "@harbour.example"
			people[i] = settler{mailbox: id + "@letters.example", Person: local.Person{
				ID: app.AccountID(id), UserID: mail, Mail: mail, Name: "Ana Reis", Groups: []string{"Password self-service"},
				Password: app.NewSecret(password),
			}}
			if err := d.(*local.Directory).Put(t.Context(), people[i].Person); err != nil {
				return err
			}
			if registers(i) {
				made, err := people[i].register()
				if err != nil {
					return err
				}
				records = append(records, made...)
			}
		}
		return s.Update(t.Context(), func(tx port.Tx) error {
			for _, r := range records {
				if err := tx.PutCredential(r); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return people
}

// register enrols both ways, as of yesterday.
func (p *settler) register() ([]port.CredentialRecord, error) {
	turn := app.Turn{
		Now: time.Now().Add(-24 * time.Hour), Rand: rand.Reader, Person: app.Person{Account: p.ID, UserID: p.UserID, Name: p.Name},
		Settings: app.MethodSettings{Organisation: "Harbour Hospital", CodeLife: time.Minute}, TriesLeft: 1,
	}
	scanned, err := authapp.Method{}.Enrol(turn, nil)
	if err != nil {
		return nil, err
	}
	p.seed = ""
	for _, group := range scanned.Step.(app.ShowSecret).Groups {
		p.seed += group.Reveal()
	}
	code, err := totp.GenerateCode(p.seed, turn.Now)
	if err != nil {
		return nil, err
	}
	turn.State = scanned.State
	byApp, err := authapp.Method{}.Enrol(turn, app.GiveCode{Digits: app.NewSecret(code)})
	if err != nil {
		return nil, err
	}
	turn.State = nil
	asked, err := email.Method{}.Enrol(turn, nil)
	if err != nil {
		return nil, err
	}
	turn.State = asked.State
	sent, err := email.Method{}.Enrol(turn, app.GiveAddress{Address: p.mailbox})
	if err != nil {
		return nil, err
	}
	turn.State = sent.State
	byMail, err := email.Method{}.Enrol(turn, app.GiveCode{Digits: app.NewSecret(sent.Send[0].Code)})
	if err != nil {
		return nil, err
	}
	return []port.CredentialRecord{p.record(app.KindAuthApp, turn.Now, byApp), p.record(app.KindEmail, turn.Now, byMail)}, nil
}

func (p *settler) record(kind app.Kind, then time.Time, made app.Result) port.CredentialRecord {
	return port.CredentialRecord{
		ID: app.CredentialID(string(p.ID) + "-" + string(kind)), Account: p.ID, Kind: kind, Variant: made.Credential.Variant,
		Secret: made.Credential.Secret, Masked: made.Credential.Masked, Address: made.Credential.Address, Added: then, UsableAt: then,
	}
}

// transportTo reaches a server where address says at each new connection.
func transportTo(trusted *x509.CertPool, address func() string) *http.Transport {
	return &http.Transport{
		ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: trusted},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address())
		},
	}
}

// clientFrom is one at an address of its own, by its number, behind a proxy to the server.
func clientFrom(proxy http.RoundTripper, number int, clock port.Clock) *client.Client {
	from := fmt.Sprintf("10.%d.%d.%d", number>>16&255, number>>8&255, number&255)
	return &client.Client{Base: "https://reset.example.org", Clock: clock, Transport: forwarding{proxy, func() string { return from }}}
}

// clientOf is one with connections of its own, which done closes.
func clientOf(trusted *x509.CertPool, address func() string, number int, clock port.Clock) (c *client.Client, done func()) {
	t := transportTo(trusted, address)
	return clientFrom(t, number, clock), t.CloseIdleConnections
}

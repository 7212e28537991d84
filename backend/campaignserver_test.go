package backend_test

import (
	"context"
	crand "crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/delivery/letter"
	"github.com/sparekey/sparekey/backend/delivery/mail"
	"github.com/sparekey/sparekey/backend/delivery/route"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/backend/vault"
)

// serveCampaign is the server that is killed: the real store on a disk, the real worker, and the real relay's client.
func serveCampaign(ctx context.Context, folder string) error {
	offset, err := time.ParseDuration(os.Getenv(campaignOffset))
	if err != nil {
		return err
	}
	clock := shifted(offset)
	sealer, err := vault.Open(filepath.Join(folder, "keys"), campaignMaster, crand.Reader)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, filepath.Join(folder, "store.db"), sealer)
	if err != nil {
		return err
	}
	people, err := local.Open(ctx, local.InMemory, local.Config{Clock: clock, Hasher: local.Argon2{Rand: crand.Reader, Memory: 8, Time: 1, Threads: 1}, Parallel: 1, Domain: "harbour.example"})
	if err != nil {
		return err
	}
	var service *backend.Backend
	roots, err := os.ReadFile(os.Getenv(campaignRoots))
	if err != nil {
		return err
	}
	deliverer, err := byRelay(clock, os.Getenv(campaignRelay), roots, func(ctx context.Context) (app.Organisation, error) { return service.Organisation(ctx) })
	if err != nil {
		return err
	}
	service, err = backend.New(backend.Config{
		Store: db, Directory: people, Deliverer: deliverer, Chain: audit.Chain{}, Sealer: sealer, Clock: clock, Rand: crand.Reader,
		Methods: everyMethod(), Policy: trial.Policy(), Trial: true, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	if err := service.StartWorker(ctx); err != nil {
		return err
	}
	quiet := 0
	for seen, tick := int64(-1), time.NewTicker(20*time.Millisecond); ; <-tick.C {
		resting, at, err := restsFor(ctx, db, clock)
		if err != nil {
			return err
		}
		if quiet++; !resting || at != seen {
			seen, quiet = at, 0
		}
		if quiet == 10 {
			fmt.Println(idle)
		}
	}
}

// pool are the authorities of a file.
func pool(pem []byte) *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return roots
}

// byRelay carries mails by one relay.
func byRelay(clock port.Clock, url string, roots []byte, organisation func(context.Context) (app.Organisation, error)) (port.Deliverer, error) {
	letters, err := letter.New(letter.Config{Organisation: organisation})
	if err != nil {
		return nil, err
	}
	relay, err := mail.New(mail.Config{
		Server: url, Roots: pool(roots), From: "reset@harbour.example", Auth: mail.AuthNone, Letters: letters.Write, Idle: time.Minute,
	})
	if err != nil {
		return nil, err
	}
	return route.New(clock, route.Provider{Name: "relay", Channel: app.KindEmail, Deliverer: relay, Time: 8 * time.Second}), nil
}

// restsFor reports whether nothing is due within a second, and where the trail ends: of what is under way it tells soon.
func restsFor(ctx context.Context, db port.Store, clock port.Clock) (rests bool, seq int64, err error) {
	err = db.View(ctx, func(tx port.Tx) error {
		next, err := tx.NextDue()
		rests = errors.Is(err, port.ErrNotFound) || err == nil && next.Sub(clock.Now()) > time.Second
		if err != nil && !errors.Is(err, port.ErrNotFound) {
			return err
		}
		head, err := tx.AuditHead()
		seq = head.Seq
		return err
	})
	return rests, seq, err
}

package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Directory is where the sample people go.
type Directory interface {
	// Put inserts or replaces a person; an empty password means none.
	Put(ctx context.Context, account port.DirectoryAccount, password app.Secret) error
}

// Seeding is what Seed works on.
type Seeding struct {
	Directory Directory
	// Find gives the account of one of DirectoryPeople, all of whom the organisation's own directory has; nil: People are put into
	// Directory.
	Find    func(ctx context.Context, userID string) (app.AccountID, error)
	Store   port.Store
	Methods []app.Method // by which the people's credentials are registered
	Rand    port.Rand
	Clock   port.Clock
}

const (
	age     = 30 * 24 * time.Hour  // of the credentials
	staleAt = 200 * 24 * time.Hour // the age of those that nobody has looked at for long
	locked  = 30 * 24 * time.Hour  // how long the directory's lock of the one who is locked out lasts
	century = 100 * 365 * 24 * time.Hour
	marker  = "trial:seeded"
)

// Seed puts the sample people into the directory and their credentials into the store, once: what the trial did to them
// since stays.
func Seed(ctx context.Context, s Seeding) error {
	now := s.Clock.Now().UTC()
	var seeded bool
	err := s.Store.View(ctx, func(tx port.Tx) error {
		c, err := tx.Counter(marker)
		seeded = c.Count > 0
		return err
	})
	if err != nil || seeded {
		return err
	}
	var credentials []port.CredentialRecord
	people := People()
	if s.Find != nil {
		people = DirectoryPeople()
	}
	for _, p := range people {
		id, err := s.place(ctx, p, now)
		if err != nil {
			return fmt.Errorf("trial: put %s: %w", p.UserID, err)
		}
		theirs, err := s.credentials(p, id, now.Add(-p.age()))
		if err != nil {
			return fmt.Errorf("trial: register %s: %w", p.UserID, err)
		}
		credentials = append(credentials, theirs...)
	}
	return s.Store.Update(ctx, func(tx port.Tx) error {
		for _, c := range credentials {
			if err := tx.PutCredential(c); err != nil {
				return err
			}
		}
		return tx.PutCounter(port.Counter{Key: marker, Count: 1, Since: now, Expiry: now.Add(century)})
	})
}

// place puts the person into the directory, or finds them there.
func (s Seeding) place(ctx context.Context, p Person, now time.Time) (app.AccountID, error) {
	if s.Find != nil {
		return s.Find(ctx, p.UserID)
	}
	return p.ID, s.Directory.Put(ctx, p.account(now), app.NewSecret(p.Password))
}

// age is that of the person's credentials.
func (p Person) age() time.Duration {
	if p.State == Stale {
		return staleAt
	}
	return age
}

// account is the person as the directory has them.
func (p Person) account(now time.Time) port.DirectoryAccount {
	a := port.DirectoryAccount{
		ID:        p.ID,
		UserID:    p.UserID,
		Name:      p.Name,
		Names:     p.Names,
		Mail:      p.UserID,
		Groups:    []string{group},
		Admin:     p.State == Admin,
		Elsewhere: p.State == Elsewhere,
	}
	if p.State == NotEnabled {
		a.Groups = nil
	}
	if p.State == Locked {
		a.LockedUntil = now.Add(locked)
	}
	return a
}

// credentials registers what the person has for their account, by the real methods, as of a day long past; of who never had a
// password it is what an administrator entered.
func (s Seeding) credentials(p Person, id app.AccountID, then time.Time) ([]port.CredentialRecord, error) {
	var records []port.CredentialRecord
	turn := s.turn(p, id, then)
	for _, m := range s.Methods {
		var made app.NewCredential
		var entered time.Time
		var err error
		c, contactable := m.(app.Contactable)
		switch {
		case p.State == Never && contactable:
			entered = then
			made, err = c.Contact(turn, p.contact(m.Kind()))
		case m.Kind() == app.KindAuthApp && p.AppSecret != "":
			made, err = enrolApp(m, turn, p)
		case m.Kind() == app.KindEmail && p.Mail != "":
			made, err = enrolMail(m, turn, p.Mail)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		records = append(records, port.CredentialRecord{
			ID:       app.CredentialID(string(p.ID) + "-" + string(m.Kind())),
			Account:  id,
			Kind:     m.Kind(),
			Variant:  made.Variant,
			Secret:   made.Secret,
			Masked:   made.Masked,
			Address:  made.Address,
			Added:    then,
			UsableAt: then,
			Entered:  entered,
		})
	}
	return records, nil
}

// contact is what was entered beforehand for a method.
func (p Person) contact(kind app.Kind) app.Input {
	if kind == app.KindEmail {
		return app.GiveAddress{Address: p.Mail}
	}
	return app.GivePhone{Number: p.Mobile, Use: app.PhoneMobile}
}

func (s Seeding) turn(p Person, id app.AccountID, then time.Time) app.Turn {
	policy := Policy()
	return app.Turn{
		Now:       then,
		Rand:      s.Rand,
		Person:    app.Person{Account: id, UserID: p.UserID, Name: p.Name},
		Settings:  app.MethodSettings{Organisation: policy.Organisation.Name, CodeLife: policy.Codes.Lifetime},
		TriesLeft: 1,
	}
}

// enrolApp scans the secret and types its code. The secret is the one that People names.
func enrolApp(m app.Method, turn app.Turn, p Person) (app.NewCredential, error) {
	turn.Rand = bytes.NewReader(appSeed(p.ID))
	begun, err := m.Enrol(turn, nil)
	if err != nil {
		return app.NewCredential{}, err
	}
	step, ok := begun.Step.(app.ShowSecret)
	if !ok {
		return app.NewCredential{}, fmt.Errorf("the method showed %T", begun.Step)
	}
	var secret strings.Builder
	for _, group := range step.Groups {
		secret.WriteString(group.Reveal())
	}
	if secret.String() != p.AppSecret {
		return app.NewCredential{}, errors.New("the method drew another secret")
	}
	turn.State = begun.State
	return proven(m.Enrol(turn, app.GiveCode{Digits: app.NewSecret(p.Code(turn.Now))}))
}

// enrolMail types the address and the code that was sent there.
func enrolMail(m app.Method, turn app.Turn, address string) (app.NewCredential, error) {
	begun, err := m.Enrol(turn, nil)
	if err != nil {
		return app.NewCredential{}, err
	}
	turn.State = begun.State
	sent, err := m.Enrol(turn, app.GiveAddress{Address: address})
	if err != nil {
		return app.NewCredential{}, err
	}
	if len(sent.Send) != 1 {
		return app.NewCredential{}, errors.New("no code was sent")
	}
	turn.State = sent.State
	return proven(m.Enrol(turn, app.GiveCode{Digits: app.NewSecret(sent.Send[0].Code)}))
}

func proven(r app.Result, err error) (app.NewCredential, error) {
	if err != nil {
		return app.NewCredential{}, err
	}
	if r.Verdict != app.Proven || r.Credential == nil {
		return app.NewCredential{}, errors.New("the method proved nothing")
	}
	return *r.Credential, nil
}

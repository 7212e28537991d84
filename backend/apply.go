package backend

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// Application is a policy document that somebody applies.
type Application struct {
	Document []byte
	Source   string // path of its file
	By       string // who applies it
	Comment  string // one line of at most 200 characters, or empty
	After    int    // the newest version that they know of
}

// ErrPolicyMoved refuses an application where somebody applied another policy meanwhile.
var ErrPolicyMoved = errors.New("another policy was applied meanwhile")

// ManagedError refuses an application where a file manages the policy.
type ManagedError struct{ File string }

func (e *ManagedError) Error() string {
	return fmt.Sprintf("the file %s manages the policy: change it there", e.File)
}

// Apply adds a version and gives its number: a document that can't be used is refused. Every Backend on this store takes
// it up when it reloads.
func (b *Backend) Apply(ctx context.Context, a Application) (int, error) {
	if utf8.RuneCountInString(a.Comment) > 200 || strings.ContainsFunc(a.Comment, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		return 0, errors.New("the comment must be one line of at most 200 characters")
	}
	sum := sha256.Sum256(a.Document)
	v := port.PolicyVersion{By: a.By, Source: a.Source, Comment: a.Comment, Document: a.Document, Hash: sum[:]}
	_, r, err := OpenPolicy(b.c, v)
	if err == nil {
		err = r.close()
	}
	if err != nil {
		return 0, err
	}
	var refusal error
	number, err := b.add(ctx, v, func(tx *tx, newest port.PolicyVersion) (bool, error) {
		file, err := tx.PolicyFile()
		switch {
		case file != "":
			refusal = &ManagedError{file}
		case newest.Number != a.After:
			refusal = ErrPolicyMoved
		default:
			refusal = nil
		}
		return refusal == nil, err
	})
	return number, errors.Join(refusal, err)
}

// found notes whether a file manages the policy, and else adds the policy that comes with the program: to a store that
// has none, or has the one of another version of the program.
func (b *Backend) found(ctx context.Context) error {
	own := port.PolicyVersion{Document: policy.Effective(b.c.Policy)}
	sum := sha256.Sum256(own.Document)
	own.Hash = sum[:]
	_, err := b.add(ctx, own, func(tx *tx, newest port.PolicyVersion) (bool, error) {
		file, err := tx.PolicyFile()
		if err == nil && file != b.c.PolicyFile {
			err = tx.SetPolicyFile(b.c.PolicyFile)
		}
		return b.c.PolicyFile == "" && newest.Source == "" && !bytes.Equal(newest.Hash, own.Hash), err
	})
	return err
}

// add adds a version behind the newest one, where fit says so, and tells of it in the audit trail.
func (b *Backend) add(ctx context.Context, v port.PolicyVersion, fit func(tx *tx, newest port.PolicyVersion) (bool, error)) (int, error) {
	err := b.update(ctx, func(tx *tx) error {
		newest, err := tx.NewestPolicy()
		if err != nil && !errors.Is(err, port.ErrNotFound) {
			return err
		}
		if fits, err := fit(tx, newest); err != nil || !fits {
			return err
		}
		v.Number, v.At = newest.Number+1, b.now()
		if err := tx.AddPolicy(v); err != nil {
			return err
		}
		e := port.AuditEntry{Action: appliedPolicy, Result: resultSucceeded, Reason: versionReason(v)}
		if v.By != "" {
			e.Role, e.Network = string(app.RoleAdmin), inProcess
		}
		return b.log(tx, e)
	})
	return v.Number, err
}

// appliedPolicy is the audit trail's entry of a version that was added.
const appliedPolicy = "policy.apply"

// versionReason names a version in the audit trail: "version_7".
func versionReason(v port.PolicyVersion) string { return fmt.Sprintf("version_%d", v.Number) }

// Stranded counts the people who can reset under the policy in force, and could not under p.
func (b *Backend) Stranded(ctx context.Context, p policy.Policy) (int, error) {
	now, leave := b.enter()
	defer leave()
	next := &Backend{core: b.core, held: &inForce{Resources: now.force().Resources, policy: p}}
	var holders []app.AccountID
	err := b.view(ctx, func(tx *tx) (err error) {
		holders, err = tx.Holders()
		return err
	})
	stranded := 0
	for _, id := range holders {
		account, err := b.account(ctx, id)
		if errors.Is(err, port.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, err
		}
		var creds []port.CredentialRecord
		if err := b.view(ctx, func(tx *tx) (err error) {
			creds, err = tx.Credentials(id)
			return err
		}); err != nil {
			return 0, err
		}
		if now.able(account, creds) && !next.able(account, creds) {
			stranded++
		}
	}
	return stranded, err
}

// able reports whether an account can be reset, as far as its own part goes: no lock counts.
func (b *Backend) able(account port.DirectoryAccount, creds []port.CredentialRecord) bool {
	creds = usable(creds, b.now())
	if !b.contactsServe(whoIs(account, 0)) {
		creds = entitled(counting(creds), account.Admin)
	}
	return b.allowed(account) == "" && b.passable(creds, b.kinds(creds, account.Admin), b.gates(account.Admin), account.Admin)
}

// PolicyVersion is the number of the version in force; 0 while the store has none.
func (b *Backend) PolicyVersion() int { return b.policies.current().version }

package port

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
)

// Directory is where accounts and passwords live. Every failure that is not named here means "unknown": nothing is
// then claimed to have happened.
type Directory interface {
	// Find gives the account of a user ID, matched as the directory does (case does not matter): by each name by which
	// people may sign in there (DOMAIN\name, name, name@domain, mail). ErrNotFound, beside which the account has the Threshold
	// and the FailureWindow that most accounts have, shows no failures as they do, Cannot what can't be done for them, and has as UserID the one form that all
	// names share which would lead to one account: else who writes a name in two ways could tell people from nobody.
	Find(ctx context.Context, userID string) (DirectoryAccount, error)
	// Account gives an account by ID; ErrNotFound.
	Account(ctx context.Context, id app.AccountID) (DirectoryAccount, error)
	// Administrators lists those whom a help request reaches where there is no help desk mailbox, and who are told when
	// an administrator's password was reset.
	Administrators(ctx context.Context) ([]DirectoryAccount, error)
	// Verify checks a password: nil, ErrPassword, ErrLocked, ErrNoPassword, ErrNotFound, or, to the right password only,
	// ErrDisabled, ErrAccountExpired and ErrMustChange, in a time that does not depend on which. It counts a failure as the
	// directory does. An empty password is refused without asking (RFC 4513, 5.1.2). ErrUnsupported where it can't say, after the
	// time that an ID takes which nobody has.
	Verify(ctx context.Context, id app.AccountID, password app.Secret) error
	// SetPassword sets a password and lifts the directory's lock, both or neither: nil when the directory confirmed, a
	// *Refusal when it refused and changed nothing. Any other error leaves it open whether it did.
	SetPassword(ctx context.Context, id app.AccountID, password app.Secret) error
	// ChangePassword sets a new password for a person who gave the present one, as the directory's rules for a change want it,
	// where it has such rules beside those for a reset. Its answers are SetPassword's, and ErrPassword where the present
	// password is not the person's. It lifts no lock.
	ChangePassword(ctx context.Context, id app.AccountID, present, password app.Secret) error
	// Unlock lifts every lock that wrong passwords set, and nothing else: never an administrative disable. The password
	// stays as it is. nil when the directory confirmed, also where nothing was locked; any error leaves it open whether it
	// did.
	Unlock(ctx context.Context, id app.AccountID) error
	// Rules says what the directory wants of a new password of the account; ErrNotFound.
	Rules(ctx context.Context, id app.AccountID) (PasswordRules, error)
}

// PasswordRules are a directory's own, for one account, as far as it says them. Where it says nothing of a rule, that is zero.
type PasswordRules struct {
	MinLength  int // characters, or what is never more than that for the same text
	MaxLength  int // characters
	MinClasses int // of lower case, upper case, digits, others
	History    int // old passwords that it refuses
	// Forbidden is what a password must not contain, whatever the case, from 3 characters: at most MaxForbidden.
	Forbidden []string
	// ChangeFrom is from when the person may change the password again, and ResetFrom from when it may be reset.
	ChangeFrom time.Time
	ResetFrom  time.Time
	// OldFor is how long the password before goes on opening doors of the directory once a new one is set.
	OldFor time.Duration
}

// MaxForbidden bounds PasswordRules.Forbidden: a page judges by it with every key.
const MaxForbidden = 64

// The directory's answers to Verify.
var (
	ErrPassword   = errors.New("directory: wrong password")
	ErrLocked     = errors.New("directory: account locked")
	ErrDisabled   = errors.New("directory: account disabled")
	ErrNoPassword = errors.New("directory: no password set")

	ErrAccountExpired = errors.New("directory: account expired")
	ErrMustChange     = errors.New("directory: the right password, which has to be changed")
)

// ErrUnsupported says that the directory has no such thing, now or later: nothing was asked.
var ErrUnsupported = errors.New("directory: it can't do that")

// Cannot is what a directory can't do, now or later, known before it is asked: it answers ErrUnsupported. The zero value can all.
type Cannot struct {
	Verify bool // say whether a password is right, and so change one by the present one
	Unlock bool // show a lock, or lift it
}

// Refusal is the directory's word on a password that it won't take.
type Refusal struct{ Rule string } // "length", "history", "complexity", "age", "simple" for what may be any of these; or empty

func (r *Refusal) Error() string { return "directory: password refused: " + r.Rule }

// LockedForGood is until when an account is locked that does not open by itself.
var LockedForGood = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// OpensAt is when a lock ends by itself; zero where it doesn't.
func (a DirectoryAccount) OpensAt() time.Time {
	if a.LockedUntil.Equal(LockedForGood) {
		return time.Time{}
	}
	return a.LockedUntil
}

// DirectoryAccount is what the directory says of an account.
type DirectoryAccount struct {
	ID          app.AccountID
	UserID      string
	Name        string   // display name
	Names       []string // given and family names, which a password may not contain
	Mail        string   // work mailbox, or empty
	Groups      []string // nested ones included
	Admin       bool
	Disabled    bool      // by an administrator
	Expired     bool      // the account's time is over
	Protected   bool      // the directory keeps its password from whoever may reset others'
	MustChange  bool      // the password has expired, or has to be changed at the next sign-in
	Elsewhere   bool      // its password is managed elsewhere
	HasPassword bool      // false: never had one
	LockedUntil time.Time // zero when not locked; LockedForGood where only an administrator, a reset or an unlock ends it
	Threshold   int       // failures after which the directory locks; 0 for never
	// ShowsFailures says that Failures, those that it counts now, and FailedAt, when the last one was, are its own word.
	ShowsFailures bool
	Failures      int
	FailedAt      time.Time
	// FailureWindow is after how long from the last failure it counts none any more; 0 for never.
	FailureWindow time.Duration
	// Cannot is what the directory can't do for the account. ErrNotFound has beside it what it can't do for most.
	Cannot Cannot
	// Lag is how old what is said of the account may be, where several servers copy from each other: until then an old stamp says
	// nothing of what another server was told.
	Lag time.Duration
	// Stamp changes with every password that is set; it is compared, never interpreted. Empty where the directory doesn't say.
	Stamp string
}

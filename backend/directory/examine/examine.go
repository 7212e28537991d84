// Package examine is what an examination of a directory finds, in codes, whichever kind it is of: whether all is there that a reset
// needs, and what helps where it isn't.
package examine

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Directory is one that can be examined.
type Directory interface {
	// Examine walks through everything that a reset needs, and tells each finding as it is found.
	Examine(ctx context.Context, what Examination, tell func(Finding))
}

// Finding is what one step found.
type Finding struct {
	Step   Step
	About  string            // the server, the DN, the name
	Code   Code              // what is wrong, or worth to be known; empty where all is well
	Failed bool              // nothing can be done before it is mended
	Params map[string]string // figures and names for the words
	Remedy string            // a command that grants what is missing, or empty
	Cause  error             // in the server's own words
}

// Examination says how far a directory is examined.
type Examination struct {
	Person string   // a name to look up; empty for none
	Groups []string // to look up, each by name or DN
	UpTo   Step     // the last one that is taken, of those of a directory behind LDAP; empty: all
	// Reset is the name of a test account that gets a password which nobody knows, and is unlocked; empty for none.
	Reset string
}

// steps are those of a directory behind LDAP, in their order.
var steps = []Step{StepServers, StepResolve, StepConnect, StepTLS, StepBind, StepBase, StepPolicy, StepGroup, StepPerson, StepRights, StepReset}

// Ends reports whether an examination ends before a step.
func (e Examination) Ends(before Step) bool {
	return e.UpTo != "" && slices.Index(steps, before) > slices.Index(steps, e.UpTo)
}

// Soon is how near the end of a certificate is worth a word.
const Soon = 21 * 24 * time.Hour

// Standing is why an account may not be helped, or what else there is to know of it.
func Standing(a port.DirectoryAccount) Code {
	for _, s := range []struct {
		is   bool
		code Code
	}{
		{a.Elsewhere, PersonElsewhere}, {a.Protected, PersonProtected}, {a.Disabled, PersonDisabled}, {a.Expired, PersonExpired},
		{!a.LockedUntil.IsZero(), PersonLocked}, {a.MustChange, PersonMustChange}, {!a.HasPassword, PersonNoPassword}, {a.Mail == "", PersonNoMail},
	} {
		if s.is {
			return s.code
		}
	}
	return ""
}

// Unguessable is a password that every policy takes: of each class, and without a vowel, so that no part of it is a part of
// somebody's name.
func Unguessable() app.Secret {
	text := strings.NewReplacer("A", "8", "E", "9", "I", "0", "O", "1", "U", "8", "Y", "9").Replace(rand.Text())
	return app.NewSecret(text[:13] + "-" + strings.ToLower(text[13:]) + "-Zq7")
}

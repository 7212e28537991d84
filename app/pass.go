package app

import (
	"context"
	"strings"
	"time"
	"unicode"
)

// PassAlphabet is what a Temporary Access Pass is made of: the digits, and the letters but I, L, O and U (Crockford's
// base 32). Nothing in it looks like another: an O that is typed is a 0, an I and an L are a 1.
const PassAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// PassLength is how many of these a pass has: 60 bits.
const PassLength = 12

// passGroup is how many characters stand together where a pass is shown.
const passGroup = 4

// ReadPass gives a typed pass in the one form that there is, without separators; CodeBadPass when it can't be one.
func ReadPass(typed Secret) (Secret, error) {
	var read strings.Builder
	for _, r := range typed.Reveal() {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), unicode.Is(unicode.Cf, r):
			continue
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		switch r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if !strings.ContainsRune(PassAlphabet, r) || read.Len() == PassLength {
			return Secret{}, &Error{Code: CodeBadPass, Field: "pass"}
		}
		read.WriteRune(r)
	}
	if read.Len() != PassLength {
		return Secret{}, &Error{Code: CodeBadPass, Field: "pass"}
	}
	return NewSecret(read.String()), nil
}

// Pass is a Temporary Access Pass as it is shown, once: it signs one person in to register, and lets someone who never
// had a password choose the first one.
type Pass struct {
	Code    Secret // as ReadPass gives it
	Person  Person
	Expires time.Time
	First   bool // the person never had a password
}

// Shown is the pass as people read it: "7Q4M-XD0K-92TB".
func (p Pass) Shown() Secret {
	var groups []string
	code := p.Code.Reveal()
	for len(code) > passGroup {
		groups, code = append(groups, code[:passGroup]), code[passGroup:]
	}
	return NewSecret(strings.Join(append(groups, code), "-"))
}

// IssuePass asks for a pass.
type IssuePass struct {
	UserID string
	Desk   bool   // handed over at a desk where the person sits down at once: it lives shorter, and is good there alone
	By     string // who issues it, for the audit trail
}

// FirstCodeLife is how long the code of a first administrator is good.
const FirstCodeLife = time.Hour

// FirstAdministrators let one begin on a server where none has registered yet. It is for the computer of the server alone, and no
// part of app.Administration.
type FirstAdministrators interface {
	// IssueFirstCode makes a pass for an administrator of the directory, good for FirstCodeLife, and voids the one before, whoever's it
	// was. It signs in to register, and to choose the first password where there was never one. A Problem says why there is none:
	// unknown_person, no_administrator, administrator_registered; an *Error, what keeps anybody from getting one.
	IssueFirstCode(ctx context.Context, userID, by string) (Pass, error)
}

// Passes issues and revokes passes, for whoever runs the help desk.
type Passes interface {
	// IssuePass makes a pass, and voids the one that there was, as RevokePass does. The person is told on every channel.
	IssuePass(ctx context.Context, p IssuePass) (Pass, error)
	// RevokePass voids the pass of a user ID and ends the session that it opened; CodeNoPass when there is neither.
	RevokePass(ctx context.Context, userID, by string) error
}

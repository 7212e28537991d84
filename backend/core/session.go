package core

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// passSession is the longest that a session by pass lasts.
const passSession = 15 * time.Minute

// LastInstant is when a session ends at the latest, however often it is renewed.
func (o *Operation) LastInstant(rec port.SessionRecord) time.Time {
	length := o.Policy().Sessions.Lifetime
	if rec.ByPass {
		length = min(length, passSession)
	}
	return rec.Created.Add(length)
}

// Good reports whether a session is good.
func (o *Operation) Good(rec port.SessionRecord) bool {
	now := o.Now()
	return rec.Live(now) && !now.After(o.LastInstant(rec))
}

// PasswordChanged is the reason that the audit trail has for a session whose password was set elsewhere. Nobody gets it as an
// answer.
const PasswordChanged app.Code = "password_changed_elsewhere"

// MustEnd says why a session can't go on, by what the directory says of its account; empty when it can.
func MustEnd(rec port.SessionRecord, account port.DirectoryAccount) app.Code {
	switch {
	case account.ID == "":
		return app.CodeUnknown
	case account.Disabled:
		return app.CodeDisabled
	case account.Expired:
		return app.CodeAccountExpired
	case rec.Stamp != "" && account.Stamp != "" && rec.Stamp != account.Stamp: // an empty one tells nothing
		return PasswordChanged
	}
	return ""
}

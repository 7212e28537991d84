package core

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// HashToken is what is kept of a token for scripts.
func (c *Core) HashToken(token app.Secret) []byte {
	return c.Sealer.Index("token for scripts", token.Reveal())
}

// NotAdministrator is the reason that the audit trail has for a token whose maker is no administrator any more. Nobody gets it as
// an answer.
const NotAdministrator app.Code = "not_administrator"

// TokenMustEnd says why a token can't be used any more, by what the directory says of the account that made it; empty when it can.
func TokenMustEnd(rec port.TokenRecord, maker port.DirectoryAccount) app.Code {
	why := MustEnd(port.SessionRecord{Stamp: rec.Stamp}, maker)
	if why == "" && !maker.Admin {
		return NotAdministrator
	}
	return why
}

// PaceToken counts that what was presented as a token is none, or says that the network has to wait.
func (o *Operation) PaceToken() error { return o.Pace(limit.NetworkToken) }

// UseToken notes that a token was used at now, unless that is known to app.TokenUseSpan.
func (t *Tx) UseToken(id app.TokenID, now time.Time) error {
	rec, err := t.Token(id)
	if err != nil || limit.Within(app.TokenUseSpan, rec.Used, now) {
		return err
	}
	rec.Used = now
	return t.PutToken(rec)
}

// ByToken is whom the audit trail names where a token of this name does something.
func ByToken(name string) string { return "token:" + name }

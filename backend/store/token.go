package store

import (
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const selectToken = `SELECT id, name, hash, may, account, stamp, made, made_by, ends, used, revoked FROM token `

// Token implements port.TokenTx.
func (t *transaction) Token(id app.TokenID) (port.TokenRecord, error) {
	return t.readToken(t.row(selectToken+`WHERE id = ?`, string(id)))
}

// TokenByHash implements port.TokenTx.
func (t *transaction) TokenByHash(hash []byte) (port.TokenRecord, error) {
	return t.readToken(t.row(selectToken+`WHERE hash = ?`, blob(hash)))
}

// Tokens implements port.TokenTx.
func (t *transaction) Tokens() ([]port.TokenRecord, error) {
	return list(t, "list tokens", t.readToken, selectToken+`ORDER BY name, made, id`)
}

// PutToken implements port.TokenTx.
func (t *transaction) PutToken(r port.TokenRecord) error {
	return t.put("put a token", rowOf{"token", string(r.ID)}, tokenColumns(r))
}

// EndExpiredTokens implements port.TokenTx.
func (t *transaction) EndExpiredTokens(at, now time.Time) (int, error) {
	t.forgetRows("token")
	return t.count("end tokens", `UPDATE token SET revoked = ? WHERE revoked = 0 AND ends < ?`, micros(now), micros(at))
}

// DropTokens implements port.TokenTx.
func (t *transaction) DropTokens(before time.Time) (int, error) {
	t.forgetRows("token")
	return t.count("drop tokens", `DELETE FROM token WHERE ends < ? OR revoked <> 0 AND revoked < ?`, micros(before), micros(before))
}

func tokenColumns(r port.TokenRecord) []column {
	may := make([]string, len(r.May))
	for i, s := range r.May {
		may[i] = string(s)
	}
	return []column{
		text("name", r.Name), hash("hash", r.Hash), text("may", strings.Join(may, ",")), text("account", r.Account), text("stamp", r.Stamp),
		instant("made", r.Made), text("made_by", r.MadeBy), instant("ends", r.Ends), instant("used", r.Used), instant("revoked", r.Revoked),
	}
}

func (t *transaction) readToken(row scanner) (port.TokenRecord, error) {
	var r port.TokenRecord
	var may string
	err := t.scan("read a token", row, &r.ID, &r.Name, &r.Hash, &may, &r.Account, &r.Stamp, moment{&r.Made}, &r.MadeBy, moment{&r.Ends},
		moment{&r.Used}, moment{&r.Revoked})
	if err != nil {
		return port.TokenRecord{}, err
	}
	for s := range strings.SplitSeq(may, ",") {
		r.May = append(r.May, app.Scope(s))
	}
	t.noteRow(rowOf{"token", string(r.ID)}, func() []column { return tokenColumns(r) })
	return r, nil
}

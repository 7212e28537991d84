package core

import (
	"encoding/hex"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// firstCodeMark names the one pass by which an administrator may begin while none of them has registered: account and hash. No other
// pass is an administrator's.
const (
	firstCodeMark = "first administrator"
	noFirstCode   = "none"
)

// PutFirstCode has a pass be that one, in the place of the one before.
func (t *Tx) PutFirstCode(pass port.PassRecord) error {
	return t.PutMark(firstCodeMark, string(pass.Account)+" "+hex.EncodeToString(pass.Hash))
}

// IsFirstCode reports whether a pass is that one.
func (t *Tx) IsFirstCode(pass port.PassRecord) (bool, error) {
	mark, err := t.Mark(firstCodeMark)
	return mark != "" && mark == string(pass.Account)+" "+hex.EncodeToString(pass.Hash), err
}

// FirstCodeOf gives the account whose pass was that one last; empty for none.
func (t *Tx) FirstCodeOf() (app.AccountID, error) {
	mark, err := t.Mark(firstCodeMark)
	return app.AccountID(mark[:max(strings.LastIndexByte(mark, ' '), 0)]), err
}

// VoidFirstCode has none be that one: an administrator has registered.
func (t *Tx) VoidFirstCode() error {
	whose, err := t.FirstCodeOf()
	if err != nil || whose == "" {
		return err
	}
	return t.PutMark(firstCodeMark, noFirstCode)
}

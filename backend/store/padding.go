package store

import (
	"bytes"
	"context"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// nobody is the account of the rows that are read in place of somebody's. No directory has it.
const nobody = ""

// pad puts the rows of nobody into a store that has none. They are as long as most people's, and sealed as theirs.
func (s *Store) pad(ctx context.Context) error {
	var there []port.CredentialRecord
	err := s.View(ctx, func(tx port.Tx) (err error) {
		there, err = tx.Credentials(nobody)
		return err
	})
	if err != nil || len(there) >= port.MostPadding {
		return err
	}
	return s.Update(ctx, func(tx port.Tx) error {
		for i := range port.MostPadding {
			row := port.CredentialRecord{
				ID: app.CredentialID(fmt.Sprintf("nobody-%02d", i)), Account: nobody, Secret: bytes.Repeat([]byte{'.'}, 160),
				Masked: "+00 ••••••00", Address: "nobody@nowhere.invalid",
			}
			if err := tx.PutCredential(row); err != nil {
				return err
			}
		}
		return nil
	})
}

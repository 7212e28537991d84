package setup

import (
	"io"

	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/backend/contacts"
)

// ReadContacts reads a file of contacts, and of one that is too large as much as shows that.
func ReadContacts(path string) ([]byte, error) {
	file, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, contacts.MaxBytes+1))
}

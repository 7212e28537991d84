package backend_test

import (
	"fmt"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/contacts"
	"github.com/sparekey/sparekey/backend/port"
)

// BenchmarkImport checks and enters a file of 1,000 people with a mobile number and a private address each.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b, everyContact)
		var rows []contacts.Row
		for i := range 1000 {
			p := port.DirectoryAccount{ID: app.AccountID(fmt.Sprint("bulk-", i)), UserID: fmt.Sprintf("bulk%d@harbour.example", i)}
			w.ok(w.dir.Put(b.Context(), p, app.Secret{}))
			rows = append(rows, contacts.Row{
				Line: i + 2, UserID: p.UserID, Mobile: fmt.Sprintf("+61491%06d", 570000+i), Email: fmt.Sprintf("bulk%d@letters.example", i),
			})
		}
		b.StartTimer()
		done, err := w.ImportContacts(w.operator(), app.ContactsFile{Content: csvOf(rows...)})
		if err != nil || len(done.Problems) > 0 || done.Added != 3000 {
			b.Fatal(done, err)
		}
	}
}

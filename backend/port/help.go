package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// HelpRequest is a person's request to an administrator.
type HelpRequest struct {
	Receipt string
	Account app.AccountID // or empty
	UserID  string        // as typed; sealed at rest
	Reason  app.Code
	Created time.Time
	Closed  time.Time // zero while it is open
	Nobody  bool      // nobody has the user ID; Account is a stand-in
}

// HelpTx keeps help requests.
type HelpTx interface {
	PutHelpRequest(r HelpRequest) error
	// OpenHelpRequest gives the account's open request; ErrNotFound when there is none.
	OpenHelpRequest(account app.AccountID) (HelpRequest, error)
	// OpenOfNobody counts the open requests of user IDs that nobody has.
	OpenOfNobody() (int, error)
	// DropOfNobody deletes such requests that were made before t, and returns how many.
	DropOfNobody(t time.Time) (int, error)
}

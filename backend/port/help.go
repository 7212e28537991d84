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
}

// HelpTx keeps help requests.
type HelpTx interface {
	PutHelpRequest(r HelpRequest) error
	// OpenHelpRequest gives the account's open request; ErrNotFound when there is none.
	OpenHelpRequest(account app.AccountID) (HelpRequest, error)
}

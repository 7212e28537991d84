package backend_test

import (
	"regexp"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// ask asks an administrator for help and gives the receipt.
func ask(w *world, userID string) (*talk, string) {
	w.t.Helper()
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID}, app.ContactAdmin{})
	return k, at[app.RequestSent](k).Receipt
}

func TestContactAdmin(t *testing.T) {
	w, one := newWorld(t), someone(trial.One)
	k, receipt := ask(w, one.UserID)
	if !regexp.MustCompile(`^R-[2-9]{4}-[A-HJKMNP-Z]{3}$`).MatchString(receipt) {
		t.Errorf("receipt %q", receipt)
	}
	messages := w.messages()
	if len(messages) != 2 {
		t.Fatalf("%d messages, want 2", len(messages))
	}
	request, copied := messages[0], messages[1]
	if request.Template == app.MessageHelpReceived { // two of one moment come in any order
		request, copied = copied, request
	}
	if request.Template != app.MessageHelpRequest || request.To != "helpdesk@harbour.example" || request.Params["receipt"] != receipt ||
		request.Params["user_id"] != one.UserID || request.Params["reason"] != string(app.CodeNotVerified) {
		t.Errorf("the help desk gets %+v", request)
	}
	if copied.Template != app.MessageHelpReceived || copied.To != one.UserID || copied.Params["receipt"] != receipt || len(copied.Params) != 1 {
		t.Errorf("the person gets %+v", copied)
	}
	if w.audited("help.request", "contacted_administrator") != 1 || w.audited("reset.contact", "contacted_administrator") != 1 {
		t.Error("the request is not in the audit trail")
	}
	k.refused(app.ContactAdmin{}, app.CodeEnded)
}

func TestAnOpenRequestStands(t *testing.T) {
	w := newWorld(t)
	for _, userID := range []string{someone(trial.NotEnabled).UserID, "nobody@harbour.example"} {
		_, first := ask(w, userID)
		before := len(w.messages())
		k, second := ask(w, userID)
		if first != second || len(w.messages()) != before {
			t.Errorf("%s: receipts %s and %s, %d more messages", userID, first, second, len(w.messages())-before)
		}
		if n := k.flow.Notice; n == nil || n.Code != app.NoticeOldRequest {
			t.Errorf("%s: notice %+v", userID, n)
		}
	}
}

func TestWithoutAHelpDeskTheAdministratorsAreAsked(t *testing.T) {
	w := newWorld(t, func(p *policy.Policy) { p.HelpDesk.Mail = "" })
	ask(w, someone(trial.NotEnabled).UserID)
	if w.heard(app.MessageHelpRequest, someone(trial.Admin).UserID) != 1 {
		t.Errorf("the request went to %+v", w.messages())
	}
}

func TestHelpFromAGate(t *testing.T) {
	w := newWorld(t)
	k := w.reset(someone(trial.Registered)).must(app.Choose{Kind: app.KindAuthApp}, app.ContactAdmin{})
	at[app.RequestSent](k)
}

func TestHelpRequestsAreThrottledByNetwork(t *testing.T) {
	w := newWorld(t, func(p *policy.Policy) { p.Recovery.StartsPerHour = 100 })
	from := app.Origin{Network: "192.0.2.7"}
	var err error
	for range 11 {
		k := w.reset(someone(trial.One))
		ctx := app.WithCaller(t.Context(), app.Caller{Role: app.RoleFlow, Flow: k.flow.ID, Origin: from})
		_, err = w.Submit(ctx, k.flow.ID, k.flow.Rev, w.key(), app.ContactAdmin{})
	}
	if app.CodeOf(err) != app.CodeThrottled || err.(*app.Error).RetryAt.IsZero() {
		t.Errorf("the eleventh request from one address: %v", err)
	}
}

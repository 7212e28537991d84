package backend_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

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

// Threat: a stranger has the organisation mail the help desk links and texts of theirs. Whatever is typed as a user ID, in
// either disclosure, no mail has more of it than three letters and digits.
func TestNothingTypedByAStrangerGoesOutInAMail(t *testing.T) {
	typed := []string{
		"https://evil.example/reset?x=1", "evil.example", "mailto:evil@evil.example", "boss@harbour.example", "Please call 0900 123 456",
		"<a href=x>click</a>", "a\u2028b\u2029c", "\u202egnp.live", "аdmin@harbour.example", "xn--evil-example", "abcdefghijklmnop",
		"{{.receipt}}", "%s%s%s", "=?utf-8?q?evil?=", "a b", "你好", "•••", "1234567890", strings.Repeat("w", 320), "-", "'; --",
	}
	form := regexp.MustCompile(`^[A-Za-z0-9]{0,3}•••$`)
	for name, change := range map[string]func(*policy.Policy){"helpful": func(*policy.Policy) {}, "private": private} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, change, func(p *policy.Policy) { p.Feature.ProofOfWork = policy.WorkOff })
			for _, userID := range typed {
				ask(w, userID)
			}
			mails := 0
			for _, m := range w.messages() {
				if m.To == "" {
					continue
				}
				mails++
				for param, value := range m.Params {
					if param == "user_id" && !form.MatchString(value) {
						t.Errorf("a mail to %s says %q", m.To, value)
					}
					for _, userID := range typed {
						if param != "user_id" && strings.Contains(value, userID) && len(userID) > 3 {
							t.Errorf("the %s of a mail to %s says %q", param, m.To, value)
						}
					}
				}
			}
			if mails != len(typed) {
				t.Errorf("%d mails for %d requests", mails, len(typed))
			}
			one := someone(trial.One) // somebody's name goes out as the directory spells it
			ask(w, strings.ToUpper(one.UserID))
			spelt := 0
			for _, m := range w.messages() {
				if m.Params["user_id"] == one.UserID {
					spelt++
				}
			}
			if spelt == 0 {
				t.Error("the directory's spelling is in no mail")
			}
		})
	}
}

// Threat: a stranger floods the help desk, and the store, with requests of names that nobody has.
func TestRequestsOfNobodyAreBounded(t *testing.T) {
	exhaustive(t)
	for name, change := range map[string]func(*policy.Policy){"helpful": func(*policy.Policy) {}, "private": private} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, change)
			receipts, refused := map[string]string{}, 0
			for i := range 80 {
				userID := fmt.Sprintf("nobody%d@harbour.example", i)
				k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID})
				if err := k.say(app.ContactAdmin{}); app.CodeOf(err) == app.CodeThrottled {
					refused++
				} else {
					w.ok(err)
					receipts[userID] = at[app.RequestSent](k).Receipt
				}
			}
			if n := w.heard(app.MessageHelpRequest, "helpdesk@harbour.example"); n != 50 {
				t.Errorf("the help desk heard of %d, want 50", n)
			}
			if want := map[string]int{"helpful": 30, "private": 0}[name]; refused != want {
				t.Errorf("%d were refused, want %d", refused, want)
			}
			if name == "private" && w.audited("help.request", "blocked") != 30 {
				t.Errorf("the audit trail knows of %d that were blocked", w.audited("help.request", "blocked"))
			}
			_, somebody := ask(w, someone(trial.One).UserID) // people are heard all the same
			if _, again := ask(w, someone(trial.One).UserID); again != somebody {
				t.Error("somebody's request does not stand")
			}
			w.clock.pass(7*24*time.Hour + time.Minute)
			w.ok(w.Sweep(t.Context()))
			for userID, receipt := range receipts { // the receipt stays, as somebody's does
				if _, again := ask(w, userID); again != receipt {
					t.Errorf("%s: receipts %s and %s", userID, receipt, again)
				}
				if len(receipts) > 50 {
					break
				}
			}
			if n := w.heard(app.MessageHelpRequest, "helpdesk@harbour.example"); n <= 50 {
				t.Errorf("after a week the help desk hears of no more: %d", n)
			}
		})
	}
}

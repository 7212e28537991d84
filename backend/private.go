package backend

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// What is told of an account, and to whom. Nobody who only gave a user ID can tell these apart:
//
//	                       helpful                  private
//	nobody has the ID      unknown_account          triage, decoys
//	managed elsewhere      password_not_managed     triage, decoys
//	disabled, not enabled  account_disabled, …      triage, decoys
//	too few methods        could_not_verify         triage, decoys
//	recovery is locked     a key alone, or          triage, its own ways; a key's proof alone holds
//	                       recovery_locked
//	  for keys, too        recovery_locked          recovery_locked, nobody's too
//	may be helped          triage                   triage
//
// The same is read and written for each, in the same order: the directory is asked twice, the credentials are read, and
// as many rows are put into the outbox, most of them to nobody.

// private reports whether the caller may learn nothing of the account.
func (t *talk) private(q question) bool {
	return !t.b.policy().Feature.HelpfulTo(q.caller.Origin.Network)
}

// openPrivate leads to the triage, whoever it is.
func (t *talk) openPrivate(account port.DirectoryAccount, known bool, history int) error {
	before := t.s
	if err := t.meet(account, history); err != nil {
		return err
	}
	t.s.Private = true
	if t.b.off() {
		t.block(app.CodeNotEnabled, noTime)
		return nil
	}
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	l, err := t.readLock()
	if err != nil {
		return err
	}
	why := t.whyNot(account, known, creds)
	if why != "" {
		t.mislead(why)
	} else {
		t.b.seen.remember(account.ID)
	}
	if t.decoy() != (before.Decoy != "") {
		t.s.Attempts = nil // those were of other credentials
	}
	t.s.At = atTriage
	if err := t.tellWhy(why, known && why != "", creds); err != nil || l.grade == lockOpen {
		return err
	}
	if t.s.Quiet = l.grade == lockSoft && t.secretive(); !t.s.Quiet && !t.free(l) {
		t.barred(l, creds)
	}
	return t.tellWhy(app.CodeRecovery, why == "", creds)
}

// secretive reports whether nothing may be told of the account yet, not even that it is an administrator's.
func (t *talk) secretive() bool { return t.s.Private && len(t.s.Passed) == 0 }

// shownGates is how many gates the person is told to pass.
func (t *talk) shownGates() int {
	if t.s.Gates == 0 || t.secretive() {
		return t.b.gates(false)
	}
	return t.s.Gates
}

// whyNot is why the account can't be helped, a lock apart; empty when it can.
func (t *talk) whyNot(account port.DirectoryAccount, known bool, creds []port.CredentialRecord) app.Code {
	switch code := t.b.allowed(account); {
	case !known:
		return app.CodeUnknown
	case code != "":
		return code
	case !t.enough(creds):
		return t.noWay()
	}
	return ""
}

// mostAlternates is how many channels of a person are told, and stood for where there are fewer.
const mostAlternates = 3

// tellWhy tells the help desk, and the account's owner by what is on file besides the work mailbox (which is what they
// can't read), why the account can't be helped, or that a key alone leads on: once in 24 hours. Unless there really is
// somebody to be told, the messages go to nobody.
func (t *talk) tellWhy(why app.Code, really bool, creds []port.CredentialRecord) error {
	once := window{n: 1, span: 24 * time.Hour}
	retry, err := once.allow(t.tx, t.b.accountKey("told_why."+string(why), t.rec.Account), t.now)
	if err != nil || !retry.IsZero() {
		return err
	}
	desk := app.Message{Channel: app.KindEmail, To: t.b.policy().HelpDesk.Mail, Template: app.MessageResetRefused,
		Params: map[string]string{"user_id": t.s.Who.Person.UserID, "reason": string(why)}}
	owner := app.Message{Channel: app.KindEmail, Template: app.MessageResetTried, Params: map[string]string{"reason": string(why)}}
	if t.s.Quiet && t.byKey(creds) {
		owner.Template = app.MessageResetByKey
	}
	told := []app.Message{desk}
	for _, c := range usable(counting(creds), t.now) {
		if (c.Kind == app.KindEmail || c.Kind == app.KindSMS) && len(told) <= mostAlternates {
			m := owner
			m.Channel, m.To = c.Kind, c.Address
			told = append(told, m)
		}
	}
	for len(told) <= mostAlternates {
		told = append(told, owner)
	}
	for _, m := range told {
		if !really {
			m.To = ""
		}
		if err := t.post(m, noTime); err != nil {
			return err
		}
	}
	return nil
}

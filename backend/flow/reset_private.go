package flow

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// What is told of an account, and to whom. Nobody who only gave a user ID can tell these apart:
//
//	                       helpful                  private
//	nobody has the ID      unknown_account          triage, decoys
//	managed elsewhere      password_not_managed     triage, decoys
//	disabled, not enabled  account_disabled, …      triage, decoys
//	too few methods        could_not_verify         triage, decoys
//	frozen, and too few older methods
//	                       account_frozen           triage, decoys
//	frozen, and enough     triage, which says so    triage, its own older ways
//	recovery is locked     a key alone, or          triage, its own ways; a key's proof alone holds
//	                       recovery_locked
//	  for keys, too        recovery_locked          recovery_locked, nobody's too
//	may be helped          triage                   triage
//
// The same is read and written for each, in the same order: the directory is asked twice, the credentials are read, and
// as many rows are put into the outbox, most of them to nobody.

// private reports whether the caller may learn nothing of the account.
func (f *flow) private(sub submission) bool {
	return !f.op.Policy().Feature.HelpfulTo(sub.caller.Origin)
}

// openPrivate leads to the triage, whoever it is.
func (f *flow) openPrivate(account port.DirectoryAccount, known bool, directory port.PasswordRules) error {
	before := f.s
	f.bindAccount(account, directory)
	f.s.Private = true
	if f.op.Off() {
		f.block(app.CodeNotEnabled, noTime)
		return nil
	}
	if err := f.meetFreeze(); err != nil {
		return err
	}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	l, err := f.readLock()
	if err != nil {
		return err
	}
	why := f.whyNot(account, known, creds)
	if why != "" {
		f.becomeDecoy(why)
	} else {
		f.op.timing.remember(account.ID)
	}
	if f.decoy() != (before.Decoy != "") {
		f.s.Attempts = nil // those were of other credentials
	}
	f.s.At = atTriage
	if err := f.tellWhy(why, known && why != "", creds); err != nil || l.grade == lockOpen {
		return err
	}
	if f.s.Quiet = l.grade == lockSoft && f.secretive(); !f.s.Quiet && !f.lockIgnored(l) {
		f.applyLock(l, creds)
	}
	return f.tellWhy(app.CodeRecovery, why == "", creds)
}

// secretive reports whether nothing may be told of the account yet, not even that it is an administrator's.
func (f *flow) secretive() bool { return f.s.Private && len(f.s.Passed) == 0 }

// shownNeeded is how many methods the person is told to register.
func (f *flow) shownNeeded() int {
	if f.secretive() {
		return f.op.rulesForAnyone().Needed()
	}
	return f.rules().Needed()
}

// shownGates is how many gates the person is told to pass.
func (f *flow) shownGates() int {
	if f.s.Gates == 0 || f.secretive() {
		return f.op.rulesForAnyone().Gates()
	}
	return f.s.Gates
}

// whyNot is why the account can't be helped, a lock apart; empty when it can.
func (f *flow) whyNot(account port.DirectoryAccount, known bool, creds rules.Credentials) app.Code {
	switch code := f.op.Refusal(account); {
	case !known:
		return app.CodeUnknown
	case code != "":
		return code
	case !f.enough(creds):
		return f.noWay()
	}
	return ""
}

// mostAlternates is how many channels of a person are told, and stood for where there are fewer.
const mostAlternates = 3

// tellWhy tells the help desk, and the account's owner by what is on file besides the work mailbox (which is what they
// can't read), why the account can't be helped, or that a key alone leads on: once in 24 hours. Unless there really is
// somebody to be told, the messages go to nobody.
func (f *flow) tellWhy(why app.Code, really bool, creds rules.Credentials) error {
	once := limit.PerDay(1)
	retry, err := once.Allow(f.tx, f.op.AccountKey(limit.ToldWhy(why), f.rec.Account), f.now)
	if err != nil || !retry.IsZero() {
		return err
	}
	desk := app.Message{Channel: app.KindEmail, To: f.op.Policy().HelpDesk.Mail, Template: app.MessageResetRefused,
		Params: map[string]string{"user_id": f.s.Subject.Person.UserID, "reason": string(why)}}
	owner := app.Message{Channel: app.KindEmail, Template: app.MessageResetTried, Params: map[string]string{"reason": string(why)}}
	if f.s.Quiet && f.byKey(creds) {
		owner.Template = app.MessageResetByKey
	}
	told := []app.Message{desk}
	for _, c := range creds.Confirmed().CooledOff(f.now) {
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
		if err := f.enqueue(m, noTime); err != nil {
			return err
		}
	}
	return nil
}

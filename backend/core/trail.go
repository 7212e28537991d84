package core

import (
	"context"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// The audit trail has an entry for each input that was taken or refused ("reset.code", the purpose and the input), and
// one for each thing that came of it:
//
//	<purpose>.start, <purpose>.end      a flow began; was cancelled, or was abandoned (found by the sweep)
//	<purpose>.added                     a method was registered
//	manage.replaced                     a method was registered in place of the old one
//	manage.deleted, .revealed           a method was deleted; its number or address was shown in full
//	<purpose>.keyed                     digits were typed on the telephone
//	<purpose>.gate                      a gate was passed; an attempt ended without a try left
//	<purpose>.copied                    a key's counter did not rise: there may be a copy of it
//	recovery.lock, proof.lock           ended gates locked recovery; signing in, after the password
//	recovery.hard_lock                  wrong tries locked recovery for security keys, too
//	reset.unlocked                      the directory lifted its lock, or did not say
//	contact.confirmed                   a code proved a contact that was entered beforehand
//	users.import                        contacts were entered; the reason holds the counts
//	<purpose>.write                     the directory took the password, refused it, or did not say
//	help.request                        a help request was stored, or was one too many of nobody's
//	pass.issue, .use, .revoke           a pass was issued; signed somebody in; was voided
//	token.make, .revoke                 an administrator made a token for scripts, or revoked it
//	token.end                           it ended, since the directory speaks against its maker
//	token.use                           what was presented is none, or has ended
//	pass.issue_first                    the one for an administrator was issued, while none had registered
//	people.add, .import                 people were asked to be entered into the local directory; the reason holds the counts
//	people.disable, .enable, .remove    somebody was asked to be disabled, enabled, removed there
//	people.write                        the local directory did so, or did not
//	station.invite, .enrol              a station was given a one-time code; has come in with it, or somebody with a wrong one
//	station.pause, .resume, .revoke     an administrator paused a station, let it go on, or revoked it
//	station.rename                      an administrator renamed a station
//	register.confirmed                  the person said that what is registered is right
//	session.end_all                     the person signed out everywhere
//	session.open, .renew, .end, .reuse  a session; .reuse: a refresh token was rotated away and used, which ended it
//	account.freeze, .unfreeze           self-service was frozen by a link in a notice, or what was given is none; the freeze was lifted
//	clock.back                          the clock went back; what was over before that is ended for good
//	outbox.sent, .delayed, .failed      a provider took a message; nobody did at the first try; it was given up
//	outbox.arrived, .undelivered        the provider that took it said later that it reached its receiver; that it never will
//	policy.apply, .refused              a version of the policy was added; can't be used

// The results.
const (
	Succeeded = "succeeded"
	Failed    = "failed"
	Blocked   = "blocked"
	Cancelled = "cancelled"
	Abandoned = "abandoned"
	Contacted = "contacted_administrator"
)

// KeyCloned is the reason that the audit trail has for a key whose counter did not rise. Nobody gets it as an answer.
const KeyCloned app.Code = "key_cloned"

// Log appends an entry to the chain.
func (t *Tx) Log(e port.AuditEntry) error {
	linked, err := t.link(e)
	if err == nil && linked.Seq%signEvery == 0 {
		t.head = &linked
	}
	return err
}

// LogAndSign appends an entry whose head is signed at once: a command, which may be at work alone, has done this.
func (t *Tx) LogAndSign(e port.AuditEntry) error {
	linked, err := t.link(e)
	if err == nil {
		t.head = &linked
	}
	return err
}

// link appends an entry behind the last one.
func (t *Tx) link(e port.AuditEntry) (port.AuditEntry, error) {
	e.At = t.core.Now()
	linked := t.core.Chain.Link(t.last, e)
	if err := t.AppendAudit(linked); err != nil {
		return e, err
	}
	t.last, t.appended = linked, append(t.appended, linked)
	return linked, nil
}

// A head is signed after so many entries, after so long where there are fewer, and after what a command does.
const (
	signEvery = 100
	signAfter = time.Hour
)

// lastHead is the newest head that this process signed.
type lastHead struct {
	mu  sync.Mutex
	seq int64
	at  time.Time
}

func (h *lastHead) set(seq int64, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seq, h.at = max(h.seq, seq), at
}

// due reports whether the entry stands behind no head, and the newest head is old.
func (h *lastHead) due(seq int64, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return seq > h.seq && now.Sub(h.at) >= signAfter
}

// behind reports whether the entry stands behind every head that was signed.
func (h *lastHead) behind(seq int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return seq > h.seq
}

// sign keeps a head of the trail. It is made after the commit: what was rolled back was never vouched for. The trail
// goes on without a head that could not be kept; the next one vouches for the same entries.
func (c *Core) sign(last port.AuditEntry) {
	if c.Heads == nil {
		return
	}
	if err := c.Heads.Sign(last); err != nil {
		c.Log.Error("the head of the audit trail was not signed", "error", err)
		return
	}
	c.signed.set(last.Seq, c.Now())
}

// SignLast keeps a head of the trail as it stands.
func (c *Core) SignLast(ctx context.Context) error {
	last, err := c.lastEntry(ctx)
	if err == nil {
		c.signRead(last)
	}
	return err
}

// SignDue keeps a head of the trail when the newest one is old.
func (c *Core) SignDue(ctx context.Context) error {
	last, err := c.lastEntry(ctx)
	if err == nil && c.signed.due(last.Seq, c.Now()) {
		c.signRead(last)
	}
	return err
}

// signRead keeps a head for an entry that was read, once that is durable: any process may have written it ahead of its fsync.
func (c *Core) signRead(last port.AuditEntry) {
	if err := c.Store.Flush(); err != nil {
		c.Log.Error("the head of the audit trail was not signed", "error", err)
		return
	}
	c.sign(last)
}

func (c *Core) lastEntry(ctx context.Context) (last port.AuditEntry, err error) {
	err = c.View(ctx, func(tx *Tx) error {
		err := tx.checkTrail() // no head for a trail that somebody changed
		last = tx.last
		return err
	})
	return last, err
}

// ResultOf tells a wrong answer from one that was not even judged.
func ResultOf(code app.Code) string {
	switch code {
	case app.CodeThrottled, app.CodeTooEarly, app.CodeLocked, app.CodeFrozen, app.CodeDisabled, app.CodeAccountExpired, app.CodeProtected, app.CodeTooYoung, app.CodeRecovery, app.CodeProofLocked,
		app.CodeBusy, app.CodeLimit, app.CodePassOnly, app.CodePassAdmin, app.CodeRegister, app.CodePhoneCountry, app.CodeUnlockLimit,
		app.CodeGuessesStopped, app.CodeNoChange, app.CodeSignInByPass:
		return Blocked
	}
	return Failed
}

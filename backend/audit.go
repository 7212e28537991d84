package backend

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
//	help.request                        a help request was stored
//	pass.issue, .use, .revoke           a pass was issued; signed somebody in; was voided
//	register.confirmed                  the person said that what is registered is right
//	session.end_all                     the person signed out everywhere
//	session.open, .renew, .end, .reuse  a session; .reuse: a refresh token was used twice, which ended it
//	outbox.failed                       a message was given up
//	policy.apply, .refused              a version of the policy was added; can't be used

// The results.
const (
	resultSucceeded = "succeeded"
	resultFailed    = "failed"
	resultBlocked   = "blocked"
	resultCancelled = "cancelled"
	resultAbandoned = "abandoned"
	resultContacted = "contacted_administrator"
)

// keyCloned is the reason that the audit trail has for a key whose counter did not rise. Nobody gets it as an answer.
const keyCloned app.Code = "key_cloned"

// event is what the audit trail is told; where it comes from is added.
type event struct {
	action  string
	result  string
	reason  app.Code
	method  app.Kind
	account app.AccountID // of the flow, where empty
	by      string
}

// log appends an entry to the chain.
func (b *Backend) log(tx *tx, e port.AuditEntry) error {
	head, err := tx.AuditHead()
	if err != nil {
		return err
	}
	e.At = b.now()
	e = b.c.Chain.Link(head, e)
	if e.Seq%signEvery == 0 || ofCommand(e.Action) {
		tx.head = &e
	}
	return tx.AppendAudit(e)
}

// ofCommand reports whether a command does this, which may be at work alone: a head is signed at once then.
func ofCommand(action string) bool {
	switch action {
	case appliedPolicy, importedUsers, issuedPass, revokedPass:
		return true
	}
	return false
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

// sign keeps a head of the trail. It is made after the commit: what was rolled back was never vouched for. The trail
// goes on without a head that could not be kept; the next one vouches for the same entries.
func (b *Backend) sign(last port.AuditEntry) {
	if b.c.Heads == nil {
		return
	}
	if err := b.c.Heads.Sign(last); err != nil {
		b.c.Log.Error("the head of the audit trail was not signed", "error", err)
		return
	}
	b.signed.set(last.Seq, b.now())
}

// signLast keeps a head of the trail as it stands.
func (b *Backend) signLast(ctx context.Context) error {
	last, err := b.lastEntry(ctx)
	if err == nil {
		b.sign(last)
	}
	return err
}

// signDue keeps a head of the trail when the newest one is old.
func (b *Backend) signDue(ctx context.Context) error {
	last, err := b.lastEntry(ctx)
	if err == nil && b.signed.due(last.Seq, b.now()) {
		b.sign(last)
	}
	return err
}

func (b *Backend) lastEntry(ctx context.Context) (last port.AuditEntry, err error) {
	err = b.view(ctx, func(tx *tx) error {
		last, err = tx.AuditHead()
		return err
	})
	return last, err
}

// audit tells what came of the flow.
func (t *talk) audit(e event) error {
	account := e.account
	if account == "" {
		account = t.rec.Account
	}
	return t.b.log(t.tx, port.AuditEntry{
		Action:  e.action,
		Result:  e.result,
		Reason:  string(e.reason),
		Account: string(account),
		By:      e.by,
		Role:    string(app.RoleFlow),
		Method:  string(e.method),
		Flow:    string(t.rec.ID),
		Support: t.rec.Support,
		Station: t.rec.OriginStn,
		Network: t.rec.OriginNet,
	})
}

// auditAnswer tells how an input was answered; kind is the method that was at hand when it came.
func (t *talk) auditAnswer(q question, kind app.Kind, refusal *app.Error) error {
	e := entryOf(q, t.rec)
	e.Result = t.outcome()
	if t.s.At == atBlocked {
		e.Reason = string(t.s.Blocked)
	}
	if refusal == nil && t.s.At != atWork && meets(q.in) {
		switch {
		case t.decoy():
			e.Result, e.Reason = resultBlocked, string(t.s.Decoy)
		case t.s.Quiet, t.keyOnly():
			e.Reason = string(app.CodeRecovery)
		}
	}
	if refusal != nil {
		e.Result, e.Reason = resultOf(refusal.Code), string(refusal.Code)
	}
	if kind == "" {
		kind = t.s.Kind
	}
	e.Method = string(kind)
	return t.b.log(t.tx, e)
}

// meets reports whether an input is one after which the account is known.
func meets(in app.Input) bool {
	switch in.(type) {
	case app.GiveUserID, app.GiveWork:
		return true
	}
	return false
}

// outcome is the result of an input that was taken.
func (t *talk) outcome() string {
	switch t.s.At {
	case atBlocked:
		return resultBlocked
	case atSent:
		return resultContacted
	}
	return resultSucceeded
}

// auditRefusal tells that an input was refused; of a flow that is not known, rec holds the name that was given.
func (b *Backend) auditRefusal(tx *tx, q question, rec port.FlowRecord, refusal *app.Error) error {
	e := entryOf(q, rec)
	e.Result, e.Reason = resultOf(refusal.Code), string(refusal.Code)
	return b.log(tx, e)
}

// resultOf tells a wrong answer from one that was not even judged.
func resultOf(code app.Code) string {
	switch code {
	case app.CodeThrottled, app.CodeTooEarly, app.CodeLocked, app.CodeDisabled, app.CodeRecovery, app.CodeProofLocked,
		app.CodeLimit, app.CodePassOnly, app.CodePassAdmin, app.CodeRegister, app.CodePhoneCountry, app.CodeUnlockLimit:
		return resultBlocked
	}
	return resultFailed
}

// entryOf says which input came, from whom and where.
func entryOf(q question, rec port.FlowRecord) port.AuditEntry {
	purpose, input := string(rec.Purpose), nameOf(q.in)
	if purpose == "" {
		purpose = "flow"
	}
	switch {
	case input == "" && q.id == "":
		input = "start"
	case input == "":
		input = "read"
	}
	account := rec.Account
	if account == "" {
		account = q.caller.Account
	}
	return port.AuditEntry{
		Action:  purpose + "." + input,
		Account: string(account),
		Role:    string(q.caller.Role),
		Flow:    string(rec.ID),
		Support: rec.Support,
		Station: q.caller.Origin.Station,
		Network: q.caller.Origin.Network,
	}
}

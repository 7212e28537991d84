package flow

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// event is what the audit trail is told; where it comes from is added.
type event struct {
	action  string
	result  string
	reason  app.Code
	method  app.Kind
	account app.AccountID // of the flow, where empty
	by      string
}

// audit tells what came of the flow.
func (f *flow) audit(e event) error {
	account := e.account
	if account == "" {
		account = f.rec.Account
	}
	return f.tx.Log(port.AuditEntry{
		Action:    e.action,
		Result:    e.result,
		Reason:    string(e.reason),
		Account:   string(account),
		By:        e.by,
		Role:      string(app.RoleFlow),
		Method:    string(e.method),
		Flow:      string(f.rec.ID),
		Support:   f.rec.Support,
		Station:   f.rec.OriginStn,
		StationID: string(f.rec.OriginID),
		Network:   f.rec.OriginNet,
	})
}

// auditReply tells how an input was answered; kind is the method that was at hand when it came.
func (f *flow) auditReply(sub submission, kind app.Kind, refusal *app.Error) error {
	e := entryOf(sub, f.rec)
	e.Result = f.outcome()
	if f.s.At == atBlocked {
		e.Reason = string(f.s.Blocked)
	}
	if refusal == nil && f.s.At != atWork && meets(sub.in) {
		switch {
		case f.decoy():
			e.Result, e.Reason = core.Blocked, string(f.s.Decoy)
		case f.s.Quiet, f.keyOnly():
			e.Reason = string(app.CodeRecovery)
		}
	}
	if f.unsent != "" {
		e.Result, e.Reason = core.Blocked, string(f.unsent)
	}
	if refusal != nil {
		e.Result, e.Reason = core.ResultOf(refusal.Code), string(refusal.Code)
	}
	if kind == "" {
		kind = f.s.Kind
	}
	e.Method = string(kind)
	if refusal == nil {
		return f.tx.Log(e)
	}
	if f.ofStranger() {
		f.op.countRefusal()
	}
	return f.tx.LogRefusal(e)
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
func (f *flow) outcome() string {
	switch f.s.At {
	case atBlocked:
		return core.Blocked
	case atSent:
		return core.Contacted
	}
	return core.Succeeded
}

// auditRefusal tells that an input was refused; of a flow that is not known, rec holds the name that was given.
func (o *operation) auditRefusal(tx *core.Tx, sub submission, rec port.FlowRecord, refusal *app.Error) error {
	return tx.LogRefusal(o.refusalEntry(sub, rec, refusal))
}

// countRefusal counts a refusal of a stranger for the network that it went to; whoever is refused is told why.
func (o *operation) countRefusal() { _ = o.Pace(limit.NetworkRefusal) }

// refusalEntry says which input was refused, and why.
func (o *operation) refusalEntry(sub submission, rec port.FlowRecord, refusal *app.Error) port.AuditEntry {
	e := entryOf(sub, rec)
	e.Result, e.Reason = core.ResultOf(refusal.Code), string(refusal.Code)
	return e
}

// entryOf says which input came, from whom and where.
func entryOf(sub submission, rec port.FlowRecord) port.AuditEntry {
	purpose, input := string(rec.Purpose), nameOf(sub.in)
	if purpose == "" {
		purpose = "flow"
	}
	switch {
	case input == "" && sub.id == "":
		input = "start"
	case input == "":
		input = "read"
	}
	account := rec.Account
	if account == "" {
		account = sub.caller.Account
	}
	return port.AuditEntry{
		Action:    purpose + "." + input,
		Account:   string(account),
		Role:      string(sub.caller.Role),
		Flow:      string(rec.ID),
		Support:   rec.Support,
		Station:   sub.caller.Origin.Station,
		StationID: string(sub.caller.Origin.Enrolled),
		Network:   sub.caller.Origin.Network,
	}
}

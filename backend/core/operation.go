package core

import (
	"context"
	"log/slog"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Operation is one call of the backend on its way: one policy holds for it from its first line to its end, whatever is
// applied meanwhile. Begin alone makes one, and what reads a policy takes one.
type Operation struct {
	*Core
	Log    *slog.Logger // each of its lines names the request
	force  *policyInForce
	caller app.Caller
}

// Begin begins an operation of the context's caller. It ends with release, which must be called.
func (c *Core) Begin(ctx context.Context) (op *Operation, release func()) {
	f := c.policies.hold()
	op = &Operation{Core: c, Log: c.Log, force: f, caller: app.CallerFrom(ctx)}
	if op.caller.Request != "" {
		op.Log = c.Log.With("request", op.caller.Request)
	}
	return op, func() {
		if err := c.policies.release(f); err != nil {
			c.Log.Error("what the policy had open could not be closed", "version", f.version, "error", err)
		}
	}
}

// Failed is Core.Failed, whose line names the request.
func (o *Operation) Failed(err error, attrs ...any) error { return o.failed(o.Log, err, attrs) }

// Caller is who asks, from where.
func (o *Operation) Caller() app.Caller { return o.caller }

// Policy is the one that holds for the operation.
func (o *Operation) Policy() *policy.Policy { return &o.force.policy }

// Logo is the organisation's, PNG or SVG, or empty.
func (o *Operation) Logo() []byte { return o.force.Logo }

// Breached is the policy's list of leaked passwords, or nil.
func (o *Operation) Breached() port.Breached { return o.force.Breached }

// Method is the one of a kind, as the policy has it; nil where there is none.
func (o *Operation) Method(kind app.Kind) app.Method { return o.force.method(o.methods[kind]) }

// Rules are the policy's for a subject.
func (o *Operation) Rules(s rules.Subject) rules.Rules { return rules.For(o.Policy(), o.Method, s) }

// Settings are the policy's figures for the methods.
func (o *Operation) Settings() app.MethodSettings { return rules.MethodSettings(o.Policy()) }

// Figures are the policy's for the sliding windows.
func (o *Operation) Figures() limit.Figures { return limit.Figures{Policy: o.Policy()} }

// Refusal reports why an account may not be helped here at all; empty when it may.
func (o *Operation) Refusal(account port.DirectoryAccount) app.Code {
	return rules.Refusal(o.Policy(), account)
}

// Off reports whether the reset is off for everyone.
func (o *Operation) Off() bool { return rules.Off(o.Policy()) }

// Due says what is due in a session of an account that may be helped here and holds creds.
func (o *Operation) Due(tx *Tx, s port.SessionRecord, subject rules.Subject, creds rules.Credentials) (app.Due, error) {
	confirmed, err := tx.Confirmed(s.Account)
	if err != nil {
		return "", err
	}
	return o.Rules(subject).Due(rules.SignedIn{ByPass: s.ByPass, Confirmed: confirmed, Now: o.Now()}, creds), nil
}

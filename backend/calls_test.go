package backend_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// calls is a store that writes down what is read and written.
type calls struct {
	port.Store
	made []string
}

func (c *calls) Update(ctx context.Context, f func(port.Tx) error) error {
	return c.Store.Update(ctx, func(tx port.Tx) error {
		c.made = append(c.made, "begin")
		return f(&callsTx{Tx: tx, of: c})
	})
}

type callsTx struct {
	port.Tx
	of *calls
}

func (c *callsTx) note(what string) { c.of.made = append(c.of.made, what) }

func (c *callsTx) Counter(key string) (port.Counter, error) {
	c.note("counter")
	return c.Tx.Counter(key)
}

func (c *callsTx) PutCounter(n port.Counter) error {
	c.note("put counter")
	return c.Tx.PutCounter(n)
}

func (c *callsTx) Credentials(account app.AccountID) ([]port.CredentialRecord, error) {
	c.note("credentials")
	return c.Tx.Credentials(account)
}

func (c *callsTx) PutCredential(r port.CredentialRecord) error {
	c.note("put credential")
	return c.Tx.PutCredential(r)
}

func (c *callsTx) Enqueue(r port.OutboxRecord) error {
	c.note("enqueue")
	return c.Tx.Enqueue(r)
}

func (c *callsTx) PutFlow(r port.FlowRecord) error {
	c.note("put flow")
	return c.Tx.PutFlow(r)
}

func (c *callsTx) AppendAudit(e port.AuditEntry) error {
	c.note("audit")
	return c.Tx.AppendAudit(e)
}

// The same is read and written for each user ID in the same order, before a lock, at it, over it and at the hard one.
func TestTheSameIsReadAndWritten(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	w := newWorld(t, private, often, allows(2, []app.Kind{app.KindSecurityKey, app.KindAuthApp, app.KindSMS}))
	seen := &calls{Store: w.config.Store}
	w.config.Store = seen
	w.restart()
	users := map[string]string{}
	states := slices.DeleteFunc(slices.Clone(accounts), func(state string) bool { return state == "locked" })
	for _, state := range states {
		users[state] = w.settle(state, "calls-"+state)
	}
	w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: users["registered"]}) // whom nobody is read like
	w.clock.pass(49 * time.Hour)
	talks := map[string]*talk{}
	for n := range 14 {
		for _, name := range []string{"", "user_id", "reason", "choose authapp", "code", "code", "code", "code", "code", "choose securitykey", "key"} {
			want := ""
			for _, state := range states {
				seen.made = nil
				if name == "" {
					talks[state] = w.start(app.PurposeReset, app.Caller{})
					continue
				}
				_ = talks[state].say(moves(users[state], w.config.Policy.Methods.Allowed)[name](talks[state].flow))
				got := strings.Join(seen.made, ", ")
				if want == "" {
					want = got
				}
				if got != want {
					t.Fatalf("flow %d, %s: for %s\n%s\nand for %s\n%s", n, name, states[0], want, state, got)
				}
			}
		}
		w.clock.pass(time.Minute)
	}
}

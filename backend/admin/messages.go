package admin

import (
	"context"
	"errors"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// MessagesOf implements app.Messages. What has come of a message stands in the audit trail; what waits, in the outbox. Neither tells
// what a message says, nor where it goes.
func (a *Admin) MessagesOf(ctx context.Context, userID string) ([]app.MessageTrace, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopeMessages, false); err != nil {
		return nil, err
	}
	account, err := o.passAccount(ctx, userID)
	if err != nil {
		var refusal *app.Error
		if errors.As(err, &refusal) {
			return nil, o.Stamp(refusal, "")
		}
		return nil, o.Failed(err)
	}
	var waiting []port.OutboxRecord
	var entries []port.AuditEntry
	err = o.View(ctx, func(tx *core.Tx) (err error) {
		if waiting, err = tx.WaitingOutbox(account.ID); err != nil {
			return err
		}
		entries, err = tx.AuditOfMessages(account.ID, entriesEach*app.MostTraces)
		return err
	})
	if err != nil {
		return nil, o.Failed(err)
	}
	return traces(waiting, entries), nil
}

// entriesEach is how many entries a message has at most: late, taken or given up, and a receipt.
const entriesEach = 3

// traces puts together what became of each message, newest first; the entries are given so.
func traces(waiting []port.OutboxRecord, entries []port.AuditEntry) (all []app.MessageTrace) {
	at := map[string]int{}
	for _, r := range slices.Backward(waiting) {
		if r.Message.To == "" && r.Message.For == "" { // it stands for one
			continue
		}
		at[r.ID] = len(all)
		all = append(all, app.MessageTrace{
			ID: r.ID, At: r.Created, Channel: r.Message.Channel, Template: r.Message.Template, Delivery: app.DeliveryOnItsWay, Flow: r.Flow,
		})
	}
	for _, e := range entries {
		told := core.ReadMessageEntry(e)
		i, known := at[told.ID]
		switch {
		case told.ID == "" || !known:
			if told.ID != "" {
				at[told.ID] = len(all)
			}
			all = append(all, told)
		case all[i].Delivery == app.DeliveryOnItsWay && all[i].Said == nil: // it waits, and nobody took it at first
			all[i].Delivery, all[i].At, all[i].Said = told.Delivery, told.At, told.Said
		default: // what is known of before
			all[i].Said = append(slices.Clone(told.Said), all[i].Said...)
		}
	}
	return all[:min(len(all), app.MostTraces)]
}

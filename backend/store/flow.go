package store

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const selectFlow = `SELECT id, purpose, rev, account, token_hash, start_key, state, last_key, last_input, last_answer,
	support, created, expires, ended, origin_station, origin_network, pending_since, leased_by, leased_until,
	origin_id FROM flow WHERE `

// Flow implements port.FlowTx.
func (t *transaction) Flow(id app.FlowID) (port.FlowRecord, error) {
	return t.readFlow(t.row(selectFlow+`id = ?`, string(id)))
}

// FlowByStartKey implements port.FlowTx.
func (t *transaction) FlowByStartKey(hash []byte) (port.FlowRecord, error) {
	return t.readFlow(t.row(selectFlow+`start_key = ?`, blob(hash)))
}

// FlowByToken implements port.FlowTx.
func (t *transaction) FlowByToken(hash []byte) (id app.FlowID, err error) {
	err = t.scan("find a flow", t.row(`SELECT id FROM flow WHERE token_hash = ?`, blob(hash)), &id)
	return id, err
}

// PutFlow implements port.FlowTx.
func (t *transaction) PutFlow(r port.FlowRecord) error {
	return t.put("put a flow", rowOf{"flow", string(r.ID)}, flowColumns(r))
}

func flowColumns(r port.FlowRecord) []column {
	return []column{
		text("purpose", r.Purpose), integer("rev", r.Rev), text("account", r.Account), hash("token_hash", r.TokenHash),
		hash("start_key", r.StartKey), sealed("state", r.State), hash("last_key", r.LastKey), hash("last_input", r.LastInput),
		sealed("last_answer", r.LastAnswer), text("support", r.Support), instant("created", r.Created),
		instant("expires", r.Expires), instant("ended", r.Ended), text("origin_station", r.OriginStn),
		text("origin_network", r.OriginNet), instant("pending_since", r.PendingSince), text("leased_by", r.LeasedBy),
		instant("leased_until", r.LeasedUntil), text("origin_id", r.OriginID),
	}
}

// EndFlows implements port.FlowTx. Flows of nobody in particular are nobody's to end.
func (t *transaction) EndFlows(account app.AccountID, but app.FlowID, at time.Time) (int, error) {
	if account == "" {
		return 0, nil
	}
	t.forgetRows("flow")
	return t.count("end flows", `UPDATE flow SET ended = ? WHERE account = ? AND account <> '' AND id <> ? AND ended = 0`,
		micros(at), string(account), string(but))
}

// PendingFlows implements port.FlowTx.
func (t *transaction) PendingFlows() ([]port.FlowRecord, error) {
	return list(t, "list pending flows", t.readFlow, selectFlow+`pending_since <> 0 ORDER BY pending_since, id`)
}

// PendingFlowsOf implements port.FlowTx.
func (t *transaction) PendingFlowsOf(account app.AccountID) ([]port.FlowRecord, error) {
	return list(t, "list an account's pending flows", t.readFlow, selectFlow+`pending_since <> 0 AND account = ?`, string(account))
}

// ExpiredFlows implements port.FlowTx.
func (t *transaction) ExpiredFlows(before time.Time) ([]port.FlowRecord, error) {
	return list(t, "list expired flows", t.readFlow,
		selectFlow+`ended = 0 AND expires <> 0 AND expires < ? AND pending_since = 0 ORDER BY expires, id`, micros(before))
}

// DropFlows implements port.FlowTx.
func (t *transaction) DropFlows(before time.Time) (int, error) {
	t.forgetRows("flow")
	return t.count("drop flows", `DELETE FROM flow WHERE expires <> 0 AND expires < ? AND pending_since = 0`,
		micros(before))
}

func (t *transaction) readFlow(row scanner) (port.FlowRecord, error) {
	var r port.FlowRecord
	err := t.scan("read a flow", row, &r.ID, &r.Purpose, &r.Rev, &r.Account, &r.TokenHash, &r.StartKey, &r.State,
		&r.LastKey, &r.LastInput, &r.LastAnswer, &r.Support, moment{&r.Created}, moment{&r.Expires}, moment{&r.Ended},
		&r.OriginStn, &r.OriginNet, moment{&r.PendingSince}, &r.LeasedBy, moment{&r.LeasedUntil}, &r.OriginID)
	if err != nil {
		return port.FlowRecord{}, err
	}
	if r.State, err = t.unseal(r.State, "flow.state", string(r.ID)); err != nil {
		return port.FlowRecord{}, err
	}
	if r.LastAnswer, err = t.unseal(r.LastAnswer, "flow.last_answer", string(r.ID)); err != nil {
		return port.FlowRecord{}, err
	}
	t.noteRow(rowOf{"flow", string(r.ID)}, func() []column { return flowColumns(r) })
	return r, nil
}

package flow

import (
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/rules"
)

// send puts a method's messages into the outbox. An address or a number that got its share must wait.
func (f *flow) send(messages []app.Message) error {
	for _, m := range messages {
		if err := limit.TakeQuotas(f.tx, f.quotas(m), f.now); err != nil {
			return err
		}
		f.s.Started = f.s.Started || f.purpose.recovers()
		if f.noProof() {
			m.To = ""
		}
		var expires time.Time
		if m.Code != "" || m.Call != "" {
			expires = f.now.Add(f.op.Policy().Codes.Lifetime)
		}
		if m.Call != "" {
			m.Call = callRef(f.rec.ID, m.Call)
		}
		if err := f.enqueue(m, expires); err != nil {
			return err
		}
	}
	return nil
}

// quotas are those that a message takes from: the first one of a reset from the account's starts, and each from its
// mailbox's (however the address is spelt) or number's (whatever the extension), from those of who registers it, and for
// texts and calls, which cost money, from the account's, the number's country's, the workstation's, the network address's,
// and the day's.
func (f *flow) quotas(m app.Message) []limit.Quota {
	quotas := f.enrolQuotas()
	if !f.unlimited() {
		quotas = append(quotas, f.startQuota())
	}
	if m.Channel == app.KindEmail {
		return append(quotas, limit.Quota{Window: f.op.Figures().Mails(), Key: f.op.CounterKey(limit.Mails, limit.FoldAddress(m.To))})
	}
	return append(quotas, f.phoneQuotas(m)...)
}

// enrolQuotas bound what goes to addresses and numbers that are not the account's own yet: by the account and its session.
func (f *flow) enrolQuotas() []limit.Quota {
	if !f.enrolling() {
		return nil
	}
	figures := f.op.Figures()
	return []limit.Quota{
		{Window: figures.EnrolSends(), Key: f.op.AccountKey(limit.EnrolSends, f.rec.Account)},
		{Window: figures.SessionEnrols(), Key: f.op.CounterKey(limit.SessionEnrols, string(f.s.Session))},
	}
}

func (f *flow) phoneQuotas(m app.Message) []limit.Quota {
	op, figures := f.op, f.op.Figures()
	number, _, _ := strings.Cut(m.To, ";")
	calls := op.Policy().Calls
	quotas := []limit.Quota{
		{Window: figures.Sends(), Key: op.CounterKey(limit.Sends, string(m.Channel)+"|"+number)},
		{Window: figures.AccountSends(), Key: op.AccountKey(limit.AccountSends, f.rec.Account)},
		{Window: limit.PerDay(calls.SendsPerCountry), Key: op.CounterKey(limit.CountrySends, m.Country)},
		{Window: limit.PerDay(calls.SendsPerDay), Key: op.CounterKey(limit.DaySends, "")},
	}
	if f.purpose.recovers() && len(f.s.Passed) == 0 {
		quotas = append(quotas,
			limit.Quota{Window: limit.PerDay(limit.Half(calls.SendsPerCountry)), Key: op.CounterKey(limit.CountrySends.OfStrangers(), m.Country)},
			limit.Quota{Window: limit.PerDay(limit.Half(calls.SendsPerDay)), Key: op.CounterKey(limit.DaySends.OfStrangers(), "")})
	}
	if station := f.rec.OriginStn; station != "" {
		quotas = append(quotas, limit.Quota{Window: limit.PerDay(calls.SendsPerStation), Key: op.CounterKey(limit.StationSends, station)})
	}
	if network := f.rec.OriginNet; network != core.InProcess {
		for counted, window := range limit.PerNetwork(network, calls.SendsPerNetwork) {
			quotas = append(quotas, limit.Quota{Window: window, Key: op.CounterKey(limit.NetworkSends, counted)})
		}
	}
	return quotas
}

// enqueue puts one message of the flow's account into the outbox; after expires it is pointless (zero: never). One without
// a receiver goes to nobody, by the same way.
func (f *flow) enqueue(m app.Message, expires time.Time) error {
	return f.tx.EnqueueMessage(f.rec.Account, m, expires)
}

// notifyOwner sends a notice to every channel that the subject has, and returns how many.
func (f *flow) notifyOwner(template app.MessageID, params map[string]string, creds rules.Credentials) (int, error) {
	return f.tx.NotifyOwner(f.rec.Account, f.s.Subject, core.Notice{Template: template, Params: params}, creds)
}

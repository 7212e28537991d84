package flow

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/rules"
)

// send puts a method's messages into the outbox. An address or a number that got its share must wait. Before a first proof in
// private disclosure what is asked for decides alone how long, and a message whose budgets are used up goes to nobody: that
// it can't be sent would tell whose it is. The ID of the last one is given.
func (f *flow) send(messages []app.Message) (last string, err error) {
	for _, m := range messages {
		reaches, err := f.takeBudgets(m)
		if err != nil {
			return "", err
		}
		f.s.Started = f.s.Started || f.purpose.recovers()
		if !reaches {
			m.To = ""
		}
		var expires time.Time
		if m.Code != "" || m.Call != "" {
			expires = f.now.Add(f.op.Policy().Codes.Lifetime)
		}
		if m.Call != "" {
			m.Call = callRef(f.rec.ID, m.Call)
		}
		if last, err = f.tx.EnqueueInFlow(f.rec.ID, f.rec.Account, m, expires); err != nil {
			return "", err
		}
	}
	return last, nil
}

// takeBudgets takes a message from the budgets that it is counted by, and reports whether it may reach somebody. What goes to
// nobody is counted by stand-ins, so that it takes as long and uses up nothing of anybody's.
func (f *flow) takeBudgets(m app.Message) (reaches bool, err error) {
	if !f.secretive() {
		return true, limit.TakeQuotas(f.tx, append(f.startQuotas(), f.quotas(m, "")...), f.now)
	}
	if err := limit.TakeQuotas(f.tx, append(f.startQuotas(), f.asked(m)...), f.now); err != nil {
		return false, err
	}
	standIn := ""
	if f.noProof() || m.To == "" {
		standIn = nobody
	}
	err = limit.TakeQuotas(f.tx, f.quotas(m, standIn), f.now)
	if err != nil && app.CodeOf(err) != app.CodeThrottled {
		return false, err
	}
	switch {
	case f.noProof():
		return false, nil
	case m.To == "": // the method sends nothing there
		f.unsent = app.CodePhoneCountry
	case err != nil:
		f.unsent = app.CodeThrottled
	}
	return f.unsent == "", nil
}

// asked are the budgets of what strangers ask for in an account's name, whether it exists and whatever is registered there.
func (f *flow) asked(m app.Message) []limit.Quota {
	figures := f.op.Figures()
	key := func(c limit.Counter) string {
		return f.op.CounterKey(c.OfStrangers(), "account|"+string(f.rec.Account)+"|"+string(m.Channel))
	}
	if m.Channel == app.KindEmail {
		return []limit.Quota{{Window: figures.Mails(), Key: key(limit.Mails)}}
	}
	return []limit.Quota{
		{Window: figures.Sends(), Key: key(limit.Sends)},
		{Window: figures.AccountSends(), Key: f.op.AccountKey(limit.AccountSends.OfStrangers(), f.rec.Account)},
	}
}

// startQuotas are the account's starts, of which the first message of a reset takes one.
func (f *flow) startQuotas() []limit.Quota {
	if f.unlimited() {
		return nil
	}
	return []limit.Quota{f.startQuota()}
}

// quotas are those that a message takes from: its mailbox's (however the address is spelt) or number's (whatever the
// extension), those of who registers it, and for texts and calls, which cost money, the account's, the number's country's,
// the network's, and the day's; a workstation's where the server knows it by its key, since a name is anybody's to give.
// Each subject begins with standIn.
func (f *flow) quotas(m app.Message, standIn string) []limit.Quota {
	quotas := f.enrolQuotas()
	if m.Channel == app.KindEmail {
		return append(quotas, limit.Quota{Window: f.op.Figures().Mails(), Key: f.op.CounterKey(limit.Mails, standIn+limit.FoldAddress(m.To))})
	}
	return append(quotas, f.phoneQuotas(m, standIn)...)
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

func (f *flow) phoneQuotas(m app.Message, standIn string) []limit.Quota {
	calls := f.op.Policy().Calls
	quota := func(w limit.SlidingWindow, c limit.Counter, subject string) limit.Quota {
		return limit.Quota{Window: w, Key: f.op.CounterKey(c, standIn+subject)}
	}
	quotas := f.op.SendQuotas(f.rec.Account, m, standIn)
	if f.purpose.recovers() && len(f.s.Passed) == 0 {
		quotas = append(quotas,
			quota(limit.PerDay(limit.Half(calls.SendsPerCountry)), limit.CountrySends.OfStrangers(), m.Country),
			quota(limit.PerDay(limit.Half(calls.SendsPerDay)), limit.DaySends.OfStrangers(), ""))
	}
	if station := f.rec.OriginID; station != "" {
		quotas = append(quotas, quota(limit.PerDay(calls.SendsPerStation), limit.StationSends, string(station)))
	}
	if network := f.rec.OriginNet; network != core.InProcess {
		for counted, window := range limit.PerNetwork(network, calls.SendsPerNetwork) {
			quotas = append(quotas, quota(window, limit.NetworkSends, counted))
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

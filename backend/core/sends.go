package core

import (
	"errors"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
)

// SendQuotas are those that each text or call of an account takes from, whoever asked for it: its number's (whatever the extension), the
// account's, the number's country's, and the day's. Each subject begins with standIn. Mails cost nothing: there are none.
func (o *Operation) SendQuotas(account app.AccountID, m app.Message, standIn string) []limit.Quota {
	if m.Channel == app.KindEmail {
		return nil
	}
	figures, calls := o.Figures(), o.Policy().Calls
	quota := func(w limit.SlidingWindow, c limit.Counter, subject string) limit.Quota {
		return limit.Quota{Window: w, Key: o.CounterKey(c, standIn+subject)}
	}
	number, _, _ := strings.Cut(m.To, ";")
	return []limit.Quota{
		quota(figures.Sends(), limit.Sends, string(m.Channel)+"|"+number),
		quota(figures.AccountSends(), limit.AccountSends, "account|"+string(account)),
		quota(limit.PerDay(calls.SendsPerCountry), limit.CountrySends, m.Country),
		quota(limit.PerDay(calls.SendsPerDay), limit.DaySends, ""),
	}
}

// TakeSend takes a text or a call that is sent again from these quotas. Where one is used up it takes from none, and says when they are
// open; zero: it was taken.
func (o *Operation) TakeSend(tx *Tx, account app.AccountID, m app.Message) (opens time.Time, err error) {
	err = limit.TakeQuotas(tx, o.SendQuotas(account, m, ""), o.Now())
	var refusal *app.Error
	if errors.As(err, &refusal) && refusal.Code == app.CodeThrottled {
		return refusal.RetryAt, nil
	}
	return time.Time{}, err
}

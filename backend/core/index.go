package core

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// InProcess is the network of a caller in the same process, who owns the machine and needs no throttle.
const InProcess = "local"

// CounterKey is where the store keeps the counter of a subject, which is personal and goes in as a keyed hash.
func (c *Core) CounterKey(counter limit.Counter, subject string) string {
	return counter.Key(c.Sealer.Index("counter", subject))
}

// AccountKey is where the store keeps the counter of an account.
func (c *Core) AccountKey(counter limit.Counter, account app.AccountID) string {
	return c.CounterKey(counter, "account|"+string(account))
}

// GuessKeys are where the store keeps what was guessed at the account's present password.
func (c *Core) GuessKeys(account port.DirectoryAccount) limit.GuessKeys {
	return limit.GuessKeys{
		Ours:      c.CounterKey(limit.OurGuesses, "account|"+string(account.ID)+"|"+account.Stamp),
		Elsewhere: c.AccountKey(limit.OtherGuesses, account.ID),
		Asked:     c.AccountKey(limit.OpenGuesses, account.ID),
	}
}

// ThrottleNetwork counts what comes from a network, by each of the rates that hold for it, or by none; CodeThrottled when it
// has to wait.
func (o *Operation) ThrottleNetwork(tx *Tx, use limit.NetworkUse, from app.Origin) error {
	counters, err := o.takeRates(tx, use, from)
	if err != nil {
		return err
	}
	for _, c := range counters {
		if err := tx.PutCounter(c); err != nil {
			return err
		}
	}
	return nil
}

// CheckNetwork reports what ThrottleNetwork would refuse, and counts nothing.
func (o *Operation) CheckNetwork(tx *Tx, use limit.NetworkUse, from app.Origin) error {
	_, err := o.takeRates(tx, use, from)
	return err
}

// countsUnder is what a request is counted by: the address that it comes from, or the enrolled station, of which many may share
// an address with strangers.
func countsUnder(from app.Origin) string {
	if from.Enrolled != "" {
		return "station|" + string(from.Enrolled)
	}
	return from.Network
}

// takeRates gives the counters of all rates as they are once something more is counted.
func (o *Operation) takeRates(tx *Tx, use limit.NetworkUse, from app.Origin) (counters []port.Counter, err error) {
	if from.Network == InProcess {
		return nil, nil
	}
	var open time.Time
	for _, r := range use.Rates(countsUnder(from), o.Policy().Feature.Trusts(from)) {
		c, err := tx.Counter(o.CounterKey(r.Counter, r.Subject))
		if err != nil {
			return nil, err
		}
		c, retry := r.Rate.Take(c, o.Now())
		if retry.After(open) {
			open = retry
		}
		counters = append(counters, c)
	}
	if !open.IsZero() {
		return nil, &app.Error{Code: app.CodeThrottled, RetryAt: open}
	}
	return counters, nil
}

// HashPass is what is kept of an account's pass.
func (c *Core) HashPass(account app.AccountID, code app.Secret) []byte {
	return c.Sealer.Index("pass", string(account)+"|"+code.Reveal())
}

// HashStationCode is what is kept of a station's one-time code.
func (c *Core) HashStationCode(code app.Secret) []byte {
	return c.Sealer.Index("code of a station", code.Reveal())
}

// HashHandle is the keyed hash by which a credential that somebody has is known; nil where a credential may be there twice.
func (c *Core) HashHandle(kind app.Kind, unique []byte) []byte {
	if len(unique) == 0 {
		return nil
	}
	return c.Sealer.Index("credential.handle|"+string(kind), string(unique))
}

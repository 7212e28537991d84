package store

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// The outbox's line. Each message that waits has a place in it, so that a lease reads what it takes, however many wait:
//
//	coming ──due──▶ next ──leased──▶ out ──tried in vain, or the lease ran out──▶ coming
//	          │      ▲
//	          └─▶ behind
//
// The first message of an account, of each urgency and channel, is next, and the others stand behind it. Those that are next are in an
// index by how long ago their account's last turn was. What is out is in an index of its own, and so is small: as many as are on their way
// at once. A message that is handed over as it is enqueued is out from the start, delivered after that, and never in line.

// place is one in the line.
type place int64

const (
	coming place = iota // its time has not come, or was not noticed yet
	next                // the first of its account, urgency and channel
	behind              // another one of these
)

// The conditions of the line's indexes, as SQLite has to read them in a query to take one.
const (
	isOut    = waiting + ` AND leased <> 0`
	isInLine = waiting + ` AND leased = 0`
	isNext   = `line = 1 AND ` + isInLine
)

// group is what keeps its order: an account's messages of an urgency and a channel.
type group struct {
	account string
	urgent  int
	channel string
}

func groupOf(r port.OutboxRecord) group {
	return group{string(r.Account), number(r.Urgent), string(r.Message.Channel)}
}

// inLine is a message as it stands in line.
type inLine struct {
	id           string
	group        group
	turn         int64 // the account's last one
	due, created int64
}

// before reports whether a message of the same group comes before another.
func (m inLine) before(n inLine) bool {
	switch {
	case m.due != n.due:
		return m.due < n.due
	case m.created != n.created:
		return m.created < n.created
	}
	return m.id < n.id
}

const lineColumns = `id, account, urgent, channel, last_turn, due, created`

// The queries of the line. None reads more of what waits than it gives (TestTheLineIsFoundByItsIndexes).
const (
	dueQuery = `SELECT ` + lineColumns + ` FROM outbox WHERE ` + isInLine + ` AND line = 0 AND due <= ?
		ORDER BY account, urgent, channel, due, created, id`
	// anyQuery looks whether anything may be leased.
	anyQuery = `SELECT EXISTS (SELECT 1 FROM outbox WHERE ` + isNext + `) OR EXISTS (SELECT 1 FROM outbox WHERE ` + isInLine + ` AND line = 0 AND due <= ?)
		OR EXISTS (SELECT 1 FROM outbox WHERE ` + isOut + ` AND leased <= ?)`
	ranOutQuery = `SELECT id FROM outbox WHERE ` + isOut + ` AND leased <= ?`
	firstQuery  = `SELECT ` + lineColumns + ` FROM outbox WHERE ` + isInLine + ` AND account = ` + someText + ` AND line = ` + limit + `
		AND urgent = ` + limit + ` AND channel = ` + someText + ` ORDER BY due, created, id LIMIT 1`
	toBeNext  = `line = 1, last_turn = (SELECT COALESCE(MAX(turn), 0) FROM outbox o WHERE o.account = outbox.account)`
	turnQuery = `UPDATE outbox SET last_turn = ? WHERE ` + isNext + ` AND account = ?`
	// nextQuery passes over accounts that have as many out as they may.
	nextQuery = `SELECT ` + lineColumns + ` FROM outbox INDEXED BY outbox_line WHERE ` + isNext + ` AND channel = ` + someText + ` AND urgent = ` + limit + ` AND due <= ?
		AND (` + limit + ` = 0 OR (SELECT COUNT(*) FROM outbox o WHERE o.delivered = 0 AND o.failed = 0 AND o.leased <> 0
			AND o.account = outbox.account AND o.urgent = outbox.urgent AND o.leased > ? AND %[1]s) < ` + limit + `)
		ORDER BY last_turn, due, created, id LIMIT 1`
	// orphansQuery finds groups of which none is next; it reads what stands behind, once a sweep.
	orphansQuery = `SELECT account, urgent, channel FROM outbox b WHERE ` + isInLine + ` AND line = 2 GROUP BY account, urgent, channel
		HAVING NOT EXISTS (SELECT 1 FROM outbox n WHERE n.delivered = 0 AND n.failed = 0 AND n.leased = 0 AND n.line = 1
			AND n.account = b.account AND n.urgent = b.urgent AND n.channel = b.channel)`
	// aheadQuery looks whether a message of the same account and urgency is out, or in line, by a channel.
	aheadQuery = `SELECT EXISTS (SELECT 1 FROM outbox WHERE ` + isOut + ` AND account = ? AND urgent = ? AND %[1]s)
		OR EXISTS (SELECT 1 FROM outbox WHERE ` + isInLine + ` AND line IN (0, 1, 2) AND account = ? AND urgent = ? AND %[1]s)`
	nextDueQuery = `SELECT MIN(at) FROM (
		SELECT MIN(CASE WHEN leased > due THEN leased ELSE due END) AS at FROM outbox WHERE ` + isOut + `
		UNION ALL SELECT MIN(due) FROM outbox WHERE ` + isInLine + ` AND line = 0
		UNION ALL SELECT MIN(due) FROM outbox WHERE ` + isInLine + ` AND line = 1
		UNION ALL SELECT MIN(due) FROM outbox WHERE ` + isInLine + ` AND line = 2)`
)

func (t *transaction) readInLine(row scanner) (m inLine, err error) {
	err = t.scan("read a message in line", row, &m.id, &m.group.account, &m.group.urgent, &m.group.channel, &m.turn, &m.due, &m.created)
	return m, err
}

// bringIn gives what is due, and came since the last lease, its place in line.
func (t *transaction) bringIn(now time.Time) error {
	if err := t.takeBack(now); err != nil {
		return err
	}
	all, err := list(t, "list what is due", t.readInLine, dueQuery, micros(now))
	if err != nil {
		return err
	}
	for i, m := range all {
		first := i == 0 || all[i-1].group != m.group
		if first {
			first, err = t.overtakes(m)
		}
		if err == nil {
			err = t.placeInLine(m, first)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeBack has what is leased no more come again. Nobody knows whether who had it has sent it.
func (t *transaction) takeBack(now time.Time) error {
	all, err := list(t, "list what ran out", t.readID, ranOutQuery, micros(now))
	if err != nil {
		return err
	}
	for _, id := range all {
		if err := t.move(id, `leased = 0, line = 0, uncounted = 1`); err != nil {
			return err
		}
	}
	return nil
}

// overtakes reports whether a message is the first of its group; the one that was stands behind it then.
func (t *transaction) overtakes(m inLine) (bool, error) {
	first, err := t.firstOf(m.group, next)
	switch {
	case errors.Is(err, port.ErrNotFound):
		return true, nil
	case err != nil || !m.before(first):
		return false, err
	}
	return true, t.move(first.id, `line = 2`)
}

// firstOf gives the first message of a group at a place.
func (t *transaction) firstOf(q group, at place) (inLine, error) {
	return t.readInLine(t.row(firstQuery, q.account, int64(at), q.urgent, q.channel))
}

// moveUp has the first that stands behind be next.
func (t *transaction) moveUp(q group) error {
	m, err := t.firstOf(q, behind)
	switch {
	case errors.Is(err, port.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return t.placeInLine(m, true)
}

// closeUp has somebody be next wherever none is: a server of a version that knows no line takes messages out of it and leaves a gap.
func (t *transaction) closeUp() error {
	all, err := list(t, "look for gaps in line", func(row scanner) (q group, err error) {
		err = t.scan("read a group", row, &q.account, &q.urgent, &q.channel)
		return q, err
	}, orphansQuery)
	if err != nil {
		return err
	}
	for _, q := range all {
		if err := t.moveUp(q); err != nil {
			return err
		}
	}
	return nil
}

// placeInLine gives a message its place in line.
func (t *transaction) placeInLine(m inLine, first bool) error {
	if !first {
		return t.move(m.id, `line = 2`)
	}
	return t.move(m.id, toBeNext)
}

// move sets something of a message's place, beside its record.
func (t *transaction) move(id, set string) error {
	delete(t.known, rowOf{"outbox", id})
	return t.exec("move a message in line", `UPDATE outbox SET `+set+` WHERE id = ?`, id)
}

// noteTurn has an account's messages that are next know of its last turn.
func (t *transaction) noteTurn(account app.AccountID, turn int64) error {
	return t.exec("note a turn", turnQuery, turn, string(account))
}

// nextOf gives who has the next turn of an urgency and a channel: whose last one was the longest ago, unless as many are out as may be.
// ErrNotFound: nobody has.
func (t *transaction) nextOf(l port.Lease, urgent int, channel string) (inLine, error) {
	of, channels := among(l.Channels)
	args := slices.Concat([]any{channel, urgent, micros(l.Now), l.PerAccount, micros(l.Now)}, channels, []any{l.PerAccount})
	return t.readInLine(t.row(fmt.Sprintf(nextQuery, of), args...))
}

// nextTurn gives the message that is leased next; ErrNotFound where there is none.
func (t *transaction) nextTurn(l port.Lease) (inLine, error) {
	channels, err := t.channelsOf(l)
	if err != nil {
		return inLine{}, err
	}
	for _, urgent := range []int{1, 0} {
		var best *inLine
		for _, channel := range channels {
			m, err := t.nextOf(l, urgent, channel)
			switch {
			case errors.Is(err, port.ErrNotFound):
			case err != nil:
				return inLine{}, err
			case best == nil || m.turn < best.turn || m.turn == best.turn && m.before(*best):
				best = &m
			}
		}
		if best != nil {
			return *best, nil
		}
	}
	return inLine{}, port.ErrNotFound
}

// channelsOf are those that a lease takes from: where it names none, all of which something is next.
func (t *transaction) channelsOf(l port.Lease) (all []string, err error) {
	if len(l.Channels) == 0 {
		return list(t, "list the channels in line", t.readID, `WITH RECURSIVE found (channel) AS (
			SELECT MIN(channel) FROM outbox WHERE `+isNext+`
			UNION ALL SELECT (SELECT MIN(outbox.channel) FROM outbox WHERE `+isNext+` AND outbox.channel > found.channel)
				FROM found WHERE channel IS NOT NULL
		) SELECT channel FROM found WHERE channel IS NOT NULL`)
	}
	for _, channel := range l.Channels {
		all = append(all, string(channel))
	}
	return all, nil
}

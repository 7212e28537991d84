package audit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Break is a place where the trail does not hold.
type Break struct {
	Seq   int64 // the first entry that is wrong
	Until int64 // the last one that is, or that may be where Why is "rewritten"
	// Why is "missing": the entry is gone, or another stands there; "edited": it is not as it was written; or
	// "rewritten": from somewhere between the two on, the chain was computed anew.
	Why string
}

func (b *Break) Error() string {
	if b.Until > b.Seq {
		return fmt.Sprintf("audit: entries %d to %d: %s", b.Seq, b.Until, b.Why)
	}
	return fmt.Sprintf("audit: entry %d: %s", b.Seq, b.Why)
}

// Problem says the break to a person.
func (b *Break) Problem() app.Problem {
	switch {
	case b.Why == "rewritten":
		return app.NewProblem("", "trail_rewritten", "first", b.Seq, "last", b.Until)
	case b.Why == "edited":
		return app.NewProblem("", "trail_edited", "entry", b.Seq)
	case b.Until > b.Seq:
		return app.NewProblem("", "trail_cut", "first", b.Seq, "last", b.Until)
	}
	return app.NewProblem("", "trail_missing", "entry", b.Seq)
}

// Verify checks entries that follow head, in order; head is a zero entry at the beginning of the trail. nil when the
// chain holds, a *Break at its first fault. It can't see that the newest entries are gone, nor a chain that was
// computed anew from some entry on: a Verifier with signed heads can.
func Verify(head port.AuditEntry, entries []port.AuditEntry) error {
	for _, e := range entries {
		want := head.Seq + 1
		switch {
		case e.Seq != want:
			return &Break{Seq: want, Until: want, Why: "missing"}
		case !writable(e.At), !bytes.Equal(e.Prev, head.Hash), !bytes.Equal(e.Hash, hash(e)):
			return &Break{Seq: want, Until: want, Why: "edited"}
		}
		head = e
	}
	return nil
}

// Follows implements port.Chain.
func (Chain) Follows(head, e port.AuditEntry) bool { return Verify(head, []port.AuditEntry{e}) == nil }

// Verifier checks a whole trail against the heads that were signed while it grew.
type Verifier struct {
	heads []Head // in the order of their entries; those that were met are gone
	last  port.AuditEntry
	sure  int64 // the last entry that a head vouches for
}

// NewVerifier begins at the first entry.
func NewVerifier(heads []Head) *Verifier {
	sorted := slices.Clone(heads)
	slices.SortStableFunc(sorted, func(a, b Head) int { return cmp.Compare(a.Seq, b.Seq) })
	return &Verifier{heads: slices.DeleteFunc(sorted, func(h Head) bool { return h.Seq < 1 })}
}

// Next checks the entries that come next. A *Break tells the first fault.
func (v *Verifier) Next(entries []port.AuditEntry) error {
	for i, e := range entries {
		if err := Verify(v.last, entries[i:i+1]); err != nil {
			return err
		}
		v.last = e
		for len(v.heads) > 0 && v.heads[0].Seq == e.Seq {
			if !bytes.Equal(v.heads[0].Hash, e.Hash) {
				return &Break{Seq: v.sure + 1, Until: e.Seq, Why: "rewritten"}
			}
			v.heads, v.sure = v.heads[1:], e.Seq
		}
	}
	return nil
}

// End says that there are no more entries. A *Break tells that some were cut off.
func (v *Verifier) End() error {
	if len(v.heads) == 0 {
		return nil
	}
	return &Break{Seq: v.last.Seq + 1, Until: v.heads[len(v.heads)-1].Seq, Why: "missing"}
}

// Sums are how many entries there are, and how many of them a head vouches for.
func (v *Verifier) Sums() (entries, vouched int64) { return v.last.Seq, v.sure }

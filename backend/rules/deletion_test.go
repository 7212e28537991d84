package rules

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// TestThiefsDeletionLoosensNoRule: whatever is deleted, who needed a pass needs it still, who had not registered enough has
// not, and who could not reset can't. (That the first registration is over is kept beside the credentials.)
func TestThiefsDeletionLoosensNoRule(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	p := policy.Default()
	p.Methods.Allowed = app.Kinds()
	p.Feature.Reset = policy.ForAll
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	account := port.DirectoryAccount{ID: "A", HasPassword: true}
	for range 3000 {
		p.Methods.Register, p.Methods.Gates = 1+r.IntN(3), 1+r.IntN(2)
		p.Registration.First = []policy.Proof{policy.FirstPassword, policy.FirstPass}[r.IntN(2)]
		rules := For(&p, func(app.Kind) app.Method { return nil }, Subject{Admin: r.IntN(4) == 0})
		all := drawn(r)
		for i := range all {
			all[i].Settled = rules.Missing(all) == 0
		}
		for _, gone := range all {
			left := all.Without(gone.ID)
			switch {
			case rules.NeedsPass(all) && !rules.NeedsPass(left):
				t.Fatalf("without %+v of %+v no pass is needed", gone, all)
			case !rules.Registered(all) && rules.Registered(left):
				t.Fatalf("without %+v of %+v enough is registered", gone, all)
			case !rules.CanReset(account, all, now) && rules.CanReset(account, left, now):
				t.Fatalf("without %+v of %+v a reset is possible", gone, all)
			}
		}
	}
}

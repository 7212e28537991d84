package backend_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/backend/vault"
	"github.com/sparekey/sparekey/client/wire"
)

// storeBefore opens a copy of testdata/store-8, which the version before the forms of a flow's state wrote: its schema is
// migration 8, and its states have no version.
func storeBefore(t *testing.T) (w *world, flows map[string]*talk, shown map[string]string) {
	t.Helper()
	w = newWorld(t, everyWay)
	folder := t.TempDir()
	for _, name := range []string{"store.db", "keys"} {
		data, err := os.ReadFile(filepath.Join("testdata", "store-8", name))
		w.ok(err)
		w.ok(os.WriteFile(filepath.Join(folder, name), data, 0o600))
	}
	master, err := vault.NewMaster(seeded(1)) // as its world drew it
	w.ok(err)
	sealer, err := vault.Open(filepath.Join(folder, "keys"), master, seeded(2))
	w.ok(err)
	db, err := store.Open(t.Context(), filepath.Join(folder, "store.db"), sealer)
	w.ok(err)
	t.Cleanup(func() { _ = db.Close() })
	var kept struct {
		Now   time.Time
		Flows []struct {
			Name string
			ID   app.FlowID
			Flow json.RawMessage
		}
	}
	data, err := os.ReadFile(filepath.Join("testdata", "store-8", "flows.json"))
	w.ok(err)
	w.ok(json.Unmarshal(data, &kept))
	w.clock.pass(kept.Now.Sub(w.clock.Now()))
	w.config.Store, w.config.Sealer, w.config.Rand = db, sealer, seeded(3)
	w.restart()
	flows, shown = map[string]*talk{}, map[string]string{}
	for _, f := range kept.Flows {
		flows[f.Name] = (&talk{w: w, ctx: w.as(f.ID), flow: app.Flow{ID: f.ID}}).again()
		shown[f.Name] = string(compact(t, f.Flow))
	}
	return w, flows, shown
}

func compact(t *testing.T, data []byte) []byte {
	t.Helper()
	var any any
	if err := json.Unmarshal(data, &any); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(any)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAStoreOfTheVersionBeforeIsRead shows every flow as the version before did.
func TestAStoreOfTheVersionBeforeIsRead(t *testing.T) {
	w, flows, shown := storeBefore(t)
	if len(flows) != 17 {
		t.Fatalf("%d flows were kept", len(flows))
	}
	for name, k := range flows {
		now, err := wire.NewFlow(k.flow)
		w.ok(err)
		data, err := json.Marshal(now)
		w.ok(err)
		if got := string(compact(t, data)); got != shown[name] {
			t.Errorf("%s shows\n  %s\nthe version before showed\n  %s", name, got, shown[name])
		}
	}
}

// TestAFlowOfTheVersionBeforeGoesOn to its end.
func TestAFlowOfTheVersionBeforeGoesOn(t *testing.T) {
	w, flows, _ := storeBefore(t)
	ben := someone(trial.Registered)
	k := flows["reset/address"]
	k.must(app.GiveAddress{Address: ben.Mail})
	k.must(w.mailed(ben.Mail))
	k.must(w.code(ben))
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
	k = flows["register/voice"]
	have := len(at[app.ChooseMethod](k.must(w.mailed(mobile))).Have)
	if have != 1 {
		t.Errorf("%d are registered", have)
	}
	flows["register/phone"].refused(app.Back{}, app.CodeEnded) // what was registered voids the others
}

// TestThiefFindsNoFirstRegistrationInAnOldStore: who had registered anything before it was kept that they had, has.
func TestThiefFindsNoFirstRegistrationInAnOldStore(t *testing.T) {
	w, _, _ := storeBefore(t)
	ben, nobody := someone(trial.Registered), someone(trial.Never)
	w.ok(w.config.Store.View(t.Context(), func(tx port.Tx) error {
		has, err := tx.Registration(ben.ID)
		if has.Settled.IsZero() || has.Settled.After(w.clock.Now()) {
			t.Errorf("who has registered: %+v", has)
		}
		not, err2 := tx.Registration(nobody.ID)
		if !not.Settled.IsZero() {
			t.Errorf("whose contacts were entered: %+v", not)
		}
		return errors.Join(err, err2)
	}))
}

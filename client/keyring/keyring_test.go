package keyring

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/zalando/go-keyring"
)

// fake is a keyring that works, fails with err, or hangs until release is closed.
type fake struct {
	items   map[string]string
	err     error
	release chan struct{}
	calls   atomic.Int32
}

func (f *fake) wait() error {
	f.calls.Add(1)
	if f.release != nil {
		<-f.release
	}
	return f.err
}

func (f *fake) Set(service, user, password string) error {
	if err := f.wait(); err != nil {
		return err
	}
	f.items[service+"|"+user] = password
	return nil
}

func (f *fake) Get(service, user string) (string, error) {
	if err := f.wait(); err != nil {
		return "", err
	}
	if v, ok := f.items[service+"|"+user]; ok {
		return v, nil
	}
	return "", keyring.ErrNotFound
}

func (f *fake) Delete(service, user string) error {
	if err := f.wait(); err != nil {
		return err
	}
	if _, ok := f.items[service+"|"+user]; !ok {
		return keyring.ErrNotFound
	}
	delete(f.items, service+"|"+user)
	return nil
}

func TestKeepsOneTokenAnAccount(t *testing.T) {
	ctx, f := context.Background(), &fake{items: map[string]string{}}
	k := &Keyring{Service: "Sparekey", Account: "https://a.example", System: f}
	other := &Keyring{Service: "Sparekey trial", Account: "https://a.example", System: f}
	if got, err := k.Load(ctx); err != nil || !got.Empty() {
		t.Fatalf("an empty keyring gave %q, %v", got.Reveal(), err)
	}
	if err := k.Save(ctx, app.NewSecret("r1")); err != nil {
		t.Fatal(err)
	}
	if err := k.Save(ctx, app.NewSecret("r2")); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Load(ctx); err != nil || got.Reveal() != "r2" {
		t.Errorf("got %q, %v", got.Reveal(), err)
	}
	if got, _ := other.Load(ctx); !got.Empty() {
		t.Error("the trial reads the other's token")
	}
	if err := k.Forget(ctx); err != nil || len(f.items) != 0 {
		t.Errorf("forget: %v, left %d", err, len(f.items))
	}
	if err := k.Forget(ctx); err != nil {
		t.Errorf("forgetting nothing: %v", err)
	}
}

// deaf calls every write a success and keeps what it has.
type deaf struct{ *fake }

func (d deaf) Set(_, _, _ string) error { return d.wait() }

func TestAWriteIsReadBack(t *testing.T) {
	for name, had := range map[string]string{"nothing before": "", "another before": `{"refresh":"r0"}`} {
		f := &fake{items: map[string]string{}}
		if had != "" {
			f.items["|"] = had
		}
		if err := (&Keyring{System: deaf{f}}).Save(t.Context(), app.NewSecret("r1")); !errors.Is(err, ErrNotKept) {
			t.Errorf("%s: got %v", name, err)
		}
		if len(f.items) != 0 {
			t.Errorf("%s: a token that was traded in stayed: %v", name, f.items)
		}
	}
}

func TestAFailingKeyringSaysSo(t *testing.T) {
	ctx := context.Background()
	locked := errors.New("failed to unlock correct collection")
	k := &Keyring{Service: "Sparekey", System: &fake{err: locked}}
	if err := k.Save(ctx, app.NewSecret("r1")); !errors.Is(err, locked) {
		t.Errorf("save: %v", err)
	}
	if _, err := k.Load(ctx); !errors.Is(err, locked) {
		t.Errorf("load: %v", err)
	}
	if err := k.Forget(ctx); !errors.Is(err, locked) {
		t.Errorf("forget: %v", err)
	}
}

func TestWhatIsTooLongIsNotKept(t *testing.T) {
	f := &fake{items: map[string]string{}}
	k := &Keyring{System: f}
	if err := k.Save(context.Background(), app.NewSecret(strings.Repeat("x", 1<<10))); !errors.Is(err, ErrTooLong) || f.calls.Load() != 0 {
		t.Errorf("got %v after %d calls", err, f.calls.Load())
	}
}

func TestWhatIsNotOursCountsAsNone(t *testing.T) {
	for _, stored := range []string{"", "not JSON", `{"refresh":7}`, `[]`, strings.Repeat("{", 5000)} {
		k := &Keyring{System: &fake{items: map[string]string{"|": stored}}}
		if got, err := k.Load(context.Background()); err != nil || !got.Empty() {
			t.Errorf("%.20q: got %q, %v", stored, got.Reveal(), err)
		}
	}
}

func TestAHangingKeyringIsLeftAfterTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{items: map[string]string{}, release: make(chan struct{})}
		k, ctx, began := &Keyring{System: f}, context.Background(), time.Now()
		if err := k.Save(ctx, app.NewSecret("r1")); !errors.Is(err, ErrHung) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took != Deadline {
			t.Errorf("the first call took %v", took)
		}
		if _, err := k.Load(ctx); !errors.Is(err, ErrHung) {
			t.Errorf("got %v", err)
		}
		if err := k.Forget(ctx); !errors.Is(err, ErrHung) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took != Deadline || f.calls.Load() != 1 {
			t.Errorf("later calls waited too: %v, %d calls", took, f.calls.Load())
		}
		close(f.release)
		synctest.Wait()
		if got, err := k.Load(ctx); err != nil || got.Reveal() != "r1" {
			t.Errorf("after it came back: got %q, %v", got.Reveal(), err)
		}
	})
}

func TestACallerWhoGoesAwayIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{release: make(chan struct{})}
		defer close(f.release)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		began := time.Now()
		if _, err := (&Keyring{System: f}).Load(ctx); !errors.Is(err, ErrHung) || time.Since(began) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
	})
}

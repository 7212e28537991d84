package several_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/several"
	"github.com/sparekey/sparekey/backend/port"
)

// book is a directory that knows names, and may be away.
type book struct {
	port.Directory
	people map[string]app.AccountID
	away   error
	set    []app.AccountID
	cannot port.Cannot
	judged []app.AccountID
}

func (b *book) Find(_ context.Context, userID string) (port.DirectoryAccount, error) {
	switch id, known := b.people[userID]; {
	case b.away != nil:
		return port.DirectoryAccount{}, b.away
	case !known:
		return b.says(port.DirectoryAccount{UserID: userID}), port.ErrNotFound
	default:
		return b.says(port.DirectoryAccount{ID: id, UserID: userID}), nil
	}
}

func (b *book) Account(_ context.Context, id app.AccountID) (port.DirectoryAccount, error) {
	for _, known := range b.people {
		if known == id {
			return port.DirectoryAccount{ID: id}, nil
		}
	}
	return port.DirectoryAccount{}, port.ErrNotFound
}

func (b *book) Administrators(context.Context) ([]port.DirectoryAccount, error) {
	return []port.DirectoryAccount{{ID: "chief"}}, b.away
}

func (b *book) SetPassword(_ context.Context, id app.AccountID, _ app.Secret) error {
	b.set = append(b.set, id)
	return nil
}

func (b *book) Verify(_ context.Context, id app.AccountID, _ app.Secret) error {
	if b.cannot.Verify {
		return port.ErrUnsupported
	}
	b.judged = append(b.judged, id)
	return port.ErrNotFound
}

// says is an account with what the book can, and the bound that it has for guesses.
func (b *book) says(a port.DirectoryAccount) port.DirectoryAccount {
	if a.Cannot = b.cannot; !a.Cannot.Verify {
		a.Threshold = 7
	}
	return a
}

var errAway = errors.New("away")

func house(t *testing.T) (old, pier *book, d *several.Directory) {
	t.Helper()
	old = &book{people: map[string]app.AccountID{"ana": "1", "ana@harbour.example": "1", "ben": "2", "ana@pier.example": "9"}}
	pier = &book{people: map[string]app.AccountID{"ben": "2", "cy": "3", "ana@pier.example": "1", `PIER\ana`: "1", "desk@elsewhere.example": "3"}}
	d, err := several.New(index, several.Part{Domains: []string{"harbour.example", "HARBOUR"}, Directory: old}, several.Part{Name: "pier", Domains: []string{"Pier.Example", "PIER"}, Directory: pier})
	if err != nil {
		t.Fatal(err)
	}
	return old, pier, d
}

// index is a hash without a key.
func index(name string) []byte {
	sum := sha256.Sum256([]byte(name))
	return sum[:]
}

// TestNobodysNameStandsSomewhere: a bare one stands for the whole one in one directory, always the same, and not always the first.
func TestNobodysNameStandsSomewhere(t *testing.T) {
	quay := func(domain string) several.Part {
		return several.Part{Name: domain, Domains: []string{domain}, Directory: empty{domain: domain}}
	}
	d, err := several.New(index, quay("a"), quay("b"), quay("c"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for i := range 60 {
		name := fmt.Sprintf("nobody%d", i)
		a, err := d.Find(t.Context(), name)
		again, _ := d.Find(t.Context(), strings.ToUpper(name))
		if !errors.Is(err, port.ErrNotFound) || a.UserID != again.UserID {
			t.Fatalf("%s: %+v, %+v, %v", name, a, again, err)
		}
		_, domain, _ := strings.Cut(a.UserID, "@")
		seen[domain]++
		if whole, _ := d.Find(t.Context(), a.UserID); whole.UserID != a.UserID {
			t.Errorf("%s is %s, and that is %s", name, a.UserID, whole.UserID)
		}
	}
	if len(seen) != 3 {
		t.Errorf("they stand in %v", seen)
	}
}

// empty is a directory of a domain in which there is nobody.
type empty struct {
	port.Directory
	domain string
}

func (e empty) Find(_ context.Context, userID string) (port.DirectoryAccount, error) {
	name, _, _ := strings.Cut(strings.ToLower(userID), "@")
	return port.DirectoryAccount{UserID: name + "@" + e.domain}, port.ErrNotFound
}

func TestANameLeadsToOneDirectory(t *testing.T) {
	_, _, d := house(t)
	for name, id := range map[string]app.AccountID{
		"ana": "1", "ana@harbour.example": "1", "ana@pier.example": "pier:1", `PIER\ana`: "pier:1", "cy": "pier:3",
		"desk@elsewhere.example": "pier:3",
	} {
		if a, err := d.Find(t.Context(), name); err != nil || a.ID != id {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	for _, name := range []string{"ben", "nobody", "cy@harbour.example"} {
		if a, err := d.Find(t.Context(), name); !errors.Is(err, port.ErrNotFound) || a.ID != "" || a.UserID != name {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestOneThatIsAwayTakesNoOtherWithIt(t *testing.T) {
	_, pier, d := house(t)
	pier.away = errAway
	for _, name := range []string{"ana", "ana@harbour.example", "ben"} {
		if a, err := d.Find(t.Context(), name); err != nil || a.ID == "" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	for _, name := range []string{"ana@pier.example", "nobody"} { // who may be known there
		if _, err := d.Find(t.Context(), name); !errors.Is(err, errAway) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := d.Administrators(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("administrators: %v, %v", all, err)
	}
}

func TestAnIDSaysWhoseItIs(t *testing.T) {
	old, pier, d := house(t)
	for _, id := range []app.AccountID{"1", "pier:1"} {
		if a, err := d.Account(t.Context(), id); err != nil || a.ID != id {
			t.Errorf("%s: %+v, %v", id, a, err)
		}
		if err := d.SetPassword(t.Context(), id, app.NewSecret("x")); err != nil {
			t.Error(err)
		}
	}
	if !slices.Equal(old.set, []app.AccountID{"1"}) || !slices.Equal(pier.set, []app.AccountID{"1"}) {
		t.Errorf("written: %v, %v", old.set, pier.set)
	}
	for _, id := range []app.AccountID{"quay:1", "pier:7", ":1"} {
		if a, err := d.Account(t.Context(), id); id != ":1" && !errors.Is(err, port.ErrNotFound) {
			t.Errorf("%s: %+v, %v", id, a, err)
		}
	}
	if err := d.SetPassword(t.Context(), "quay:1", app.NewSecret("x")); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("of no directory: %v", err)
	}
	if err := d.Verify(t.Context(), "quay:1", app.NewSecret("x")); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("of no directory: %v", err)
	}
}

func TestNamesAndDomainsAreOnesOwn(t *testing.T) {
	b := &book{}
	for name, parts := range map[string][]several.Part{
		"none": {}, "two without a name": {{Directory: b}, {Directory: b}}, "a name twice": {{Name: "a", Directory: b}, {Name: "a", Directory: b}},
		"a domain twice":             {{Name: "a", Domains: []string{"x.example"}, Directory: b}, {Name: "b", Domains: []string{"X.example"}, Directory: b}},
		"a name that ends too early": {{Name: "a:b", Directory: b}},
	} {
		if _, err := several.New(index, parts...); err == nil {
			t.Error(name)
		}
	}
}

// Threat: the time tells who is of a directory that judges no password: whichever stands first, its people cost what nobody costs.
func TestAPasswordThatNoPartCanJudgeCostsWhatNobodysDoes(t *testing.T) {
	for _, first := range []bool{true, false} {
		old, pier, d := house(t)
		mute, speaks, person := pier, old, "cy"
		if first {
			mute, speaks, person = old, pier, "ana"
		}
		mute.cannot = port.Cannot{Verify: true}
		known, err := d.Find(t.Context(), person)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []app.AccountID{known.ID, "nobody", "other:nobody"} {
			before := len(speaks.judged)
			err := d.Verify(t.Context(), id, app.NewSecret("x"))
			if unsupported := errors.Is(err, port.ErrUnsupported); unsupported != (id == known.ID || first && id == "nobody") || len(speaks.judged) != before+1 {
				t.Errorf("the mute one first: %v: %s: %v, asked %v", first, id, err, speaks.judged)
			}
		}
	}
}

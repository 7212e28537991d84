package backend_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// lent is a breached list that knows whether it is open.
type lent struct {
	closed  bool
	reading func()
}

func (l *lent) Contains(app.Secret) (bool, error) {
	if l.reading != nil {
		l.reading()
	}
	if l.closed {
		return false, os.ErrClosed
	}
	return false, nil
}

// TestAnOperationKeepsItsPolicy applies another policy in the middle of one: it is judged by the old one to its end, whose
// files stay open until then and no longer.
func TestAnOperationKeepsItsPolicy(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	var lists []*lent
	w.config.Resources = func(port.PolicyVersion, policy.Policy) (backend.Resources, error) {
		l := &lent{}
		lists = append(lists, l)
		return backend.Resources{Breached: l, Close: func() error { l.closed = true; return nil }}, nil
	}
	w.restart()
	old := lists[0]
	k := w.toPassword(ben)
	old.reading = func() {
		w.apply(func(p *policy.Policy) { p.Feature.Reset, p.Feature.Groups = policy.ForNobody, nil })
		w.ok(w.Reload(t.Context()))
		if old.closed {
			t.Error("the list was closed under the operation that reads it")
		}
	}
	k.must(app.GivePassword{Password: secret(newPassword)})
	at[app.Done](k)
	if !old.closed || lists[len(lists)-1].closed {
		t.Errorf("afterwards: the old list closed %v, the new one %v", old.closed, lists[len(lists)-1].closed)
	}
	w.ok(w.Close())
	if !lists[len(lists)-1].closed {
		t.Error("the list in force stayed open")
	}
	if org, err := w.Organisation(t.Context()); err != nil || org.Reset {
		t.Errorf("the next operation has the old policy: %v", err)
	}
}

// TestEachOfManyOperationsHasOnePolicy asks while policies are applied one after the other: the name and the logo are of
// one version, the files of all but the last are closed, and none twice.
func TestEachOfManyOperationsHasOnePolicy(t *testing.T) {
	w := newWorld(t)
	var opened, closed atomic.Int32
	w.config.Resources = func(_ port.PolicyVersion, p policy.Policy) (backend.Resources, error) {
		opened.Add(1)
		return backend.Resources{Logo: []byte(p.Organisation.Name), Close: func() error { closed.Add(1); return nil }}, nil
	}
	w.restart()
	ctx, stop := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for ctx.Err() == nil {
				if org, err := w.Organisation(ctx); err != nil || string(org.Logo) != org.Name {
					t.Errorf("the name is %q, the logo %q, %v", org.Name, org.Logo, err)
					return
				}
			}
		})
	}
	for i := range 20 {
		w.put(w.document(named(fmt.Sprint("Number ", i))))
		w.ok(w.Reload(t.Context()))
	}
	stop()
	asking.Wait()
	if opened.Load() != 21 || closed.Load() != 20 || w.PolicyVersion() != 20 {
		t.Errorf("opened %d, closed %d, version %d in force", opened.Load(), closed.Load(), w.PolicyVersion())
	}
}

// TestEveryOperationIsReleased reads the source: what begins an operation releases its policy at its end.
func TestEveryOperationIsReleased(t *testing.T) {
	found := 0
	for _, folder := range []string{".", "flow", "session", "admin", "worker"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				block, is := n.(*ast.BlockStmt)
				if !is {
					return true
				}
				for i, statement := range block.List {
					begins, is := statement.(*ast.AssignStmt)
					if !is || len(begins.Lhs) != 2 || fmt.Sprint(begins.Lhs[1]) != "release" {
						continue
					}
					found++
					if _, passesOn := block.List[min(i+1, len(block.List)-1)].(*ast.ReturnStmt); passesOn {
						continue
					}
					deferred, is := block.List[min(i+1, len(block.List)-1)].(*ast.DeferStmt)
					if begins.Tok == token.DEFINE && (!is || fmt.Sprint(deferred.Call.Fun) != "release") {
						t.Errorf("%s: an operation that is begun must be released: \"defer release()\"", name)
					}
				}
				return true
			})
		}
	}
	if found < 20 {
		t.Errorf("only %d operations were found", found)
	}
}

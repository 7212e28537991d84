package step

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// workPage stands while this computer works, so that nobody can ask about thousands of user IDs. It begins by itself,
// and goes on by itself.
type workPage struct {
	*shell.PageBase
	flow *flow
}

func newWork(f *flow) *workPage {
	s := &workPage{PageBase: newStepPage(f), flow: f}
	s.Escape = s.onBack
	s.SetNext(words.Text("button.retry"), f.solve)
	return s
}

// Build implements shell.Page.
func (s *workPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("work.heading"),
		Lead:    words.Text("work.lead"),
		Back: kit.NewLine(8, kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.onBack),
			kit.NewButton("page.cancel", words.Text("button.cancel"), kit.Link, s.flow.cancel)),
	}
}

// onBack gives the work up.
func (s *workPage) onBack() {
	s.Window.StopWaiting()
	s.flow.back()
}

// solve does the work that the flow asks for now, and hands it in.
func (f *flow) solve() {
	step, is := f.Now.(app.ProveWork)
	if !is {
		return
	}
	f.w.Wait("wait.work", func(ctx context.Context) func() {
		nonce, err := work.Solve(ctx, step, runtime.NumCPU())
		debug.FreeOSMemory() // each try has left some MiB to the collector, and the window may rest from now on
		return func() {
			if err != nil {
				f.w.Fail(err)
				return
			}
			f.submit(app.GiveWork{Nonce: nonce})
		}
	})
}

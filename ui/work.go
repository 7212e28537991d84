package ui

import (
	"context"
	"runtime"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// workScreen stands while this computer works, so that nobody can ask about thousands of user IDs. It begins by itself,
// and goes on by itself.
type workScreen struct {
	*sheet
	talk *conversation
}

func newWork(c *conversation) *workScreen {
	s := &workScreen{sheet: newStepSheet(c), talk: c}
	s.escape = s.onBack
	s.next(words.Text("button.retry"), c.solve)
	return s
}

func (s *workScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("work.heading"),
		Lead:    words.Text("work.lead"),
		Back: kit.NewLine(8, kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.onBack),
			kit.NewButton("page.cancel", words.Text("button.cancel"), kit.Link, s.talk.cancel)),
	})
}

// onBack gives the work up.
func (s *workScreen) onBack() {
	s.w.stopWaiting()
	s.talk.back()
}

// solve does the work that the flow asks for now, and hands it in.
func (c *conversation) solve() {
	step, is := c.flow.Now.(app.ProveWork)
	if !is {
		return
	}
	c.w.wait("wait.work", func(ctx context.Context) func() {
		nonce, err := work.Solve(ctx, step, runtime.NumCPU())
		return func() {
			if err != nil {
				c.w.screen.failed(c.w.asError(err))
				return
			}
			c.submit(app.GiveWork{Nonce: nonce})
		}
	})
}

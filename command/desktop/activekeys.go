package desktop

import (
	"context"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
)

// restAtMost is how long closing the program waits for a key that is in use.
const restAtMost = time.Second

// activeKeys knows which conversations with security keys go on. A key that was asked for a touch would go on blinking
// when the program ended before it could tell the key to stop.
type activeKeys struct {
	app.KeyDriver
	used sync.WaitGroup
}

var _ app.KeyDriver = (*activeKeys)(nil)

// Run carries out use.
func (d *activeKeys) Run(ctx context.Context, use app.UseKey, talk app.KeyTalk) (app.KeyAnswer, error) {
	d.used.Add(1)
	defer d.used.Done()
	return d.KeyDriver.Run(ctx, use, talk)
}

// rest waits, for a while, until no key is in use. Each conversation must have been cancelled before.
func (d *activeKeys) rest() {
	ended := make(chan struct{})
	go func() { d.used.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(restAtMost):
	}
}

package ctaptest

import "context"

// Outcome is what came of a wait for a person.
type Outcome int

// The outcomes.
const (
	Granted Outcome = iota
	Refused
	TimedOut
	NoMatch // a finger that the sensor does not know
)

// Gate stands for the person: it is called when the key waits for a touch or a finger, and its answer is what they did.
// It returns when ctx ends, which is when the host cancels or the key is taken out.
type Gate func(ctx context.Context) Outcome

// Granting touches at once.
func Granting(context.Context) Outcome { return Granted }

// Refusing refuses at once.
func Refusing(context.Context) Outcome { return Refused }

// TimingOut gives up at once, as a key does when nobody comes.
func TimingOut(context.Context) Outcome { return TimedOut }

// Mismatching puts an unknown finger on the sensor.
func Mismatching(context.Context) Outcome { return NoMatch }

// Never leaves the key waiting.
func Never(ctx context.Context) Outcome {
	<-ctx.Done()
	return TimedOut
}

// Slow tells waiting, without blocking, that the key waits, and then touches when a value comes from touch.
func Slow(waiting chan<- struct{}, touch <-chan struct{}) Gate {
	return func(ctx context.Context) Outcome {
		select {
		case waiting <- struct{}{}:
		default:
		}
		select {
		case <-touch:
			return Granted
		case <-ctx.Done():
			return TimedOut
		}
	}
}

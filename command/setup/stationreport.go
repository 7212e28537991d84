package setup

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
)

// StationReports is where this computer's reports as a station go; nil where it is none of the server's.
func (f InForce) StationReports() (send func(context.Context, app.StationReport) error, err error) {
	c, err := f.client(f.Server)
	if err != nil || c.Key == nil {
		return nil, err
	}
	return c.ReportStation, nil
}

// Reporter sends what a station says of itself: at once, and then every app.StationReportEvery.
type Reporter struct {
	Send func(context.Context, app.StationReport) error
	Say  func() app.StationReport
	Told func(error) // what came of each
	// Wait waits for so long, or until ctx ends; nil: by the system's clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// How long a reporter waits for its next try.
const (
	reportAgain = 15 * time.Second // after the server was away; twice as long each time, up to app.StationReportEvery
	reportLater = time.Hour        // after it did not know what a report is: an older server, which may be updated
)

// Run reports until ctx ends.
func (r Reporter) Run(ctx context.Context) {
	wait := r.Wait
	if wait == nil {
		wait = waitFor
	}
	for failed := 0; ; {
		err := r.Send(ctx, r.Say())
		if ctx.Err() != nil {
			return
		}
		r.Told(err)
		failed++
		if err == nil {
			failed = 0
		}
		if wait(ctx, spread(nextReport(err, failed))) != nil {
			return
		}
	}
}

// nextReport is when to report next, after so many that failed in a row.
func nextReport(err error, failed int) time.Duration {
	var e *app.Error
	switch errors.As(err, &e); app.CodeOf(err) {
	case "":
		return app.StationReportEvery
	case app.CodeBadRequest, app.CodeNotEnabled:
		return reportLater
	case app.CodeThrottled, app.CodeBusy:
		return max(app.StationReportEvery, e.RetryAt.Sub(e.At)) // both by the server's clock
	}
	return min(reportAgain<<min(failed-1, 10), app.StationReportEvery)
}

// spread is a tenth more or less, so that stations which began together don't all ask at once.
func spread(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()-0.5)/5*float64(d))
}

func waitFor(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// OwnReport is what can be said of this computer without a window.
func OwnReport(version string, mode app.StationMode) app.StationReport {
	if version = strings.ReplaceAll(printable(version, 40), " ", ""); version == "" {
		version = "dev"
	}
	return app.StationReport{Version: version, System: runtime.GOOS, SystemVersion: printable(systemVersion(), 80), Mode: mode}
}

// printable is so much of a text as can be printed in ASCII.
func printable(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, text)
	return text[:min(len(text), most)]
}

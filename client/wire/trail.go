package wire

import "github.com/sparekey/sparekey/app"

// TrailReport is the form of app.TrailReport.
type TrailReport struct {
	Entries int64  `json:"entries" doc:"that were looked at"`
	Vouched int64  `json:"vouched" doc:"for the first so many signed heads vouch"`
	Fault   *Fault `json:"fault,omitempty" doc:"the first fault; left out where the trail holds"`
}

// NewTrailReport gives the form of r.
func NewTrailReport(r app.TrailReport) TrailReport {
	return TrailReport{Entries: r.Entries, Vouched: r.Vouched, Fault: (*Fault)(r.Fault)}
}

// Domain gives the report.
func (w TrailReport) Domain() app.TrailReport {
	return app.TrailReport{Entries: w.Entries, Vouched: w.Vouched, Fault: (*app.Problem)(w.Fault)}
}

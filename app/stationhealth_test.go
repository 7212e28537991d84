package app

import (
	"slices"
	"testing"
	"time"
)

func TestWhatIsWrongWithAStation(t *testing.T) {
	now := time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, c := range map[string]struct {
		change func(s *Station, h *StationHealth)
		want   []StationFault
	}{
		"nothing":             {func(*Station, *StationHealth) {}, nil},
		"never reported":      {func(_ *Station, h *StationHealth) { *h = StationHealth{} }, nil},
		"silent, not yet":     {func(_ *Station, h *StationHealth) { h.Reported = ago(StationSilentAfter) }, nil},
		"silent":              {func(_ *Station, h *StationHealth) { h.Reported = ago(StationSilentAfter + 1) }, []StationFault{FaultSilent}},
		"silent, and in use":  {func(s *Station, h *StationHealth) { h.Reported, s.Used = ago(time.Hour), ago(StationSilentAfter) }, nil},
		"silent, used before": {func(s *Station, h *StationHealth) { h.Reported, s.Used = ago(time.Hour), ago(2*time.Hour) }, []StationFault{FaultSilent}},
		"a window that is closed": {func(_ *Station, h *StationHealth) {
			h.Reported, h.Report.Mode = ago(time.Hour), ModeDesktop
		}, nil},
		"a clock, a little": {func(_ *Station, h *StationHealth) { h.ClockAhead = time.Second - StationClockOff }, nil},
		"a clock, ahead":    {func(_ *Station, h *StationHealth) { h.ClockAhead = StationClockOff }, []StationFault{FaultClock}},
		"a clock, behind":   {func(_ *Station, h *StationHealth) { h.ClockAhead = -StationClockOff }, []StationFault{FaultClock}},
		"trouble": {func(_ *Station, h *StationHealth) {
			h.Report.Trouble, h.Report.TroubleAt = CodeKeyBusy, ago(StationUseDay-1)
		}, []StationFault{FaultTrouble}},
		"trouble, long ago": {func(_ *Station, h *StationHealth) {
			h.Report.Trouble, h.Report.TroubleAt = CodeKeyBusy, ago(StationUseDay)
		}, nil},
		"an older version":      {func(_ *Station, h *StationHealth) { h.Server = "1.5.0" }, []StationFault{FaultOld}},
		"before its release":    {func(_ *Station, h *StationHealth) { h.Report.Version, h.Server = "1.5.0-rc.1", "1.5.0" }, []StationFault{FaultOld}},
		"a newer version":       {func(_ *Station, h *StationHealth) { h.Report.Version = "v1.10.0" }, nil},
		"none that is released": {func(_ *Station, h *StationHealth) { h.Report.Version = "dev" }, nil},
		"built in between":      {func(_ *Station, h *StationHealth) { h.Report.Version = "v1.3.0-5-g1234567" }, nil},
		"all": {func(_ *Station, h *StationHealth) {
			*h = StationHealth{Reported: ago(time.Hour), Server: "2.0.0", ClockAhead: time.Hour, Report: StationReport{
				Version: "1.9.9", Mode: ModeKiosk, Trouble: CodeStationClock, TroubleAt: ago(time.Hour),
			}}
		}, []StationFault{FaultSilent, FaultClock, FaultTrouble, FaultOld}},
		"paused":       {func(s *Station, h *StationHealth) { h.Reported, s.Paused = ago(time.Hour), now }, nil},
		"revoked":      {func(s *Station, h *StationHealth) { h.Reported, s.Revoked = ago(time.Hour), now }, nil},
		"not enrolled": {func(s *Station, h *StationHealth) { h.Reported, s.Enrolled = ago(time.Hour), time.Time{} }, nil},
	} {
		h := &StationHealth{Reported: ago(time.Minute), Server: "1.4.0", Report: StationReport{Version: "1.4.0", Mode: ModeKiosk}}
		s := Station{Enrolled: ago(time.Hour), Health: h}
		c.change(&s, h)
		if got := s.FaultsAt(now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := (Station{Enrolled: now}).FaultsAt(now); got != nil {
		t.Errorf("nothing is known: %v", got)
	}
}

package setup

import (
	"os"
	"testing"
	"time"
)

func TestHealthOfATrialTellsAClockThatIsBehind(t *testing.T) {
	f := victimFolders(opened(t))
	later, earlier := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	if h, found, err := healthOf(t.Context(), f, later); err != nil || !found || h != (Health{}) {
		t.Errorf("after the trial's last entry: got %+v, %v, %v, want nothing to tell", h, found, err)
	}
	if h, found, err := healthOf(t.Context(), f, earlier); err != nil || !found || h.Behind <= 0 {
		t.Errorf("before the trial's last entry: got %+v, %v, %v, want how far the clock is behind", h, found, err)
	}
}

func TestNoHealthWithoutATrial(t *testing.T) {
	f := victimFolders(t.TempDir())
	if _, found, err := healthOf(t.Context(), f, time.Now()); found || err != nil {
		t.Errorf("in an empty folder: got %v, %v, want none found", found, err)
	}
	if _, err := os.Stat(f.Database()); !os.IsNotExist(err) {
		t.Errorf("looking made a database: %v", err)
	}
}

func TestHealthOfADamagedTrialIsAnError(t *testing.T) {
	f := victimFolders(opened(t))
	if err := os.WriteFile(f.Database(), []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, found, err := healthOf(t.Context(), f, time.Now()); found || err == nil {
		t.Errorf("got %v, %v, want an error", found, err)
	}
}

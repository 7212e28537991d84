//go:build !headless

package command

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestATourWritesOverNothingButATour(t *testing.T) {
	mine := file(t, "transcript.json", `{"of": "a hearing"}`)
	code, _, errs := said(t, "tour", "--out", filepath.Dir(mine))
	if code != 2 || !strings.Contains(errs, mine+" exists already and is something else") || contents(t, mine) != `{"of": "a hearing"}` {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

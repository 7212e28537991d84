package setup

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

func TestTheLogOfATrialSpeaksInWords(t *testing.T) {
	var out bytes.Buffer
	newLog(&out).Error("not good", "version", 2, "error", error(app.NewProblem("", "altered")))
	if got := out.String(); !strings.HasSuffix(got, ` level=ERROR msg="not good" version=2 error="its document is not the one that was applied"`+"\n") {
		t.Errorf("the log says %s", got)
	}
}

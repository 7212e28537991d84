//go:build linux

package desktop

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// sessionsVariable says how many people come, one after the other; scripts/kiosk-soak sets it to 10,000.
const sessionsVariable = "SPAREKEY_KIOSK_SESSIONS"

// weight is what a kiosk takes.
type weight struct{ resident, heap, files, goroutines int } // MiB, KiB that are referred to, number, number

func (st *station) weigh() weight {
	st.t.Helper()
	pid := strconv.Itoa(st.cmd.Process.Pid)
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		st.t.Fatal(err)
	}
	var w weight
	for line := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &w.resident); n == 1 {
			w.resident /= 1024
			break
		}
	}
	files, err := os.ReadDir("/proc/" + pid + "/fd")
	if err != nil {
		st.t.Fatal(err)
	}
	w.files = len(files)
	if _, err := fmt.Sscan(st.ask("weight"), &w.goroutines, &w.heap); err != nil {
		st.t.Fatal(err)
	}
	return w
}

// TestManyPeopleLeaveNoWeightBehind has one person after the other say who they are, go on, and go away, by real keys and the
// mouse, and holds what the kiosk takes against what it took after the first tenth of them.
func TestManyPeopleLeaveNoWeightBehind(t *testing.T) {
	t.Parallel()
	people := 14
	if many := os.Getenv(sessionsVariable); many != "" {
		var err error
		if people, err = strconv.Atoi(many); err != nil {
			t.Fatal(err)
		}
	}
	o := newOrganisation(t)
	st := newStation(newScreen(t, 800, 600), o.address, "SSL_CERT_FILE="+o.certificate, "SSL_CERT_DIR=/nonexistent", "HOME="+t.TempDir())
	ben := person(t, "registered")
	settled := max(people/100, 7) // people, after whom what the toolkit keeps for a while is full
	var first, last weight
	for i := 1; i <= people; i++ {
		st.tap("kiosk.forgot")
		st.at("user_id")
		st.s.write(ben.UserID)
		st.has("user_id.field", ben.UserID)
		if i%20 == 0 { // not more often, since the server lets no more user IDs be tried in a minute
			st.s.press(codeEnter)
			st.at("choose")
		}
		st.tap("kiosk.start_over")
		st.at("kiosk")
		if last = st.weigh(); i == settled {
			first = last
		}
		if i%100 == 0 {
			t.Logf("after %d: %+v", i, last)
		}
	}
	t.Logf("after the first %d: %+v; after %d: %+v", settled, first, people, last)
	if people >= 1000 && last.resident > first.resident*105/100 {
		t.Errorf("resident: %d MiB, after the first %d", last.resident, first.resident)
	}
	if last.heap > first.heap*125/100 {
		t.Errorf("heap: %d KiB, after the first %d", last.heap, first.heap)
	}
	if last.files > first.files+4 {
		t.Errorf("files: %d, after the first %d", last.files, first.files)
	}
	if last.goroutines > first.goroutines+4 {
		t.Errorf("goroutines: %d, after the first %d", last.goroutines, first.goroutines)
	}
}

//go:build linux

package desktop

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
)

// weight is what a kiosk takes.
type weight struct{ resident, anonymous, heap, files, goroutines, threads int } // KiB three times, of which heap is referred to; numbers

func (st *station) weigh() weight {
	st.t.Helper()
	w := weigh(st.t, st.pid)
	if _, err := fmt.Sscan(st.ask("weight"), &w.goroutines, &w.heap); err != nil {
		st.t.Fatal(err)
	}
	return w
}

// weigh is what the system knows of a process.
func weigh(t *testing.T, pid int) weight {
	t.Helper()
	folder := "/proc/" + strconv.Itoa(pid)
	status, err := os.ReadFile(folder + "/status")
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder + "/fd")
	if err != nil {
		t.Fatal(err)
	}
	w := weight{files: len(files)}
	for line := range strings.Lines(string(status)) {
		_, _ = fmt.Sscanf(line, "VmRSS: %d kB", &w.resident)
		_, _ = fmt.Sscanf(line, "RssAnon: %d kB", &w.anonymous)
		_, _ = fmt.Sscanf(line, "Threads: %d", &w.threads)
	}
	return w
}

// processorTime is what a process has used.
func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	var user, system int
	if _, err := fmt.Sscan(strings.Join(strings.Fields(string(stat))[13:15], " "), &user, &system); err != nil {
		t.Fatal(err)
	}
	return time.Duration(user+system) * time.Second / 100
}

// middle is the median of each part.
func middle(all []weight) weight {
	of := func(part func(weight) int) int {
		var values []int
		for _, w := range all {
			values = append(values, part(w))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return weight{
		of(func(w weight) int { return w.resident }), of(func(w weight) int { return w.anonymous }), of(func(w weight) int { return w.heap }),
		of(func(w weight) int { return w.files }), of(func(w weight) int { return w.goroutines }), of(func(w weight) int { return w.threads }),
	}
}

// look has somebody look at the first page and at another one, and is what the kiosk takes then.
func (c *crowd) look() weight {
	c.t.Helper()
	c.tap("kiosk.help")
	c.at("kiosk_help")
	c.leave()
	c.pass(2 * time.Second)
	c.ask("settled")
	return c.weigh()
}

// rest is what the kiosk takes once the toolkit has let go of what it drew and no longer shows.
func (c *crowd) rest() weight {
	c.t.Helper()
	c.nobody()
	return middle([]weight{c.look(), c.look(), c.look()})
}

// resting is what a process takes that was left alone for 5 s or more, once it is the same as a second before.
func (c *crowd) resting(who string, pid int, look func()) (w weight) {
	c.t.Helper()
	var resident []int
	c.until(who+" at rest", func() bool {
		look()
		w = weigh(c.t, pid)
		resident = append(resident, w.resident)
		n := len(resident)
		return n > 250 && resident[n-1] == resident[n-50]
	})
	return w
}

// besideEmpty holds what the kiosk takes against an empty window of the same toolkit and of the same size, both at rest.
func (c *crowd) besideEmpty() {
	c.t.Helper()
	s := newScreen(c.t, c.s.width, c.s.height)
	empty := filepath.Join(c.t.TempDir(), "emptywindow")
	if out, err := exec.Command("../../scripts/go", "build", "-tags=", "-trimpath", "-o", empty, "../../testdata/emptywindow").CombinedOutput(); err != nil {
		c.t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(empty)
	cmd.Env = append(append(os.Environ(), s.environment()...), append(quick, "HOME="+c.t.TempDir())...)
	begin(c.t, cmd)
	size := []uint32{uint32(s.width), uint32(s.height)}
	e := c.resting("the empty window", cmd.Process.Pid, func() {
		tree, err := xproto.QueryTree(s.conn, s.root).Reply()
		if err != nil {
			c.t.Fatal(err)
		}
		for _, w := range tree.Children {
			xproto.ConfigureWindow(s.conn, w, xproto.ConfigWindowWidth|xproto.ConfigWindowHeight, size)
		}
	})
	w := c.resting("the kiosk", c.pid, func() {}) // and has given back what it can
	c.t.Logf("empty window: %+v", e)
	c.t.Logf("the kiosk: %+v", w)
	c.t.Logf("beside it: resident %.2f times, of it anonymous %.2f times", float64(w.resident)/float64(e.resident), float64(w.anonymous)/float64(e.anonymous))
	grown(c.t, "resident, beside an empty window", w.resident, e.resident*130/100)
	grown(c.t, "anonymous, beside an empty window", w.anonymous-e.anonymous, 40<<10)
}

package call

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/call/calltest"
	"github.com/sparekey/sparekey/backend/delivery/spoken"
)

// startSIPp starts sipp as a server at a port of its own network; it ends with the test.
func startSIPp(t *testing.T, port int, args ...string) {
	t.Helper()
	c := exec.Command("sipp", append([]string{"-i", calltest.Inside, "-p", fmt.Sprint(port), "-nostdin", "-skip_rlimit"}, args...)...)
	c.Dir = t.TempDir()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
}

// TestSIPp answers calls by its own scenario, and looks at a proof.
func TestSIPp(t *testing.T) {
	if !calltest.IsInside() {
		t.Parallel()
		calltest.InNetwork(t, t.Name(), "sipp")
		return
	}
	digest, err := filepath.Abs("testdata/digest.xml")
	if err != nil {
		t.Fatal(err)
	}
	startSIPp(t, 5060, "-sn", "uas")
	startSIPp(t, 5062, "-sf", digest)
	startSIPp(t, 5064, "-sn", "uas", "-t", "t1")
	at := func(port int, change func(*Config)) (*Provider, *receipts) {
		return open(t, &calltest.Phone{Address: fmt.Sprintf("%s:%d", calltest.Inside, port)}, func(c *Config) {
			c.Talk.Press = false
			if change != nil {
				change(c)
			}
		})
	}
	t.Run("answers", func(t *testing.T) {
		p, all := at(5060, nil)
		if _, err := deliver(t, p, codeCall(), 5*time.Second); err != nil {
			t.Fatal(err)
		}
		if r := all.next(t); !r.Arrived {
			t.Errorf("the receipt is %+v", r)
		}
	})
	t.Run("tcp", func(t *testing.T) {
		p, all := at(5064, func(c *Config) { c.Server += ";transport=tcp"; c.Talk.Press = true })
		if _, err := deliver(t, p, codeCall(), 5*time.Second); err != nil {
			t.Fatal(err)
		}
		if r := all.next(t); r.Arrived || r.Reason != spoken.Machine {
			t.Errorf("the receipt is %+v", r)
		}
	})
	for password, want := range map[string]string{"trunk-password": "invite 486", "other": "invite 403"} {
		t.Run(want, func(t *testing.T) {
			p, _ := at(5062, func(c *Config) { c.Secret = func() (app.Secret, error) { return app.NewSecret(password), nil } })
			if attempt, err := deliver(t, p, codeCall(), 5*time.Second); attempt.Outcome != want {
				t.Errorf("%+v, %v", attempt, err)
			}
		})
	}
}

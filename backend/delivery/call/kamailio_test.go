package call

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/call/calltest"
)

// startKamailio starts an exchange in front of a telephone; it ends with the test.
func startKamailio(t *testing.T, phone *calltest.Phone) {
	t.Helper()
	text, err := os.ReadFile("testdata/kamailio.cfg")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config, log := filepath.Join(dir, "kamailio.cfg"), filepath.Join(dir, "log")
	if err := os.WriteFile(config, []byte(strings.Replace(string(text), "PHONE", phone.Address, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("kamailio", "-f", config, "-DD", "-E", "-m", "32", "-M", "4", "-Y", dir, "-P", filepath.Join(dir, "pid"))
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
		if t.Failed() {
			said, _ := os.ReadFile(log)
			t.Logf("kamailio said:\n%s", said)
		}
	})
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", calltest.Inside+":5090"); err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatal("kamailio does not start")
		}
	}
}

// TestKamailio lets an account in by SHA-256, registers it, and stays in the way of a call (Record-Route).
func TestKamailio(t *testing.T) {
	if !calltest.IsInside() {
		t.Parallel()
		calltest.InNetwork(t, t.Name(), "kamailio")
		return
	}
	heard := make(chan []int16, 1)
	phone := calltest.New(t, calltest.Config{Network: "udp", At: calltest.Inside, Behave: func(c *calltest.Call) {
		c.Reply(180, "Ringing")
		picks(calltest.Answer{Codec: 8}, heard)(c)
	}})
	startKamailio(t, phone)
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			p, all := open(t, &calltest.Phone{Address: calltest.Inside + ":5090"}, func(c *Config) {
				c.Register, c.Realm = true, "harbour"
				c.Server += ";transport=" + transport
			})
			arrives(t, p, all, heard)
			if left := time.Until(p.registered.until); left < 60*time.Second || left > 91*time.Second {
				t.Errorf("the registration holds for %v", left)
			}
		})
	}
	for _, bye := range phone.Seen(sip.BYE) {
		if n := len(bye.GetHeaders("Via")); n != 2 {
			t.Errorf("a BYE came by %d others", n-1)
		}
	}
	p, _ := open(t, &calltest.Phone{Address: calltest.Inside + ":5090"}, func(c *Config) {
		c.Secret = func() (app.Secret, error) { return app.NewSecret("other"), nil }
	})
	if attempt, err := deliver(t, p, codeCall(), 5*time.Second); attempt.Outcome != "invite 407" || remedyOf(err) != RemedyPassword {
		t.Errorf("%+v, %v", attempt, fmt.Sprint(err))
	}
}

package calltest

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/sparekey/sparekey/assets/prompt"
)

// Inside is the address that a test has in a network of its own, where real programs have any port.
const Inside = "10.9.9.1"

// InNetwork runs a test of the same binary in a network of its own, in which Inside is this computer; "inside" is set there. It skips by
// name where a program is missing.
func InNetwork(t *testing.T, test string, programs ...string) {
	t.Helper()
	for _, name := range append(programs, "unshare", "ip") {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is missing: scripts/deps test", name)
		}
	}
	args := []string{"--net", "--pid", "--fork", "--kill-child"} // what is started inside ends with the test
	if os.Geteuid() != 0 {
		args = append(args, "--user", "--map-root-user")
	}
	args = append(args, "sh", "-c", "ip link set lo up && ip address add "+Inside+"/32 dev lo && exec \"$0\" -test.run=\"^$1\\$\" -test.count=1", os.Args[0], test)
	if err := exec.Command("unshare", append(args[:len(args)-5:len(args)-5], "true")...).Run(); err != nil {
		t.Skipf("this computer lets nobody have a network of its own: %v", err)
	}
	c := exec.Command("unshare", args...)
	c.Env = append(os.Environ(), insideKey+"=yes")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

const insideKey = "SPAREKEY_TEST_INSIDE"

// IsInside reports whether the test runs in a network of its own.
func IsInside() bool { return os.Getenv(insideKey) != "" }

// Baresip is a real softphone that picks up by itself.
type Baresip struct {
	dir     string
	control string
	process *exec.Cmd
}

// StartBaresip starts baresip at a port of Inside, under a number, with parameters of its account such as "mediaenc=srtp-mand". With a
// certificate and its key, in PEM, the port above is TLS. It ends with the test.
func StartBaresip(t *testing.T, port int, number, parameters string, certificate []byte) *Baresip {
	t.Helper()
	b := &Baresip{dir: t.TempDir(), control: fmt.Sprintf("%s:%d", Inside, port+5)}
	if len(certificate) > 0 {
		if err := os.WriteFile(filepath.Join(b.dir, "tls.pem"), certificate, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if b.process, err = MakeBaresip(b.dir, fmt.Sprintf("%s:%d", Inside, port), b.control, parameters, number); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(b.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	b.process.Stdout, b.process.Stderr = log, log
	if err := b.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = b.process.Process.Kill()
		_ = b.process.Wait()
		if t.Failed() {
			said, _ := os.ReadFile(log.Name())
			t.Logf("baresip said:\n%s", progress.ReplaceAll(said, nil))
		}
	})
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", b.control); err == nil {
			_ = conn.Close()
			return b
		}
		if time.Now().After(end) {
			t.Fatal("baresip does not start")
		}
	}
}

// progress is what baresip says all the time.
var progress = regexp.MustCompile(`\[[0-9:]+\] audio=\S+ \(bit/s\)\s*`)

// Do has it carry out a command, as its keys do.
func (b *Baresip) Do(t *testing.T, command, parameters string) {
	t.Helper()
	conn, err := net.Dial("tcp", b.control)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	text, _ := json.Marshal(map[string]string{"command": command, "params": parameters, "token": "x"})
	if _, err := fmt.Fprintf(conn, "%d:%s,", len(text), text); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	_, _ = conn.Read(make([]byte, 4096))
}

// Press presses a key.
func (b *Baresip) Press(t *testing.T, key string) { t.Helper(); b.Do(t, "sndcode", key) }

// Heard gives what it recorded of what was spoken to it.
func (b *Baresip) Heard(t *testing.T) (samples []int16) {
	t.Helper()
	samples, err := Recorded(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

// Await waits until it has recorded so much.
func (b *Baresip) Await(t *testing.T, length time.Duration) {
	t.Helper()
	want := int(length.Seconds() * prompt.Rate)
	for end := time.Now().Add(2 * patience); len(b.Heard(t)) < want; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("baresip heard %d samples", len(b.Heard(t)))
		}
	}
}

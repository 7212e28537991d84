package setup

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
)

// serverFolderOf tells this test binary to be the organisation's server on that folder.
const serverFolderOf = "SPAREKEY_SERVER_FOLDER"

// serverLine is what such a server prints: first where it listens, then each message that it delivers.
type serverLine struct {
	Public, Admin string
	Message       app.Message
}

// hashers are those of a server in a process of its own.
var hashers = map[string]local.Hasher{
	"quick": quickHasher(),
	"real":  local.DefaultArgon2(rand.Reader),
}

// aheadClock is the system's, and ahead of it.
type aheadClock time.Duration

func (c aheadClock) Now() time.Time { return time.Now().Add(time.Duration(c)) }

// linesOut writes a line for each message: who reads them has got it.
type linesOut struct {
	mu sync.Mutex
	to *json.Encoder
}

func (o *linesOut) say(l serverLine) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.to.Encode(l)
}

func (o *linesOut) Deliver(_ context.Context, m app.Message) error {
	return o.say(serverLine{Message: m})
}

// beServer serves as "sparekey serve" does, by the same code, until its input ends. Only how passwords are hashed, where messages
// go and what time it is are the test's.
func beServer(dir string) error {
	plan, err := Plan(filepath.Join(dir, "server.toml"), nil)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	ahead, err := time.ParseDuration(os.Getenv("SPAREKEY_AHEAD"))
	if err != nil {
		return err
	}
	out := &linesOut{to: json.NewEncoder(os.Stdout)}
	ctx, stop := context.WithCancel(context.Background())
	s, err := OpenServer(ctx, plan, ServerParts{
		Version: "test", Err: log, Clock: aheadClock(ahead), Hasher: hashers[os.Getenv("SPAREKEY_HASHER")], Deliverer: out,
		Ready: func(public, admin string) { _ = out.say(serverLine{Public: public, Admin: admin}) },
	})
	if err != nil {
		stop()
		return err
	}
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); stop() }()
	return errors.Join(s.Serve(ctx, nil), s.Close())
}

// serverProcess is a server in a process of its own, in the folder of a house.
type serverProcess struct {
	t       testing.TB
	dir     string
	hasher  string
	prefix  []string // what its command begins with
	env     []string
	trusted *x509.CertPool

	mu            sync.Mutex
	public, admin string
	command       *exec.Cmd
	input         io.Closer
	said          chan error          // once all that it printed is read
	boxes         map[string]*mailbox // by address or number
	repeated      int                 // messages that came once more
	came          *sync.Cond          // another one; nil: nobody waits
}

// mailbox has each code once.
type mailbox struct {
	seen  map[string]bool // messages
	codes chan string
}

// run starts it, on a clock that is ahead of the system's, and returns once it is ready.
func (p *serverProcess) run(ahead time.Duration) {
	p.t.Helper()
	args := append(p.prefix[:len(p.prefix):len(p.prefix)], os.Args[0])
	p.command = exec.Command(args[0], args[1:]...)
	p.command.Env = append(os.Environ(), serverFolderOf+"="+p.dir, "SPAREKEY_AHEAD="+ahead.String(), "SPAREKEY_HASHER="+p.hasher)
	p.command.Env = append(p.command.Env, p.env...)
	p.command.Stderr = os.Stderr
	in, err1 := p.command.StdinPipe()
	out, err2 := p.command.StdoutPipe()
	if err := errors.Join(err1, err2, p.command.Start()); err != nil {
		p.t.Fatal(err)
	}
	p.input, p.said = in, make(chan error, 1)
	ready := make(chan struct{})
	go func() { p.said <- p.read(out, ready) }()
	select {
	case <-ready:
	case err := <-p.said:
		p.t.Fatalf("the server did not start: %v", err)
	}
}

// read takes what a server prints, until it has ended.
func (p *serverProcess) read(out io.Reader, ready chan<- struct{}) error {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil { // half a line was not delivered
			return nil
		}
		var l serverLine
		if err := json.Unmarshal(line, &l); err != nil {
			return fmt.Errorf("it printed %s", line)
		}
		if l.Public != "" {
			p.mu.Lock()
			p.public, p.admin = l.Public, l.Admin
			p.mu.Unlock()
			close(ready)
			continue
		}
		p.take(l.Message)
	}
}

func (p *serverProcess) take(m app.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	box := p.box(m.To)
	if box.seen[m.ID] {
		p.repeated++
		return
	}
	box.seen[m.ID] = true
	if p.came != nil {
		p.came.Broadcast()
	}
	if m.Code != "" {
		box.codes <- m.Code
	}
}

// box must be called with mu held.
func (p *serverProcess) box(to string) *mailbox {
	if p.boxes == nil {
		p.boxes = map[string]*mailbox{}
	}
	if p.boxes[to] == nil {
		p.boxes[to] = &mailbox{seen: map[string]bool{}, codes: make(chan string, 64)}
	}
	return p.boxes[to]
}

// code waits for the next one that is sent to an address.
func (p *serverProcess) code(to string) string {
	p.mu.Lock()
	codes := p.box(to).codes
	p.mu.Unlock()
	return <-codes
}

// messages is how many different ones were sent to an address.
func (p *serverProcess) messages(to string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.box(to).seen)
}

// awaitMessages waits until so many different ones were sent to an address.
func (p *serverProcess) awaitMessages(to string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.came == nil {
		p.came = sync.NewCond(&p.mu)
	}
	for len(p.box(to).seen) < n {
		p.came.Wait()
	}
}

func (p *serverProcess) address() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.public
}

// kill ends it with SIGKILL; await waits for the end.
func (p *serverProcess) kill() { _ = p.command.Process.Kill() }

func (p *serverProcess) await() error {
	said := <-p.said // before Wait, which closes what is read from
	return errors.Join(said, p.command.Wait())
}

// end lets it end by itself.
func (p *serverProcess) end() {
	p.t.Helper()
	_ = p.input.Close()
	if err := p.await(); err != nil {
		p.t.Errorf("the server ends: %v", err)
	}
}

// status is a figure of its process in /proc/PID/status, in KiB.
func (p *serverProcess) status(name string) int {
	p.t.Helper()
	return procFigure(p.t, fmt.Sprintf("/proc/%d/status", p.command.Process.Pid), name)
}

// hashesAlone tells this test binary to make so many hashes as a directory does, one after the other, and to print the nanoseconds.
const hashesAlone = "SPAREKEY_HASHES_ALONE"

func hashAlone(times string) error {
	n, err := strconv.Atoi(times)
	if err != nil {
		return err
	}
	hasher, began := hashers["real"].(local.Argon2), time.Now()
	for range n {
		if _, err := hasher.Hash(app.NewSecret("a brighter harbour at dawn")); err != nil {
			return err
		}
	}
	_, err = fmt.Println(time.Since(began).Nanoseconds())
	return err
}

// procFigure reads "Name:   123 kB".
func procFigure(t testing.TB, path, name string) int {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var key string
		var n int
		if _, err := fmt.Sscan(lines.Text(), &key, &n); err == nil && key == name+":" {
			return n
		}
	}
	t.Fatalf("%s has no %s", path, name)
	return 0
}

// runs is how many a campaign makes: those that its variable of the environment names, or so many.
func runs(t testing.TB, variable string, otherwise int) int {
	if text, is := os.LookupEnv(variable); is {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return otherwise
}

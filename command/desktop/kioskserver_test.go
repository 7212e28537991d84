//go:build linux

package desktop

import (
	"crypto/rand"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/command/setup"
)

// organisation is a server with the sample people, in the test's process: nothing of it is in the kiosk's.
type organisation struct {
	t           *testing.T
	trial       *setup.Trial
	config      setup.TrialConfig
	clock       *tourClock
	handler     atomic.Pointer[http.Handler]
	wire        *wire
	address     string
	certificate string            // file
	read        map[string]string // by address: the code that was read last
}

func newOrganisation(t *testing.T) *organisation {
	t.Helper()
	folder := t.TempDir()
	o := &organisation{t: t, clock: &tourClock{}, read: map[string]string{}, certificate: filepath.Join(folder, "ca.pem")}
	o.config = setup.TrialConfig{
		Folders: setup.FoldersAt(filepath.Join(folder, "trial")), Clock: o.clock,
		Hasher: local.Argon2{Rand: rand.Reader, Memory: 8, Time: 1, Threads: 1}, // the least that it takes: the kiosk is what is tested
	}
	o.open()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*o.handler.Load()).ServeHTTP(w, r)
	}))
	o.wire = &wire{Listener: server.Listener, conns: map[*end]struct{}{}}
	o.wire.back()
	server.Listener = o.wire
	server.StartTLS()
	t.Cleanup(func() {
		o.wire.away()
		server.Close()
		if err := o.trial.Close(); err != nil {
			t.Error(err)
		}
	})
	o.address = server.URL
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(o.certificate, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	return o
}

// open opens the server with what it keeps on disk.
func (o *organisation) open() {
	o.t.Helper()
	var err error
	if o.trial, err = setup.StartTrial(o.t.Context(), o.config); err != nil {
		o.t.Fatal(err)
	}
	o.handler.Store(&o.trial.Handler)
}

// restart ends the server, which is away meanwhile, and opens it anew.
func (o *organisation) restart() {
	o.t.Helper()
	o.wire.away()
	if err := o.trial.Close(); err != nil {
		o.t.Fatal(err)
	}
	o.open()
	o.wire.back()
}

// mailed is the code of the newest mail to an address, once there is another one than was read before.
func (o *organisation) mailed(st *station, to string) string {
	var code string
	st.until("a mail", func() bool {
		for _, m := range o.trial.Tray.Messages() {
			if m.To == to && m.Code != "" {
				code = m.Code
			}
		}
		return code != o.read[to]
	})
	o.read[to] = code
	return code
}

// person is the sample person in a state.
func person(t *testing.T, state string) setup.SamplePerson {
	t.Helper()
	people := setup.SamplePeople()
	i := slices.IndexFunc(people, func(p setup.SamplePerson) bool { return string(p.State) == state })
	if i < 0 {
		t.Fatalf("nobody is %s", state)
	}
	return people[i]
}

// wire is the network in front of the server.
type wire struct {
	net.Listener

	mu    sync.Mutex
	gone  bool
	open  chan struct{} // closed while what is sent arrives
	conns map[*end]struct{}
}

// back has everything arrive.
func (w *wire) back() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone, w.open = false, make(chan struct{})
	close(w.open)
}

// lose has nothing arrive until it is back, in neither direction: then it does.
func (w *wire) lose() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = make(chan struct{})
}

// found ends lose.
func (w *wire) found() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.open)
}

// away breaks all connections, and each that is tried.
func (w *wire) away() {
	w.mu.Lock()
	w.gone = true
	conns := w.conns
	w.conns = map[*end]struct{}{}
	w.mu.Unlock()
	for c := range conns {
		breakOff(c.Conn)
		_ = c.Close()
	}
}

func breakOff(c net.Conn) {
	_ = c.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
}

// Accept implements net.Listener.
func (w *wire) Accept() (net.Conn, error) {
	for {
		c, err := w.Listener.Accept()
		if err != nil {
			return nil, err
		}
		w.mu.Lock()
		if w.gone {
			w.mu.Unlock()
			breakOff(c)
			continue
		}
		e := &end{Conn: c, wire: w, closed: make(chan struct{})}
		w.conns[e] = struct{}{}
		w.mu.Unlock()
		return e, nil
	}
}

// end is the server's end of a connection.
type end struct {
	net.Conn
	wire   *wire
	once   sync.Once
	closed chan struct{}
}

// await waits until the network is there.
func (e *end) await() {
	e.wire.mu.Lock()
	open := e.wire.open
	e.wire.mu.Unlock()
	select {
	case <-open:
	case <-e.closed:
	}
}

func (e *end) Read(p []byte) (int, error) {
	n, err := e.Conn.Read(p)
	e.await()
	return n, err
}

func (e *end) Write(p []byte) (int, error) {
	e.await()
	return e.Conn.Write(p)
}

func (e *end) Close() error {
	e.once.Do(func() { close(e.closed) })
	e.wire.mu.Lock()
	delete(e.wire.conns, e)
	e.wire.mu.Unlock()
	return e.Conn.Close()
}

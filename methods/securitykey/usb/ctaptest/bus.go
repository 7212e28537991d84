package ctaptest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
)

// Variable names the environment variable with the descriptor that a program started by scripts/virtualusb finds its
// bus at.
const Variable = "SPAREKEY_VIRTUAL_USB"

// Ports is how many keys a bus can hold.
const Ports = 8

// Bus is the virtual USB that the program runs on.
type Bus struct {
	conn  net.Conn
	write sync.Mutex

	mu      sync.Mutex
	sockets [Ports]*Socket
	done    [Ports]chan struct{}
	broken  error
}

// OpenBus finds the bus that this program was started on. There is one for each program.
func OpenBus() (*Bus, error) {
	fd, err := strconv.Atoi(os.Getenv(Variable))
	if err != nil {
		return nil, fmt.Errorf("ctaptest: %s names no descriptor: start this by scripts/virtualusb", Variable)
	}
	file := os.NewFile(uintptr(fd), "virtual USB")
	defer func() { _ = file.Close() }()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, fmt.Errorf("ctaptest: open the bus: %w", err)
	}
	b := &Bus{conn: conn}
	for i := range b.done {
		b.done[i] = make(chan struct{}, 1)
	}
	go b.read()
	return b, nil
}

// read passes on what the host sends.
func (b *Bus) read() {
	packet := make([]byte, 2+ReportSize)
	for {
		n, err := b.conn.Read(packet)
		if err != nil || n < 2 {
			b.fail(err)
			return
		}
		port := packet[1]
		if packet[0] == 'K' {
			b.done[port] <- struct{}{}
			continue
		}
		b.mu.Lock()
		s := b.sockets[port]
		b.mu.Unlock()
		if s != nil {
			s.give(append([]byte(nil), packet[2:n]...))
		}
	}
}

func (b *Bus) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = errors.Join(errors.New("ctaptest: the bus ended"), err)
	for i, s := range b.sockets {
		close(b.done[i])
		if s != nil {
			s.close()
		}
	}
}

func (b *Bus) send(op byte, port int, data []byte) error {
	b.write.Lock()
	defer b.write.Unlock()
	_, err := b.conn.Write(append([]byte{op, byte(port)}, data...))
	return err
}

// tell sends an operation and waits until it is done.
func (b *Bus) tell(op byte, port int, data []byte) error {
	if err := b.send(op, port, data); err != nil {
		return err
	}
	if _, ok := <-b.done[port]; !ok {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.broken
	}
	return nil
}

// Plug plugs a key in at a port, from 0, and lets it answer until it is taken out.
func (b *Bus) Plug(k *Key, port int) (*Socket, error) {
	s := &Socket{bus: b, port: port, reports: make(chan []byte, 512), gone: make(chan struct{}), idle: make(chan struct{})}
	b.mu.Lock()
	if b.sockets[port] != nil {
		b.mu.Unlock()
		return nil, fmt.Errorf("ctaptest: port %d is taken", port)
	}
	b.sockets[port] = s
	b.mu.Unlock()
	text := fmt.Sprintf("%04X:%04X\n%s\n%s", k.o.Vendor, k.o.Product, k.o.Manufacturer, k.o.Name)
	op := byte('P')
	if k.o.Undescribed {
		op = 'L'
	}
	if err := b.tell(op, port, []byte(text)); err != nil {
		return nil, fmt.Errorf("ctaptest: plug in: %w", err)
	}
	go func() {
		defer close(s.idle)
		_ = k.Serve(s)
	}()
	return s, nil
}

// Socket is where a key is plugged in.
type Socket struct {
	bus     *Bus
	port    int
	reports chan []byte
	once    sync.Once
	gone    chan struct{} // closed when the key was taken out
	idle    chan struct{} // closed when it has stopped
	err     error
}

func (s *Socket) give(report []byte) {
	select {
	case s.reports <- report:
	case <-s.gone:
	}
}

// Read gives one report, io.EOF after Unplug.
func (s *Socket) Read(p []byte) (int, error) {
	select {
	case r := <-s.reports:
		return copy(p, r), nil
	case <-s.gone:
		return 0, io.EOF
	}
}

// Write sends one report to the host.
func (s *Socket) Write(p []byte) (int, error) {
	select {
	case <-s.gone:
		return 0, io.ErrClosedPipe
	default:
		return len(p), s.bus.send('D', s.port, p)
	}
}

func (s *Socket) close() { s.once.Do(func() { close(s.gone) }) }

// Unplug takes the key out. It may be called again.
func (s *Socket) Unplug() error {
	s.once.Do(func() {
		close(s.gone)
		s.err = s.bus.tell('U', s.port, nil)
		s.bus.mu.Lock()
		s.bus.sockets[s.port] = nil
		s.bus.mu.Unlock()
	})
	return s.err
}

// Wait returns when the key, taken out, has stopped.
func (s *Socket) Wait() { <-s.idle }

// Describe has the system know what an undescribed key is.
func (s *Socket) Describe() error { return s.bus.tell('S', s.port, nil) }

// Permit sets who may open the node: 0o600 for its owner, 0 for nobody but root.
func (s *Socket) Permit(mode os.FileMode) error {
	return s.bus.tell('X', s.port, []byte{byte(mode >> 8), byte(mode)})
}

var _ Port = (*Socket)(nil)

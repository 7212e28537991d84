package ctaptest

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"time"
)

// keepaliveEvery is how often a key says that it is still at work.
const keepaliveEvery = 80 * time.Millisecond

// session is the key while it is plugged in.
type session struct {
	k    *Key
	port Port
	asm  assembler
	n    int    // messages so far
	last uint32 // channel given last
	work sync.WaitGroup

	mu  sync.Mutex // guards what follows, and the order of reports
	now *operation
}

// operation is a command at work.
type operation struct {
	channel uint32
	cancel  context.CancelFunc
	why     byte // status for keepalives
	stalled bool // by StallKeepalive, until the next INIT
}

// Serve powers the key and answers on port until it is taken out: nil then.
func (k *Key) Serve(port Port) error {
	k.power()
	s := &session{k: k, port: port}
	defer s.work.Wait()
	defer s.stop(0)
	report := make([]byte, ReportSize)
	for {
		if _, err := io.ReadFull(port, report); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		m, whole, err := s.asm.add(report)
		var refusal errHID
		if errors.As(err, &refusal) {
			s.refuse(binary.BigEndian.Uint32(report), byte(refusal))
		}
		if whole {
			s.handle(m)
		}
	}
}

// handle answers a message, or starts the work on it.
func (s *session) handle(m message) {
	fault := NoFault
	if m.command != hidCancel {
		fault = s.ask(m)
	}
	switch fault {
	case Stall:
		return
	case StallKeepalive:
		s.start(m.channel, NoFault, func(ctx context.Context) []byte {
			<-ctx.Done()
			return nil
		})
		s.stall()
		return
	case Busy, Refuse, Unplug:
		s.send(m, fault)
		return
	}
	switch {
	case m.command == hidInit:
		s.stop(m.channel)
		s.unstall()
		s.init(m, fault)
	case m.channel == 0 || m.channel == broadcast || m.channel > s.last:
		s.refuse(m.channel, hidInvalidChannel)
	case m.command == hidCancel:
		s.cancelled(m.channel)
	case m.command == hidPing || m.command == hidWink:
		s.send(m, fault)
	case m.command == hidCBOR && len(m.data) > 0:
		s.begin(m, fault)
	case m.command == hidCBOR:
		s.refuse(m.channel, hidInvalidLength)
	default:
		s.refuse(m.channel, hidInvalidCommand)
	}
}

func (s *session) ask(m message) Fault {
	about := Message{N: s.n, HID: m.command}
	if m.command == hidCBOR && len(m.data) > 0 {
		about.CTAP = m.data[0]
	}
	s.n++
	s.k.mu.Lock()
	decide := s.k.fault
	s.k.mu.Unlock()
	return decide(about)
}

// init gives a channel (section 11.2.9.1.3).
func (s *session) init(m message, fault Fault) {
	if len(m.data) != 8 {
		s.refuse(m.channel, hidInvalidLength)
		return
	}
	channel := m.channel
	if channel == broadcast {
		s.last++
		channel = s.last
	}
	answer := binary.BigEndian.AppendUint32(append([]byte(nil), m.data...), channel)
	answer = append(answer, 2, 5, 4, 3, capabilities) // protocol 2, device version 5.4.3
	s.send(message{channel: m.channel, command: hidInit, data: answer}, fault)
}

// begin runs a command of the authenticator beside the reader, so that it can be cancelled.
func (s *session) begin(m message, fault Fault) {
	started := s.start(m.channel, fault, func(ctx context.Context) []byte {
		return (&call{Context: ctx, k: s.k, waiting: s.waiting}).answer(m.data)
	})
	if !started {
		s.refuse(m.channel, hidBusy)
	}
}

// start works for a channel, with keepalives, and sends the answer, unless something runs. No answer is none.
func (s *session) start(channel uint32, fault Fault, work func(context.Context) []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != nil {
		return false
	}
	ctx, cancel := context.WithCancel(context.Background())
	op := &operation{channel: channel, cancel: cancel, why: hidProcessing}
	s.now = op
	if !s.k.o.NoKeepalives {
		s.work.Go(func() { s.keepalive(ctx, op) })
	}
	s.work.Go(func() {
		defer cancel()
		answer := work(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.now == op {
			s.now = nil
		}
		if answer != nil {
			s.put(message{channel: channel, command: hidCBOR, data: answer}, fault)
		}
	})
	return true
}

// stop cancels the channel's command; 0 stands for any.
func (s *session) stop(channel uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != nil && (channel == 0 || channel == s.now.channel) {
		s.now.cancel()
	}
}

func (s *session) stall() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != nil {
		s.now.stalled = true
	}
}

// unstall ends a stall at once, so that the next command finds nothing at work.
func (s *session) unstall() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != nil && s.now.stalled {
		s.now.cancel()
		s.now = nil
	}
}

// waiting tells the host whether a person is waited for.
func (s *session) waiting(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		return
	}
	s.now.why = hidProcessing
	if yes {
		s.now.why = hidUpNeeded
	}
	if !s.k.o.NoKeepalives {
		s.put(message{channel: s.now.channel, command: hidKeepalive, data: []byte{s.now.why}}, NoFault)
	}
}

func (s *session) keepalive(ctx context.Context, op *operation) {
	tick := time.NewTicker(keepaliveEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.mu.Lock()
			if s.now == op {
				s.put(message{channel: op.channel, command: hidKeepalive, data: []byte{op.why}}, NoFault)
			}
			s.mu.Unlock()
		}
	}
}

func (s *session) refuse(channel uint32, why byte) {
	s.send(message{channel: channel, command: hidError, data: []byte{why}}, NoFault)
}

// send writes a message, spoilt by the fault.
func (s *session) send(m message, fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(m, fault)
}

// put is send for whoever holds the lock. When the key is out, the reader learns it too.
func (s *session) put(m message, fault Fault) {
	all, gone := fault.spoil(m)
	for _, r := range all {
		if _, err := s.port.Write(r); err != nil {
			return
		}
	}
	if gone {
		_ = s.port.Unplug()
	}
}

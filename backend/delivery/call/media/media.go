// Package media is the speech of one call: RTP (RFC 3550), in clear or encrypted with keys that the signalling carries (SRTP, RFC
// 3711; SDES, RFC 4568), with G.711, and the keys that the called person presses, by telephone events (RFC 4733) or by their tones.
package media

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/srtp/v3"
)

// Security says whether speech is encrypted.
type Security string

// The choices. With SecureOffer the peer decides: keys are offered in a description that also holds without them (RFC 8643).
const (
	SecureOff     Security = "off"
	SecureOffer   Security = "offer"
	SecureRequire Security = "require"
)

// Config is how a session is opened.
type Config struct {
	Local      netip.Addr     // the address that the socket has
	Told       netip.Addr     // the one that the peer is told, where it is another
	Ports      [2]uint16      // the first and the last of the range; zero: the system's choice
	Security   Security       //
	Frame      time.Duration  // how long 20 ms of speech take; zero: 20 ms. Tests are in more of a hurry
	Signalling netip.AddrPort // the peer's, which may send the speech as well
}

const (
	frame   = rate / 50 // samples of a packet
	inSound = 20 * time.Millisecond
)

// ErrHungUp says that the call is over.
var ErrHungUp = errors.New("the call was hung up")

// ErrNoPort says that every port of the range is taken.
var ErrNoPort = errors.New("every port of the range is taken")

// Session is the speech of one call. Its methods may be called at once, but for Say, Listen and Dial: one at a time.
type Session struct {
	config Config
	conn   *net.UDPConn
	told   netip.AddrPort
	keys   chan byte
	over   chan struct{}
	end    sync.Once
	done   sync.WaitGroup

	session uint64 // of descriptions, with their version

	mu      sync.Mutex // guards what follows
	version uint64
	profile string  // that was offered
	key     *master // of what is sent
	theirs  *master
	path    path

	ssrc      uint32 // of what is sent
	sequence  uint16
	timestamp uint32
}

// path is how packets go, by the descriptions.
type path struct {
	to      netip.AddrPort
	learned bool // a packet has come from there
	codec   Codec
	events  uint8
	hears   bool
	out, in *srtp.Context // nil: in clear
}

// Open opens the session's socket.
func Open(c Config) (*Session, error) {
	if c.Frame == 0 {
		c.Frame = inSound
	}
	conn, err := listen(c)
	if err != nil {
		return nil, err
	}
	told := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	if c.Told.IsValid() {
		told = netip.AddrPortFrom(c.Told, told.Port())
	}
	var random [18]byte
	_, _ = rand.Read(random[:]) // never fails
	return &Session{
		config: c, conn: conn, told: netip.AddrPortFrom(told.Addr().Unmap(), told.Port()), keys: make(chan byte, 32), over: make(chan struct{}),
		session: uint64(binary.BigEndian.Uint32(random[:])), ssrc: binary.BigEndian.Uint32(random[4:]),
		sequence: binary.BigEndian.Uint16(random[8:]), timestamp: binary.BigEndian.Uint32(random[10:]),
	}, nil
}

// listen opens a socket at an even port of the range, or anywhere. Where it begins is drawn, so that calls don't all try the same.
func listen(c Config) (*net.UDPConn, error) {
	at := func(port uint16) (*net.UDPConn, error) {
		return net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(c.Local, port)))
	}
	if c.Ports[0] == 0 {
		return at(0)
	}
	first := int(c.Ports[0]+1) &^ 1
	n := (int(c.Ports[1])-first)/2 + 1
	var random [4]byte
	_, _ = rand.Read(random[:])
	start := int(binary.BigEndian.Uint32(random[:]) % uint32(max(n, 1)))
	for i := range n {
		if conn, err := at(uint16(first + (start+i)%n*2)); err == nil {
			return conn, nil
		}
	}
	return nil, ErrNoPort
}

// Offer describes the session for the peer. Encrypted alone is what security wants in any case, or secure does here.
func (s *Session) Offer(secure bool) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := description{at: s.told, codecs: []Codec{ALaw, ULaw}, events: eventType, profile: profileClear, hears: true}
	if s.config.Security != SecureOff {
		if s.key == nil {
			key := newMaster()
			s.key = &key
		}
		m.tag, m.key = "1", s.key
	}
	if s.config.Security == SecureRequire || secure && m.key != nil {
		m.profile = profileSecure
	}
	s.profile = m.profile
	return s.describe(m)
}

// Answer takes the peer's answer to the offer. Errors are those of descriptions.
func (s *Session) Answer(document []byte) error {
	m, err := read(document)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.key == nil && (s.profile == profileSecure || m.profile == profileSecure || s.path.in != nil) {
		return ErrInsecure
	}
	return s.take(m)
}

// Reoffer takes an offer that the peer makes during the call, as for putting it on hold, and answers. Speech that is encrypted stays so.
func (s *Session) Reoffer(document []byte) (answer []byte, err error) {
	m, err := read(document)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.key == nil && (s.path.in != nil || m.profile == profileSecure) || m.key != nil && s.config.Security == SecureOff && m.profile == profileSecure {
		return nil, ErrInsecure
	}
	if s.config.Security == SecureOff {
		m.key = nil
	}
	if m.key != nil && s.key == nil {
		key := newMaster()
		s.key = &key
	}
	if slices.Contains(m.codecs, s.path.codec) { // no change where none is needed
		m.codecs = []Codec{s.path.codec}
	}
	if err := s.take(m); err != nil {
		return nil, err
	}
	reply := description{at: s.told, codecs: m.codecs[:1], events: m.events, profile: m.profile, tag: m.tag, hears: m.hears}
	if m.key != nil {
		reply.key = s.key
	}
	return s.describe(reply), nil
}

// take has packets go as a description wants it.
func (s *Session) take(m description) (err error) {
	if m.at != s.path.to {
		s.path.to, s.path.learned = m.at, false
	}
	s.path.codec, s.path.events, s.path.hears = m.codecs[0], m.events, m.hears
	if m.key == nil {
		s.path.in, s.path.out = nil, nil
		return nil
	}
	if s.path.out == nil {
		if s.path.out, err = s.key.context(); err != nil {
			return err
		}
	}
	if s.theirs == nil || *s.theirs != *m.key || s.path.in == nil {
		if s.path.in, err = m.key.context(); err != nil {
			return err
		}
		s.theirs = m.key
	}
	return nil
}

// Encrypted reports whether speech is.
func (s *Session) Encrypted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.path.out != nil
}

// Codec is the one in use.
func (s *Session) Codec() Codec {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.path.codec
}

// Start begins to listen, once the peer has answered.
func (s *Session) Start() { s.done.Go(s.receive) }

// HangUp ends what is spoken or listened for: it gives ErrHungUp.
func (s *Session) HangUp() { s.end.Do(func() { close(s.over) }) }

// Close ends the session.
func (s *Session) Close() error {
	s.HangUp()
	err := s.conn.Close()
	s.done.Wait()
	return err
}

// Say speaks prompts, which are µ-law. A key that is pressed meanwhile ends it where that may be, and is given; 0: none was.
func (s *Session) Say(ctx context.Context, sound []byte, interruptible bool) (key byte, err error) {
	if interruptible {
		return s.send(ctx, sound, packetsOf(sound), s.keys)
	}
	if _, err := s.send(ctx, sound, packetsOf(sound), nil); err != nil {
		return 0, err
	}
	for { // what was pressed meanwhile meant nothing
		select {
		case <-s.keys:
		default:
			return 0, nil
		}
	}
}

// Listen waits for a key for so long, and gives it; 0: none was pressed.
func (s *Session) Listen(ctx context.Context, length time.Duration) (key byte, err error) {
	return s.send(ctx, nil, int(length/inSound), s.keys)
}

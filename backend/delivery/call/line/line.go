// Package line is the speech of one call: RTP (RFC 3550), in clear or encrypted with keys that the signalling carries (SRTP, RFC
// 3711; SDES, RFC 4568), with G.711, and the keys that the called person presses, by telephone events (RFC 4733) or by their tones.
package line

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

// Config is how a line is opened.
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

// Line is the speech of one call. Its methods may be called at once, but for Say, Listen and Dial: one at a time.
type Line struct {
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

// Open opens the line's socket.
func Open(c Config) (*Line, error) {
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
	return &Line{
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

// Offer describes the line for the peer. Encrypted alone is what security wants in any case, or secure does here.
func (l *Line) Offer(secure bool) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := media{at: l.told, codecs: []Codec{ALaw, ULaw}, events: eventType, profile: profileClear, hears: true}
	if l.config.Security != SecureOff {
		if l.key == nil {
			key := newMaster()
			l.key = &key
		}
		m.tag, m.key = "1", l.key
	}
	if l.config.Security == SecureRequire || secure && m.key != nil {
		m.profile = profileSecure
	}
	l.profile = m.profile
	return l.describe(m)
}

// Answer takes the peer's answer to the offer. Errors are those of descriptions.
func (l *Line) Answer(document []byte) error {
	m, err := read(document)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.key == nil && (l.profile == profileSecure || m.profile == profileSecure || l.path.in != nil) {
		return ErrInsecure
	}
	return l.take(m)
}

// Reoffer takes an offer that the peer makes during the call, as for putting it on hold, and answers. Speech that is encrypted stays so.
func (l *Line) Reoffer(document []byte) (answer []byte, err error) {
	m, err := read(document)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.key == nil && (l.path.in != nil || m.profile == profileSecure) || m.key != nil && l.config.Security == SecureOff && m.profile == profileSecure {
		return nil, ErrInsecure
	}
	if l.config.Security == SecureOff {
		m.key = nil
	}
	if m.key != nil && l.key == nil {
		key := newMaster()
		l.key = &key
	}
	if slices.Contains(m.codecs, l.path.codec) { // no change where none is needed
		m.codecs = []Codec{l.path.codec}
	}
	if err := l.take(m); err != nil {
		return nil, err
	}
	reply := media{at: l.told, codecs: m.codecs[:1], events: m.events, profile: m.profile, tag: m.tag, hears: m.hears}
	if m.key != nil {
		reply.key = l.key
	}
	return l.describe(reply), nil
}

// take has packets go as a description wants it.
func (l *Line) take(m media) (err error) {
	if m.at != l.path.to {
		l.path.to, l.path.learned = m.at, false
	}
	l.path.codec, l.path.events, l.path.hears = m.codecs[0], m.events, m.hears
	if m.key == nil {
		l.path.in, l.path.out = nil, nil
		return nil
	}
	if l.path.out == nil {
		if l.path.out, err = l.key.context(); err != nil {
			return err
		}
	}
	if l.theirs == nil || *l.theirs != *m.key || l.path.in == nil {
		if l.path.in, err = m.key.context(); err != nil {
			return err
		}
		l.theirs = m.key
	}
	return nil
}

// Encrypted reports whether speech is.
func (l *Line) Encrypted() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.path.out != nil
}

// Codec is the one in use.
func (l *Line) Codec() Codec {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.path.codec
}

// Start begins to listen, once the peer has answered.
func (l *Line) Start() { l.done.Go(l.receive) }

// HangUp ends what is spoken or listened for: it gives ErrHungUp.
func (l *Line) HangUp() { l.end.Do(func() { close(l.over) }) }

// Close ends the line.
func (l *Line) Close() error {
	l.HangUp()
	err := l.conn.Close()
	l.done.Wait()
	return err
}

// Say speaks prompts, which are µ-law. A key that is pressed meanwhile ends it where that may be, and is given; 0: none was.
func (l *Line) Say(ctx context.Context, sound []byte, interruptible bool) (key byte, err error) {
	if interruptible {
		return l.send(ctx, sound, packetsOf(sound), l.keys)
	}
	if _, err := l.send(ctx, sound, packetsOf(sound), nil); err != nil {
		return 0, err
	}
	for { // what was pressed meanwhile meant nothing
		select {
		case <-l.keys:
		default:
			return 0, nil
		}
	}
}

// Listen waits for a key for so long, and gives it; 0: none was pressed.
func (l *Line) Listen(ctx context.Context, length time.Duration) (key byte, err error) {
	return l.send(ctx, nil, int(length/inSound), l.keys)
}

package media

import (
	"context"
	"errors"
	"math"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/sparekey/sparekey/assets/prompt"
)

// keysIn gives the keys that are heard in speech.
func keysIn(samples []int16) string {
	var t tones
	found := ""
	for _, s := range samples {
		if key := t.hear(s); key != 0 {
			found += string(key)
		}
	}
	return found
}

// press is the sound of keys, each so long and with so much silence behind it; off is by how much each frequency is wrong.
func press(keys string, length time.Duration, off, twist float64) (sound []int16) {
	for _, key := range keys {
		for r, row := range keypad {
			c := strings.IndexRune(row, key)
			if c < 0 {
				continue
			}
			n := int(length.Seconds() * rate)
			for i := range n {
				at := 2 * math.Pi * float64(i) / rate * (1 + off)
				noise := 300 * math.Sin(float64(i*i))
				sound = append(sound, int16(4000*math.Sin(at*rows[r])+4000*twist*math.Sin(at*columns[c])+noise))
			}
			sound = append(sound, make([]int16, n)...)
		}
	}
	return sound
}

func TestKeysAreHeardByTheirTones(t *testing.T) {
	const all = "0123456789*#ABCD1144"
	for _, length := range []time.Duration{50 * time.Millisecond, 80 * time.Millisecond, 250 * time.Millisecond} {
		for _, off := range []float64{-0.015, 0, 0.015} {
			for _, twist := range []float64{0.5, 1, 1.6} {
				for shift := range 4 {
					sound := append(make([]int16, shift*40), press(all, length, off, twist)...)
					if got := keysIn(sound); got != all {
						t.Fatalf("%v, off by %v, twist %v, shift %d: %q", length, off, twist, shift, got)
					}
				}
			}
		}
	}
}

// TestSpeechIsNoKey: what calls say, in every language, has no key in it, nor has one tone alone.
func TestSpeechIsNoKey(t *testing.T) {
	for _, language := range prompt.Languages() {
		for _, c := range []prompt.Clip{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", prompt.Press, prompt.Two, prompt.Goodbye, prompt.Test, prompt.Over} {
			ulaw, err := prompt.Sound(language, c)
			if err != nil {
				t.Fatal(err)
			}
			var sound []int16
			for _, s := range ulaw {
				sound = append(sound, prompt.Linear(s))
			}
			if got := keysIn(sound); got != "" {
				t.Errorf("%s/%s is taken for %q", language, c, got)
			}
		}
	}
	alone := make([]int16, 4000)
	for i := range alone {
		alone[i] = int16(8000 * math.Sin(2*math.Pi*697*float64(i)/rate))
	}
	if got := keysIn(alone); got != "" {
		t.Errorf("one tone is taken for %q", got)
	}
}

// TestAKeyComesOnce, however many packets it has, in whatever order; and again with a new time.
func TestAKeyComesOnce(t *testing.T) {
	var h hearing
	got := ""
	tell := func(key byte) { got += string(key) }
	for _, p := range []struct {
		ssrc, at uint32
		event    byte
	}{{1, 100, 4}, {1, 100, 4}, {1, 100, 4}, {1, 900, 4}, {1, 100, 4}, {1, 900, 4}, {1, 1700, 11}, {2, 50, 9}, {2, 50, 9}, {2, 60, 99}} {
		h.event(rtp.Header{SSRC: p.ssrc, Timestamp: p.at}, []byte{p.event, 0x8a, 3, 32}, tell)
	}
	h.event(rtp.Header{SSRC: 2, Timestamp: 9000}, []byte{1, 2}, tell) // cut short
	if got != "44#9" {
		t.Errorf("%q", got)
	}
	h = hearing{}
	got = ""
	for _, at := range []uint32{math.MaxUint32 - 10, 5} { // the time goes round
		h.event(rtp.Header{SSRC: 3, Timestamp: at}, []byte{1, 0x8a, 3, 32}, tell)
	}
	if got != "11" {
		t.Errorf("round the end: %q", got)
	}
}

const answer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"

// answered is a session whose peer is a socket of the test.
func answered(t *testing.T) (*Session, *net.UDPConn) {
	t.Helper()
	peer, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(Config{Local: netip.MustParseAddr("127.0.0.1"), Frame: time.Millisecond, Signalling: netip.MustParseAddrPort("127.0.0.1:5060")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(); _ = peer.Close() })
	s.Offer(false)
	_, port, _ := net.SplitHostPort(peer.LocalAddr().String())
	if err := s.Answer([]byte(strings.Replace(answer, "4000", port, 1))); err != nil {
		t.Fatal(err)
	}
	s.Start()
	return s, peer
}

func event(t *testing.T, key byte, at uint32) []byte {
	t.Helper()
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 101, Timestamp: at, SSRC: 5}, Payload: []byte{key, 0x8a, 3, 32}}
	raw, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestAStrangerPressesNoKey: once the peer's packets have come, no other socket's count; before, none of another computer's.
func TestAStrangerPressesNoKey(t *testing.T) {
	s, peer := answered(t)
	to := s.conn.LocalAddr().(*net.UDPAddr)
	other, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)})
	if err != nil {
		t.Skip("this system has one address for itself")
	}
	defer other.Close()
	for i, c := range []*net.UDPConn{other, peer, other} {
		for _, raw := range [][]byte{{}, {0x80}, make([]byte, 1500), event(t, byte(7+i), uint32(1000*i+1000))} {
			if _, err := c.WriteToUDP(raw, to); err != nil {
				t.Fatal(err)
			}
		}
	}
	near, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}) // the same computer, another socket
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	_, _ = near.WriteToUDP(event(t, 3, 9000), to)
	_, _ = peer.WriteToUDP(event(t, 1, 10000), to)
	got := ""
	for got != "81" {
		key, err := s.Listen(t.Context(), 10*time.Second)
		if err != nil || key == 0 {
			t.Fatalf("%q was heard, %v", got, err)
		}
		if got += string(key); !strings.HasPrefix("81", got) {
			t.Fatalf("%q was heard", got)
		}
	}
}

// TestHangingUpEndsWhatIsSpoken at once, and closing ends the session.
func TestHangingUpEndsWhatIsSpoken(t *testing.T) {
	s, _ := answered(t)
	go s.HangUp()
	if _, err := s.Listen(t.Context(), time.Hour); !errors.Is(err, ErrHungUp) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l2, _ := answered(t)
	if _, err := l2.Say(ctx, make([]byte, 8000), false); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestPortsAreOfTheirRange(t *testing.T) {
	var all []*Session
	defer func() {
		for _, s := range all {
			_ = s.Close()
		}
	}()
	c := Config{Local: netip.MustParseAddr("127.0.0.1"), Ports: [2]uint16{40101, 40120}}
	for {
		s, err := Open(c)
		if err != nil {
			if !errors.Is(err, ErrNoPort) || len(all) == 0 {
				t.Errorf("after %d: %v", len(all), err)
			}
			return
		}
		if p := s.told.Port(); p < 40102 || p > 40120 || p%2 != 0 || len(all) > 10 {
			t.Fatalf("port %d", p)
		}
		all = append(all, s)
	}
}

// TestWhatADescriptionSays is taken, and what can't be spoken to is refused.
func TestWhatADescriptionSays(t *testing.T) {
	for text, want := range map[string]error{
		answer: nil,
		strings.Replace(answer, "8 101", "18 3", 1):                      ErrCodec,
		strings.Replace(answer, "audio 4000", "audio 0", 1):              ErrCodec,
		strings.Replace(answer, "audio", "video", 1):                     ErrDescription,
		strings.Replace(answer, "RTP/AVP", "UDP/TLS/RTP/SAVP", 1):        ErrInsecure,
		strings.Replace(answer, "c=IN IP4 127.0.0.1", "c=IN IP4 pbx", 1): ErrDescription,
		"":                                       ErrDescription,
		"v=0\r\n":                                ErrDescription,
		answer + strings.Repeat("a=x\r\n", 9000): ErrDescription,
	} {
		m, err := read([]byte(text))
		if !errors.Is(err, want) || want == nil && (err != nil || m.codecs[0] != ALaw || m.events != 101 || !m.hears) {
			t.Errorf("%.200q: %+v, %v", text, m, err)
		}
	}
	key := "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"
	for line, good := range map[string]bool{
		key: true, key + "|2^20": true, key + "|2^20|1:4": false, key + " UNENCRYPTED_SRTP": false, key[:60]: false,
		strings.Replace(key, "_80", "_32", 1): false, strings.Replace(key, "inline:", "", 1): false,
	} {
		if m, err := read([]byte(answer + line + "\r\n")); err != nil || (m.key != nil) != good {
			t.Errorf("%s: %v, %v", line, m.key, err)
		}
	}
	if m, err := read([]byte(answer + "a=inactive\r\n")); err != nil || m.hears {
		t.Errorf("%+v, %v", m, err)
	}
}

// FuzzDescription takes whatever a peer sends: as an answer, and as an offer during the call.
func FuzzDescription(f *testing.F) {
	f.Add([]byte(answer))
	f.Add([]byte(answer + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20\r\na=sendonly\r\n"))
	f.Add([]byte("v=0\r\nm=audio 1 RTP/AVP 0\r\n"))
	f.Fuzz(func(t *testing.T, document []byte) {
		s := &Session{config: Config{Security: SecureOffer}, told: netip.MustParseAddrPort("127.0.0.1:4000")}
		s.Offer(false)
		_ = s.Answer(document)
		if reply, err := s.Reoffer(document); err == nil {
			if _, err := read(reply); err != nil {
				t.Errorf("the answer can't be read: %q, %v", reply, err)
			}
		}
	})
}

// FuzzPacket takes whatever comes to the socket.
func FuzzPacket(f *testing.F) {
	f.Add([]byte{0x80, 101, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 4, 0x8a, 3, 32})
	f.Add([]byte{0x80, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xd5, 0xd5})
	f.Fuzz(func(_ *testing.T, raw []byte) {
		from := netip.MustParseAddrPort("127.0.0.1:4000")
		var h hearing
		s := &Session{keys: make(chan byte, 4)}
		s.path.to, s.path.events = from, 101
		s.hear(&h, raw, from)
		s.path.events = 0
		s.hear(&h, raw, from)
	})
}

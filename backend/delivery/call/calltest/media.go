package calltest

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"github.com/sparekey/sparekey/assets/prompt"
)

// Media is the speech of a call at a telephone, recorded.
type Media struct {
	conn    *net.UDPConn
	to      *net.UDPAddr
	codec   int
	events  int
	profile string
	tag     string
	key     []byte
	out, in *srtp.Context

	sequence  uint16
	timestamp uint32

	mu      sync.Mutex
	heard   []int16
	pressed string // by the caller
	last    uint32
	packets int
}

const profile = srtp.ProtectionProfileAes128CmHmacSha1_80

func newMedia(offer []byte, a Answer) *Media {
	o := readOffer(offer)
	if !slices.Contains(o.formats, strconv.Itoa(a.Codec)) || a.Secure && o.key == nil || !a.Secure && o.profile != "RTP/AVP" {
		return nil
	}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(o.host)}) // on this computer, as the caller
	if err != nil {
		return nil
	}
	_ = conn.SetReadBuffer(4 << 20)
	m := &Media{conn: conn, to: &net.UDPAddr{IP: net.ParseIP(o.host), Port: o.port}, codec: a.Codec, profile: o.profile, timestamp: 1000}
	if !a.NoEvents {
		m.events = 101
	}
	if a.Secure {
		m.tag, m.key = o.tag, make([]byte, 30)
		_, _ = rand.Read(m.key)
		m.out, _ = srtp.CreateContext(m.key[:16], m.key[16:], profile)
		m.in, _ = srtp.CreateContext(o.key[:16], o.key[16:], profile)
	}
	go m.record()
	return m
}

// describe is the telephone's description.
func (m *Media) describe(direction string) string {
	formats, events := strconv.Itoa(m.codec), ""
	if m.events != 0 {
		formats += fmt.Sprintf(" %d", m.events)
		events = fmt.Sprintf("a=rtpmap:%d telephone-event/8000\r\n", m.events)
	}
	if m.key != nil {
		events += fmt.Sprintf("a=crypto:%s AES_CM_128_HMAC_SHA1_80 inline:%s\r\n", m.tag, base64.StdEncoding.EncodeToString(m.key))
	}
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 %[1]s\r\ns=-\r\nc=IN IP4 %[1]s\r\nt=0 0\r\nm=audio %[2]d %[3]s %[4]s\r\n%[5]sa=%[6]s\r\n",
		m.conn.LocalAddr().(*net.UDPAddr).IP, m.conn.LocalAddr().(*net.UDPAddr).Port, m.profile, formats, events, direction)
}

// Describe is the telephone's description, with a direction such as "sendonly".
func (m *Media) Describe(direction string) string { return m.describe(direction) }

// Close ends the media.
func (m *Media) Close() { _ = m.conn.Close() }

func (m *Media) record() {
	buffer := make([]byte, 2048)
	for {
		n, _, err := m.conn.ReadFromUDP(buffer)
		if err != nil {
			return
		}
		raw := buffer[:n]
		if m.in != nil {
			if raw, err = m.in.DecryptRTP(nil, raw, nil); err != nil {
				continue
			}
		}
		var p rtp.Packet
		if p.Unmarshal(raw) != nil {
			continue
		}
		m.take(&p)
	}
}

func (m *Media) take(p *rtp.Packet) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.packets++
	switch int(p.PayloadType) {
	case 0:
		for _, s := range p.Payload {
			m.heard = append(m.heard, prompt.Linear(s))
		}
	case 8:
		for _, s := range p.Payload {
			m.heard = append(m.heard, aLaw(s))
		}
	case m.events:
		if p.Timestamp != m.last && len(p.Payload) >= 4 {
			m.pressed += string("0123456789*#ABCD"[p.Payload[0]&15])
			m.last = p.Timestamp
		}
	}
}

// aLaw is a sample as a number (ITU-T G.711).
func aLaw(sample byte) int16 {
	code := sample ^ 0x55
	value := int16(code&15)<<4 + 8
	if e := code >> 4 & 7; e > 0 {
		value = (value + 0x100) << (e - 1)
	}
	if code&0x80 == 0 {
		return -value
	}
	return value
}

// Heard gives what was recorded so far.
func (m *Media) Heard() []int16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.heard)
}

// Pressed gives the keys that the caller pressed.
func (m *Media) Pressed() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pressed
}

// Hear waits until so much was spoken, and reports whether it was.
func (m *Media) Hear(length time.Duration) bool {
	want := int(length.Seconds() * prompt.Rate)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		m.mu.Lock()
		n := len(m.heard)
		m.mu.Unlock()
		if n >= want {
			return true
		}
	}
	return false
}

// Press presses keys: five packets of each, and the last of them three times, as a telephone does (RFC 4733).
func (m *Media) Press(keys string) {
	for _, key := range keys {
		event := byte(strings.IndexRune("0123456789*#ABCD", key))
		start := m.timestamp
		for i := range 7 {
			end, length := byte(0), 160*min(i+1, 5)
			if i >= 4 {
				end = 0x80
			}
			m.write(uint8(m.events), []byte{event, end | 10, byte(length >> 8), byte(length)}, start, i == 0)
		}
		m.timestamp += 1600
	}
}

// Tone presses keys by their sound, 100 ms of each and as much silence.
func (m *Media) Tone(keys string) {
	for _, key := range keys {
		m.Sound(toneOf(byte(key)))
		m.Sound(make([]int16, 800))
	}
}

// Sound sends speech.
func (m *Media) Sound(samples []int16) {
	for len(samples) > 0 {
		n := min(len(samples), 160)
		payload := make([]byte, n)
		for i, s := range samples[:n] {
			payload[i] = prompt.ULaw(s)
		}
		m.write(0, payload, m.timestamp, false)
		m.timestamp += uint32(n)
		samples = samples[n:]
	}
}

func toneOf(key byte) []int16 {
	for r, row := range []string{"123A", "456B", "789C", "*0#D"} {
		if c := strings.IndexByte(row, key); c >= 0 {
			sound := make([]int16, 800)
			for i := range sound {
				at := 2 * math.Pi * float64(i) / prompt.Rate
				sound[i] = int16(6000*math.Sin(at*[]float64{697, 770, 852, 941}[r]) + 6000*math.Sin(at*[]float64{1209, 1336, 1477, 1633}[c]))
			}
			return sound
		}
	}
	return nil
}

func (m *Media) write(kind uint8, payload []byte, timestamp uint32, marker bool) {
	m.sequence++
	p := rtp.Packet{Header: rtp.Header{Version: 2, Marker: marker, PayloadType: kind, SequenceNumber: m.sequence, Timestamp: timestamp, SSRC: 7}, Payload: payload}
	raw, err := p.Marshal()
	if err == nil && m.out != nil {
		raw, err = m.out.EncryptRTP(nil, raw, nil)
	}
	if err == nil {
		_, _ = m.conn.WriteToUDP(raw, m.to)
	}
}

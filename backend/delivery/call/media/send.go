package media

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/pion/rtp"

	"github.com/sparekey/sparekey/assets/prompt"
)

// send sends so many packets, of speech as far as there is any and of silence then, until a key is pressed or the call is over.
// While the peer has put the call on hold nothing goes on.
func (s *Session) send(ctx context.Context, sound []byte, packets int, keys <-chan byte) (key byte, err error) {
	select { // what was pressed before
	case key = <-keys:
		return key, nil
	default:
	}
	beat, burst := s.pace()
	defer beat.Stop()
	var payload [frame]byte
	for packets > 0 {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-s.over:
			return 0, ErrHungUp
		case key = <-keys:
			return key, nil
		case <-beat.C:
		}
		for i := 0; i < burst && packets > 0; i++ {
			n := copy(payload[:], sound)
			for i := n; i < frame; i++ {
				payload[i] = ULaw.silence()
			}
			if s.packet(payload[:]) {
				sound = sound[n:]
				packets--
			}
		}
	}
	return 0, nil
}

// pace is how often packets are sent, and how many at once: one, unless a test is in more of a hurry than timers are.
func (s *Session) pace() (beat *time.Ticker, burst int) {
	every := max(s.config.Frame, time.Millisecond)
	return time.NewTicker(every), max(int(every/s.config.Frame), 1)
}

// packetsOf is how many packets a sound takes.
func packetsOf(sound []byte) int { return (len(sound) + frame - 1) / frame }

// packet sends a packet of speech, and reports whether it went: not while the call is on hold. What the network does not take is
// lost, as it would be further on.
func (s *Session) packet(ulaw []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.path.hears {
		return false
	}
	var payload [frame]byte
	s.path.codec.encode(payload[:], ulaw)
	s.write(uint8(s.path.codec), payload[:], s.timestamp, false)
	s.timestamp += frame
	return true
}

// write sends a packet.
func (s *Session) write(kind uint8, payload []byte, timestamp uint32, marker bool) {
	p := rtp.Packet{
		Header:  rtp.Header{Version: 2, Marker: marker, PayloadType: kind, SequenceNumber: s.sequence, Timestamp: timestamp, SSRC: s.ssrc},
		Payload: payload,
	}
	s.sequence++
	raw, err := p.Marshal()
	if err == nil && s.path.out != nil {
		raw, err = s.path.out.EncryptRTP(nil, raw, nil)
	}
	if err == nil {
		_, _ = s.conn.WriteToUDPAddrPort(raw, s.path.to)
	}
}

// Dial presses keys, as those of an extension: by telephone events where the peer knows them, else by their tones.
func (s *Session) Dial(ctx context.Context, keys string) error {
	for _, key := range keys {
		s.mu.Lock()
		events := s.path.events
		s.mu.Unlock()
		var err error
		if events != 0 {
			err = s.press(ctx, byte(key), events)
		} else {
			_, err = s.send(ctx, toneOf(byte(key)), keyTime, nil)
		}
		if err == nil {
			_, err = s.send(ctx, nil, keyPause, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	keyTime   = 5  // packets of a key: 100 ms
	keyPause  = 5  // and of what comes between two
	keyVolume = 10 // dB below the most
)

// events are the keys by the number of their event (RFC 4733, 3.2).
const eventKeys = "0123456789*#ABCD"

// press sends one key: packets with the timestamp of its start, and the last of them three times (RFC 4733, 2.5.1.3).
func (s *Session) press(ctx context.Context, key byte, kind uint8) error {
	event := strings.IndexByte(eventKeys, key)
	if event < 0 {
		return nil
	}
	s.mu.Lock()
	start := s.timestamp
	s.timestamp += keyTime * frame
	s.mu.Unlock()
	beat, _ := s.pace()
	defer beat.Stop()
	for i := 1; i <= keyTime+2; i++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.over:
			return ErrHungUp
		case <-beat.C:
		}
		length, end := min(i, keyTime)*frame, byte(0)
		if i >= keyTime {
			end = 0x80
		}
		s.mu.Lock()
		s.write(kind, []byte{byte(event), end | keyVolume, byte(length >> 8), byte(length)}, start, i == 1)
		s.mu.Unlock()
	}
	return nil
}

// toneOf is a key's sound, in µ-law.
func toneOf(key byte) []byte {
	for r, row := range keypad {
		c := strings.IndexByte(row, key)
		if c < 0 {
			continue
		}
		sound := make([]byte, keyTime*frame)
		for i := range sound {
			at := 2 * math.Pi * float64(i) / rate
			sound[i] = prompt.ULaw(int16(7000*math.Sin(at*rows[r]) + 7000*math.Sin(at*columns[c])))
		}
		return sound
	}
	return nil
}

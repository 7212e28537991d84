package line

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
func (l *Line) send(ctx context.Context, sound []byte, packets int, keys <-chan byte) (key byte, err error) {
	select { // what was pressed before
	case key = <-keys:
		return key, nil
	default:
	}
	beat, burst := l.pace()
	defer beat.Stop()
	var payload [frame]byte
	for packets > 0 {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-l.over:
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
			if l.packet(payload[:]) {
				sound = sound[n:]
				packets--
			}
		}
	}
	return 0, nil
}

// pace is how often packets are sent, and how many at once: one, unless a test is in more of a hurry than timers are.
func (l *Line) pace() (beat *time.Ticker, burst int) {
	every := max(l.config.Frame, time.Millisecond)
	return time.NewTicker(every), max(int(every/l.config.Frame), 1)
}

// packetsOf is how many packets a sound takes.
func packetsOf(sound []byte) int { return (len(sound) + frame - 1) / frame }

// packet sends a packet of speech, and reports whether it went: not while the call is on hold. What the network does not take is
// lost, as it would be further on.
func (l *Line) packet(ulaw []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.path.hears {
		return false
	}
	var payload [frame]byte
	l.path.codec.encode(payload[:], ulaw)
	l.write(uint8(l.path.codec), payload[:], l.timestamp, false)
	l.timestamp += frame
	return true
}

// write sends a packet.
func (l *Line) write(kind uint8, payload []byte, timestamp uint32, marker bool) {
	p := rtp.Packet{
		Header:  rtp.Header{Version: 2, Marker: marker, PayloadType: kind, SequenceNumber: l.sequence, Timestamp: timestamp, SSRC: l.ssrc},
		Payload: payload,
	}
	l.sequence++
	raw, err := p.Marshal()
	if err == nil && l.path.out != nil {
		raw, err = l.path.out.EncryptRTP(nil, raw, nil)
	}
	if err == nil {
		_, _ = l.conn.WriteToUDPAddrPort(raw, l.path.to)
	}
}

// Dial presses keys, as those of an extension: by telephone events where the peer knows them, else by their tones.
func (l *Line) Dial(ctx context.Context, keys string) error {
	for _, key := range keys {
		l.mu.Lock()
		events := l.path.events
		l.mu.Unlock()
		var err error
		if events != 0 {
			err = l.press(ctx, byte(key), events)
		} else {
			_, err = l.send(ctx, toneOf(byte(key)), keyTime, nil)
		}
		if err == nil {
			_, err = l.send(ctx, nil, keyPause, nil)
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
func (l *Line) press(ctx context.Context, key byte, kind uint8) error {
	event := strings.IndexByte(eventKeys, key)
	if event < 0 {
		return nil
	}
	l.mu.Lock()
	start := l.timestamp
	l.timestamp += keyTime * frame
	l.mu.Unlock()
	beat, _ := l.pace()
	defer beat.Stop()
	for i := 1; i <= keyTime+2; i++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.over:
			return ErrHungUp
		case <-beat.C:
		}
		length, end := min(i, keyTime)*frame, byte(0)
		if i >= keyTime {
			end = 0x80
		}
		l.mu.Lock()
		l.write(kind, []byte{byte(event), end | keyVolume, byte(length >> 8), byte(length)}, start, i == 1)
		l.mu.Unlock()
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

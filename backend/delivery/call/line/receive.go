package line

import (
	"errors"
	"net"
	"net/netip"

	"github.com/pion/rtp"
)

// mostPacket is more than a packet of speech has.
const mostPacket = 2048

// mostFailed is how often listening may fail on end.
const mostFailed = 100

// hearing is what listening keeps between two packets.
type hearing struct {
	tones tones
	heard bool   // an event was
	ssrc  uint32 // of the last event, with the time at which it began
	at    uint32
}

// receive takes packets until the line is closed.
func (l *Line) receive() {
	buffer := make([]byte, mostPacket)
	var h hearing
	for failed := 0; failed < mostFailed; {
		n, from, err := l.conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			failed++ // such as: nobody listens at the peer's port
			continue
		}
		failed = 0
		l.hear(&h, buffer[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
	}
}

// hear takes one packet, of a peer alone. Whatever it holds, the call goes on.
func (l *Line) hear(h *hearing, raw []byte, from netip.AddrPort) {
	defer func() { _ = recover() }()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.isPeer(from) {
		return
	}
	var header rtp.Header
	if l.path.in != nil {
		opened, err := l.path.in.DecryptRTP(nil, raw, nil)
		if err != nil {
			return
		}
		raw = opened
	}
	n, err := header.Unmarshal(raw)
	if err != nil || header.Version != 2 {
		return
	}
	payload := raw[n:]
	switch {
	case l.path.events != 0 && header.PayloadType == l.path.events:
		h.event(header, payload, l.pressed)
	case header.PayloadType == uint8(ULaw) || header.PayloadType == uint8(ALaw):
		if l.path.events == 0 { // else a peer may send a key both ways
			h.speech(Codec(header.PayloadType), payload, l.pressed)
		}
	default:
		return
	}
	if !l.path.learned { // a peer behind a NAT is where its packets come from
		l.path.to, l.path.learned = from, true
	}
}

// isPeer reports whether packets from an address are the peer's: its own, or its signalling's. Once one has come, there is no other.
func (l *Line) isPeer(from netip.AddrPort) bool {
	if l.path.learned {
		return from == l.path.to
	}
	return from.Addr() == l.path.to.Addr() || from.Addr() == l.config.Signalling.Addr()
}

// pressed tells a key; one too many is lost.
func (l *Line) pressed(key byte) {
	select {
	case l.keys <- key:
	default:
	}
}

// event takes a packet of a telephone event. A key has several, with the time at which it began, and comes once.
func (h *hearing) event(header rtp.Header, payload []byte, tell func(byte)) {
	if len(payload) < 4 || int(payload[0]) >= len(eventKeys) {
		return
	}
	if h.heard && h.ssrc == header.SSRC && int32(header.Timestamp-h.at) <= 0 {
		return
	}
	h.heard, h.ssrc, h.at = true, header.SSRC, header.Timestamp
	tell(eventKeys[payload[0]])
}

// speech looks for keys in speech.
func (h *hearing) speech(codec Codec, payload []byte, tell func(byte)) {
	for _, sample := range payload {
		if key := h.tones.hear(codec.linear(sample)); key != 0 {
			tell(key)
		}
	}
}

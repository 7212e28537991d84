package media

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

// receive takes packets until the session is closed.
func (s *Session) receive() {
	buffer := make([]byte, mostPacket)
	var h hearing
	for failed := 0; failed < mostFailed; {
		n, from, err := s.conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			failed++ // such as: nobody listens at the peer's port
			continue
		}
		failed = 0
		s.hear(&h, buffer[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
	}
}

// hear takes one packet, of a peer alone. Whatever it holds, the call goes on.
func (s *Session) hear(h *hearing, raw []byte, from netip.AddrPort) {
	defer func() { _ = recover() }()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.isPeer(from) {
		return
	}
	var header rtp.Header
	if s.path.in != nil {
		opened, err := s.path.in.DecryptRTP(nil, raw, nil)
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
	case s.path.events != 0 && header.PayloadType == s.path.events:
		h.event(header, payload, s.pressed)
	case header.PayloadType == uint8(ULaw) || header.PayloadType == uint8(ALaw):
		if s.path.events == 0 { // else a peer may send a key both ways
			h.speech(Codec(header.PayloadType), payload, s.pressed)
		}
	default:
		return
	}
	if !s.path.learned { // a peer behind a NAT is where its packets come from
		s.path.to, s.path.learned = from, true
	}
}

// isPeer reports whether packets from an address are the peer's: its own, or its signalling's. Once one has come, there is no other.
func (s *Session) isPeer(from netip.AddrPort) bool {
	if s.path.learned {
		return from == s.path.to
	}
	return from.Addr() == s.path.to.Addr() || from.Addr() == s.config.Signalling.Addr()
}

// pressed tells a key; one too many is lost.
func (s *Session) pressed(key byte) {
	select {
	case s.keys <- key:
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

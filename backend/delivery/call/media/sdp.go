package media

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/srtp/v3"
)

// Why a description of the media is no good.
var (
	ErrDescription = errors.New("the peer's description of the media can't be read")
	ErrCodec       = errors.New("the peer speaks neither G.711 A-law nor µ-law")
	ErrInsecure    = errors.New("the peer does not encrypt the speech")
)

const (
	profileClear  = "RTP/AVP"
	profileSecure = "RTP/SAVP"
	suite         = "AES_CM_128_HMAC_SHA1_80" // the one that everybody has (RFC 4568, 6.2)
	keySize       = 16
	saltSize      = 14
	eventType     = 101 // the payload type under which telephone events are offered
	mostEvents    = 15  // 0 to 9, *, #, A to D (RFC 4733, 3.2)
	mostSDP       = 8 << 10
)

// master is a key with its salt, as a description has it.
type master [keySize + saltSize]byte

func newMaster() (m master) {
	_, _ = rand.Read(m[:]) // never fails
	return m
}

func (m master) context() (*srtp.Context, error) {
	return srtp.CreateContext(m[:keySize], m[keySize:], srtp.ProtectionProfileAes128CmHmacSha1_80, srtp.SRTPReplayProtection(64))
}

// description is what a peer says of its media, or what it is told.
type description struct {
	at      netip.AddrPort
	codecs  []Codec // in the peer's order
	events  uint8   // payload type of telephone events; 0: it has none
	profile string
	tag     string  // of the key; empty: there is none of a known suite
	key     *master // nil: there is none
	hears   bool    // it wants to get speech
}

// describe writes a description of the session (RFC 8866).
func (s *Session) describe(m description) []byte {
	family := "IP4"
	if m.at.Addr().Is6() {
		family = "IP6"
	}
	var b strings.Builder
	s.version++
	fmt.Fprintf(&b, "v=0\r\no=- %d %d IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n", s.session, s.version, family, m.at.Addr(), family, m.at.Addr())
	fmt.Fprintf(&b, "m=audio %d %s", m.at.Port(), m.profile)
	for _, c := range m.codecs {
		fmt.Fprintf(&b, " %d", c)
	}
	if m.events != 0 {
		fmt.Fprintf(&b, " %d", m.events)
	}
	b.WriteString("\r\n")
	for _, c := range m.codecs {
		fmt.Fprintf(&b, "a=rtpmap:%d %s/8000\r\n", c, map[Codec]string{ULaw: "PCMU", ALaw: "PCMA"}[c])
	}
	if m.events != 0 {
		fmt.Fprintf(&b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-%d\r\n", m.events, m.events, mostEvents)
	}
	if m.key != nil {
		fmt.Fprintf(&b, "a=crypto:%s %s inline:%s\r\n", m.tag, suite, base64.StdEncoding.EncodeToString(m.key[:]))
	}
	direction := "sendrecv"
	if !m.hears {
		direction = "recvonly"
	}
	fmt.Fprintf(&b, "a=ptime:20\r\na=%s\r\n", direction)
	return []byte(b.String())
}

// read reads a peer's description. Errors are those above.
func read(document []byte) (m description, err error) {
	var d sdp.SessionDescription
	if len(document) > mostSDP {
		return description{}, ErrDescription
	}
	defer func() {
		if recover() != nil {
			err = ErrDescription
		}
	}()
	if err := d.Unmarshal(document); err != nil {
		return description{}, ErrDescription
	}
	i := slices.IndexFunc(d.MediaDescriptions, func(m *sdp.MediaDescription) bool { return m.MediaName.Media == "audio" })
	if i < 0 {
		return description{}, ErrDescription
	}
	audio := d.MediaDescriptions[i]
	if m.at, err = addressOf(&d, audio); err != nil {
		return description{}, err
	}
	m.profile = strings.Join(audio.MediaName.Protos, "/")
	if m.profile != profileClear && m.profile != profileSecure {
		return description{}, ErrInsecure
	}
	m.readFormats(audio)
	if len(m.codecs) == 0 {
		return description{}, ErrCodec
	}
	m.readKey(audio)
	m.hears = directionOf(&d, audio) && !m.at.Addr().IsUnspecified()
	return m, nil
}

func addressOf(d *sdp.SessionDescription, audio *sdp.MediaDescription) (netip.AddrPort, error) {
	c := cmp.Or(audio.ConnectionInformation, d.ConnectionInformation)
	port := audio.MediaName.Port.Value
	if c == nil || c.Address == nil || port < 0 || port > 65535 {
		return netip.AddrPort{}, ErrDescription
	}
	if port == 0 { // it refuses the media
		return netip.AddrPort{}, ErrCodec
	}
	ip, err := netip.ParseAddr(c.Address.Address)
	if err != nil {
		return netip.AddrPort{}, ErrDescription
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(port)), nil
}

// readFormats takes what is known among the formats.
func (m *description) readFormats(audio *sdp.MediaDescription) {
	names := map[string]string{"0": "PCMU/8000", "8": "PCMA/8000"}
	for _, a := range audio.Attributes {
		if format, name, is := strings.Cut(a.Value, " "); is && a.Key == "rtpmap" {
			names[format] = strings.TrimSuffix(strings.ToUpper(name), "/1")
		}
	}
	for _, format := range audio.MediaName.Formats {
		n, err := strconv.ParseUint(format, 10, 7)
		switch {
		case err != nil:
		case format == "0" && names[format] == "PCMU/8000", format == "8" && names[format] == "PCMA/8000":
			m.codecs = append(m.codecs, Codec(n))
		case names[format] == "TELEPHONE-EVENT/8000" && m.events == 0:
			m.events = uint8(n)
		}
	}
}

// readKey takes the first key of the known suite (RFC 4568). One with a master key identifier is none: packets would be longer.
func (m *description) readKey(audio *sdp.MediaDescription) {
	for _, a := range audio.Attributes {
		fields := strings.Fields(a.Value)
		if a.Key != "crypto" || len(fields) < 3 || fields[1] != suite {
			continue
		}
		text, is := strings.CutPrefix(strings.Split(fields[2], ";")[0], "inline:")
		parts := strings.Split(text, "|")
		if !is || strings.Contains(parts[len(parts)-1], ":") || len(fields) > 3 { // session parameters change what packets are
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(parts[0])
		if err != nil || len(raw) != keySize+saltSize {
			continue
		}
		key := master(raw)
		m.tag, m.key = fields[0], &key
		return
	}
}

// directionOf reports whether the peer wants to get speech.
func directionOf(d *sdp.SessionDescription, audio *sdp.MediaDescription) bool {
	for _, all := range [][]sdp.Attribute{audio.Attributes, d.Attributes} {
		for _, a := range all {
			switch a.Key {
			case "sendrecv", "recvonly":
				return true
			case "sendonly", "inactive":
				return false
			}
		}
	}
	return true
}

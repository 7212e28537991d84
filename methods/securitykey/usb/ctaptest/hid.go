package ctaptest

import (
	"encoding/binary"
	"io"
)

// ReportSize is the size of a HID report in bytes, each way.
const ReportSize = 64

// Commands of CTAPHID (section 11.2.9).
const (
	hidPing      = 0x01
	hidInit      = 0x06
	hidWink      = 0x08
	hidCBOR      = 0x10
	hidCancel    = 0x11
	hidKeepalive = 0x3b
	hidError     = 0x3f
)

// Errors of CTAPHID (section 11.2.9.1.6).
const (
	hidInvalidCommand = 0x01
	hidInvalidLength  = 0x03
	hidInvalidSeq     = 0x04
	hidBusy           = 0x06
	hidInvalidChannel = 0x0b
)

// Status bytes of a keepalive (section 11.2.9.2.4).
const (
	hidProcessing = 1
	hidUpNeeded   = 2
)

const (
	broadcast    = 0xffffffff
	firstData    = ReportSize - 7 // bytes of a message in its first report
	nextData     = ReportSize - 5 // and in each that follows
	maxMessage   = firstData + 128*nextData
	capabilities = 0x01 | 0x04 | 0x08 // wink, CBOR, no CTAP1
)

// message is what a channel sent: a command and its data.
type message struct {
	channel uint32
	command byte
	data    []byte
}

// errHID is an error that CTAPHID answers with.
type errHID byte

func (e errHID) Error() string { return "ctaptest: CTAPHID error" }

// assembler puts messages together out of reports.
type assembler struct {
	open bool
	now  message
	want int
	seq  byte
}

// add takes a report. It gives the message that the report completes, if any, and whether there is one. An errHID goes
// back to the report's channel.
func (a *assembler) add(report []byte) (message, bool, error) {
	channel, first := binary.BigEndian.Uint32(report), report[4]
	if first&0x80 != 0 {
		return a.begin(channel, first&0x7f, report[5:])
	}
	if !a.open || channel != a.now.channel {
		return message{}, false, nil // a stray continuation is ignored (section 11.2.5.4)
	}
	if first != a.seq {
		a.open = false
		return message{}, false, errHID(hidInvalidSeq)
	}
	a.seq++
	a.now.data = append(a.now.data, report[5:]...)
	return a.done()
}

func (a *assembler) begin(channel uint32, command byte, rest []byte) (message, bool, error) {
	size := int(binary.BigEndian.Uint16(rest))
	next := message{channel: channel, command: command, data: append([]byte(nil), rest[2:]...)}
	switch {
	case command == hidCancel || command == hidInit && size == 8:
		next.data = next.data[:min(size, firstData)]
		if a.open && channel == a.now.channel {
			a.open = false
		}
		return next, true, nil
	case size > maxMessage:
		return message{}, false, errHID(hidInvalidLength)
	case a.open && channel != a.now.channel:
		return message{}, false, errHID(hidBusy)
	}
	a.open, a.now, a.want, a.seq = true, next, size, 0
	return a.done()
}

func (a *assembler) done() (message, bool, error) {
	if len(a.now.data) < a.want {
		return message{}, false, nil
	}
	a.open = false
	a.now.data = a.now.data[:a.want]
	return a.now, true, nil
}

// reports cuts a message into reports.
func reports(m message) [][]byte {
	first := make([]byte, ReportSize)
	binary.BigEndian.PutUint32(first, m.channel)
	first[4] = m.command | 0x80
	binary.BigEndian.PutUint16(first[5:], uint16(len(m.data)))
	rest := m.data[copy(first[7:], m.data):]
	all := [][]byte{first}
	for seq := byte(0); len(rest) > 0; seq++ {
		next := make([]byte, ReportSize)
		binary.BigEndian.PutUint32(next, m.channel)
		next[4] = seq
		rest = rest[copy(next[5:], rest):]
		all = append(all, next)
	}
	return all
}

// Port carries reports between a host and a device. Read gives one report of ReportSize at a time, io.EOF when the
// device is taken out.
type Port interface {
	io.ReadWriter
	Unplug() error
}

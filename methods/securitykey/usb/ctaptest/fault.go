package ctaptest

// Message is a request that reached the key, for a decision about faults.
type Message struct {
	N    int  // since the key was plugged in, from 0
	HID  byte // CTAPHID's command
	CTAP byte // the authenticator's command, when HID is CBOR (0x10)
}

// Fault is what goes wrong with a message.
type Fault int

// The faults.
const (
	NoFault        Fault = iota
	Unplug               // taken out before the answer
	UnplugHalfway        // taken out after the answer's first report
	UnplugAfter          // taken out after the answer
	Stall                // no answer, and no keepalive
	StallKeepalive       // no answer, and keepalives without end
	GarbageFrame         // an answer on another channel, with noise in it
	GarbageCBOR          // success, followed by what is no CBOR
	WrongTypes           // success, followed by CBOR of other types than the answer has
	Truncated            // half of the answer's CBOR
	Oversize             // an answer that says to be longer than any may be
	BadSequence          // the answer's reports in a wrong order
	Busy                 // CTAPHID says that the channel is busy
	Refuse               // CTAPHID says that it does not know the command
)

// Faulty are all faults with their names, for a matrix.
func Faulty() map[string]Fault {
	return map[string]Fault{
		"unplug": Unplug, "unplug halfway": UnplugHalfway, "unplug after": UnplugAfter, "stall": Stall,
		"stall with keepalives": StallKeepalive, "garbage frame": GarbageFrame, "garbage CBOR": GarbageCBOR,
		"wrong types": WrongTypes, "truncated": Truncated, "oversize": Oversize, "bad sequence": BadSequence,
		"busy": Busy, "refuse": Refuse,
	}
}

// spoil gives the reports to send for an answer, and whether the key is then taken out.
func (f Fault) spoil(m message) ([][]byte, bool) {
	switch f {
	case Unplug:
		return nil, true
	case UnplugHalfway:
		return reports(m)[:1], true
	case UnplugAfter:
		return reports(m), true
	case GarbageFrame:
		noise := reports(message{channel: m.channel ^ 0x5a5a, command: 0x2a, data: random(nextData)})
		return append(noise, reports(m)...), false
	case GarbageCBOR:
		m.data = append([]byte{0, 0xff, 0xff}, random(20)...)
	case WrongTypes:
		m.data = []byte{0, 0xa3, 0x01, 0xf5, 0x02, 0x63, 'a', 'b', 'c', 0x03, 0x80}
	case Truncated:
		m.data = m.data[:(len(m.data)+1)/2]
	case Oversize:
		all := reports(m)
		all[0][5], all[0][6] = 0xff, 0xff
		return all, false
	case BadSequence:
		m.data = append(m.data, make([]byte, ReportSize)...)
		all := reports(m)
		all[1][4] ^= 0x11
		return all, false
	case Busy:
		m.command, m.data = hidError, []byte{hidBusy}
	case Refuse:
		m.command, m.data = hidError, []byte{hidInvalidCommand}
	}
	return reports(m), false
}

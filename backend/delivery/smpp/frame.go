package smpp

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// headerSize is that of each PDU's header (SMPP 3.4, 3.2).
const headerSize = 16

// mostFrame bounds a PDU: the longest field, message_payload, has 64 KiB.
const mostFrame = data.MAX_PDU_LEN

var errFrame = errors.New("what came is no SMPP")

// frame is a PDU as it came. Its header counts also where its body can't be read: an answer without a body says what was refused.
type frame struct {
	pdu.Header
	raw []byte
}

// readFrame reads the next PDU.
func readFrame(r io.Reader) (frame, error) {
	var head [headerSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	f := frame{Header: pdu.ParseHeader(head)}
	if f.CommandLength < headerSize || f.CommandLength > mostFrame {
		return frame{}, errFrame
	}
	f.raw = make([]byte, f.CommandLength)
	copy(f.raw, head[:])
	_, err := io.ReadFull(r, f.raw[headerSize:])
	return f, err
}

// parse reads the body. What a peer sends ends no server: a fault of the library is an error here.
func (f frame) parse() (p pdu.PDU, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			p, err = nil, fmt.Errorf("%w: %T", errFrame, fault)
		}
	}()
	return pdu.Parse(bytes.NewReader(f.raw))
}

// isAnswer reports whether a PDU answers another one: bit 31 of its command_id.
func (f frame) isAnswer() bool { return f.CommandID < 0 }

// answers reports whether a PDU is an answer to a request of a kind; generic_nack answers any.
func (f frame) answers(request data.CommandIDType) bool {
	return f.CommandID == data.GENERIC_NACK || f.CommandID == answerTo(request)
}

func answerTo(request data.CommandIDType) data.CommandIDType { return request | -0x80000000 }

// marshal writes a PDU.
func marshal(p pdu.PDU) []byte {
	b := pdu.NewBuffer(nil)
	p.Marshal(b)
	return b.Bytes()
}

package smpptest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// Receipt is what the peer says later of a text.
type Receipt struct {
	ID    string // in the words; empty: they name none
	Field string // receipted_message_id; empty: there is no such field
	State string // "DELIVRD"
	Code  string // "err:" in the words; empty: 000
	From  string // the number; empty: none is named
	Class byte   // esm_class; 0: that of a receipt
	Value byte   // message_state; 0: there is no such field
	Words string // in place of those of the standard
	Data  bool   // by data_sm
}

// answerTime bounds how long a client's answer is waited for.
const answerTime = 10 * time.Second

// Tell sends a receipt to the client that bound last, and gives its answer's status.
func (p *Peer) Tell(r Receipt) (data.CommandStatusType, error) {
	if r.Class == 0 {
		r.Class = data.SM_SMSC_DLV_RCPT_TYPE
	}
	if r.Code == "" {
		r.Code = "000"
	}
	if r.Words == "" {
		r.Words = fmt.Sprintf("id:%s sub:001 dlvrd:001 submit date:2611290900 done date:2611290901 stat:%s err:%s text:", r.ID, r.State, r.Code)
	}
	if r.Data {
		return p.ask(dataReceipt(r))
	}
	d := pdu.NewDeliverSM().(*pdu.DeliverSM)
	d.EsmClass = r.Class
	_ = d.SourceAddr.SetAddress(r.From)
	_ = d.Message.SetMessageWithEncoding(r.Words, data.GSM7BIT)
	fields(d, r)
	return p.ask(d)
}

func dataReceipt(r Receipt) pdu.PDU {
	d := pdu.NewDataSM().(*pdu.DataSM)
	d.EsmClass = r.Class
	_ = d.SourceAddr.SetAddress(r.From)
	d.RegisterOptionalParam(pdu.Field{Tag: pdu.TagMessagePayload, Data: []byte(r.Words)})
	fields(d, r)
	return d
}

func fields(d pdu.PDU, r Receipt) {
	if r.Field != "" {
		d.RegisterOptionalParam(pdu.Field{Tag: pdu.TagReceiptedMessageID, Data: append([]byte(r.Field), 0)})
	}
	if r.Value != 0 {
		d.RegisterOptionalParam(pdu.Field{Tag: pdu.TagMessageStateOption, Data: []byte{r.Value}})
	}
}

// Say sends a text of a person, and gives the answer's status.
func (p *Peer) Say(from, words string) (data.CommandStatusType, error) {
	d := pdu.NewDeliverSM().(*pdu.DeliverSM)
	_ = d.SourceAddr.SetAddress(from)
	_ = d.Message.SetMessageWithEncoding(words, data.GSM7BIT)
	return p.ask(d)
}

// Ask asks whether the client is there.
func (p *Peer) Ask() error {
	_, err := p.ask(pdu.NewEnquireLink())
	return err
}

// Farewell ends the client's session by unbind.
func (p *Peer) Farewell() error {
	_, err := p.ask(pdu.NewUnbind())
	return err
}

// ask sends a request to the client that bound last, and waits for its answer.
func (p *Peer) ask(request pdu.PDU) (data.CommandStatusType, error) {
	l := p.last()
	if l == nil {
		return 0, ErrNoLink
	}
	reply := make(chan data.CommandStatusType, 1)
	l.mu.Lock()
	l.next++
	seq := l.next
	l.replies[seq] = reply
	l.mu.Unlock()
	request.SetSequenceNumber(seq)
	l.send(request)
	timer := time.NewTimer(answerTime)
	defer timer.Stop()
	select {
	case status := <-reply:
		return status, nil
	case <-l.gone:
		return 0, ErrNoLink
	case <-timer.C:
		return 0, errors.New("the client did not answer")
	}
}

// Throw sends octets as they are.
func (p *Peer) Throw(octets []byte) {
	if l := p.last(); l != nil {
		l.sendRaw(octets)
	}
}

// last is the link that was bound last and is open; nil for none.
func (p *Peer) last() *link {
	p.mu.Lock()
	all := slices.Clone(p.links)
	p.mu.Unlock()
	for _, l := range slices.Backward(all) {
		l.mu.Lock()
		bound := l.bound
		l.mu.Unlock()
		select {
		case <-l.gone:
		default:
			if bound {
				return l
			}
		}
	}
	return nil
}

// Cut ends every connection.
func (p *Peer) Cut() {
	p.mu.Lock()
	all := p.links
	p.links = nil
	p.mu.Unlock()
	for _, l := range all {
		_ = l.conn.Close()
	}
}

// Deafen has the peer read nothing more of the connections that there are, which stay open, until hear is called.
func (p *Peer) Deafen() (hear func()) {
	deaf := make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links {
		l.mu.Lock()
		l.deaf = deaf
		l.mu.Unlock()
	}
	return func() { close(deaf) }
}

// Taken are the parts that the peer took.
func (p *Peer) Taken() []Submitted {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.taken)
}

// Count is how often something happened.
type Count struct{ Submits, Binds, Enquiries, Farewells, Nacks, MostWaiting int }

// Counted is how often things happened.
func (p *Peer) Counted() Count {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Count{p.asked, p.binds, p.enquired, p.farewell, p.nacked, p.mostWait}
}

// Text is a text as a telephone shows it.
type Text struct{ To, Words string }

// Texts puts the parts together that the peer took. A part that came twice counts once; a text of which one is missing is not shown.
func (p *Peer) Texts() []Text {
	type long struct {
		to         string
		ref, parts byte
	}
	var all []Text
	parts := map[long]map[byte][]byte{}
	for _, s := range p.Taken() {
		if s.Parts == 0 {
			all = append(all, Text{s.To, decode(s.Coding, s.Octets)})
			continue
		}
		key := long{s.To, s.Ref, s.Parts}
		if parts[key] == nil {
			parts[key] = map[byte][]byte{}
		}
		parts[key][s.Part] = s.Octets
		if len(parts[key]) < int(s.Parts) {
			continue
		}
		var words strings.Builder
		for i := range s.Parts {
			words.WriteString(decode(s.Coding, parts[key][i+1])) // each alone, as some telephones do
		}
		delete(parts, key)
		all = append(all, Text{s.To, words.String()})
	}
	return all
}

func decode(coding byte, octets []byte) string {
	e := data.FromDataCoding(coding)
	if e == nil {
		return fmt.Sprintf("coding %d", coding)
	}
	words, err := e.Decode(octets)
	if err != nil {
		return err.Error()
	}
	return words
}

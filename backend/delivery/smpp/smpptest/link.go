package smpptest

import (
	"bufio"
	"fmt"
	"net"
	"sync"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// link is a connection of a client.
type link struct {
	peer  *Peer
	conn  net.Conn
	write chan struct{}
	gone  chan struct{}

	mu      sync.Mutex
	bound   bool
	deaf    chan struct{} // nil: it reads
	next    int32
	replies map[int32]chan data.CommandStatusType
}

// Serve speaks to one client until the connection ends.
func (p *Peer) Serve(conn net.Conn) {
	l := &link{peer: p, conn: conn, write: make(chan struct{}, 1), gone: make(chan struct{}), replies: map[int32]chan data.CommandStatusType{}}
	p.mu.Lock()
	p.links = append(p.links, l)
	p.mu.Unlock()
	defer func() {
		_ = conn.Close()
		close(l.gone)
	}()
	in := bufio.NewReader(conn)
	for {
		got, err := pdu.Parse(in)
		if err != nil {
			return
		}
		l.hear()
		if !l.handle(got) {
			return
		}
	}
}

// hear waits while the link is deaf.
func (l *link) hear() {
	l.mu.Lock()
	deaf := l.deaf
	l.mu.Unlock()
	if deaf != nil {
		<-deaf
	}
}

func (l *link) handle(got pdu.PDU) (goOn bool) {
	switch got := got.(type) {
	case *pdu.BindRequest:
		return l.bind(got)
	case *pdu.SubmitSM:
		l.peer.mu.Lock()
		l.peer.waiting++
		l.peer.mostWait = max(l.peer.mostWait, l.peer.waiting)
		l.peer.mu.Unlock()
		go l.submit(got)
	case *pdu.EnquireLink:
		l.peer.mu.Lock()
		l.peer.enquired++
		answers := l.peer.Enquire == nil || l.peer.Enquire()
		l.peer.mu.Unlock()
		if answers {
			l.send(got.GetResponse())
		}
	case *pdu.Unbind:
		l.peer.mu.Lock()
		l.peer.farewell++
		answers := l.peer.Unbind == nil || l.peer.Unbind()
		l.peer.mu.Unlock()
		if answers {
			l.send(got.GetResponse())
		}
		return !answers
	case *pdu.DeliverSMResp, *pdu.DataSMResp, *pdu.EnquireLinkResp, *pdu.GenericNack, *pdu.UnbindResp:
		return l.replied(got)
	}
	return true
}

func (l *link) bind(b *pdu.BindRequest) (goOn bool) {
	status := data.ESME_ROK
	l.peer.mu.Lock()
	if l.peer.Bind != nil {
		status = l.peer.Bind(b.SystemID, b.Password, b.SystemType)
	}
	l.peer.binds++
	l.peer.mu.Unlock()
	answer := b.GetResponse().(*pdu.BindResp)
	answer.CommandStatus, answer.SystemID = status, "PIER"
	if status != data.ESME_ROK {
		l.sendRaw(headerOf(answer.CommandID, status, answer.SequenceNumber)) // without a body, as the standard wants it
		return false
	}
	l.mu.Lock()
	l.bound = true
	l.mu.Unlock()
	l.send(answer)
	return true
}

// headerOf is a PDU without a body.
func headerOf(id data.CommandIDType, status data.CommandStatusType, seq int32) []byte {
	b := pdu.NewBuffer(nil)
	h := pdu.Header{CommandLength: 16, CommandID: id, CommandStatus: status, SequenceNumber: seq}
	h.Marshal(b)
	return b.Bytes()
}

func (l *link) submit(s *pdu.SubmitSM) {
	p := l.peer
	got := read(s)
	p.mu.Lock()
	p.asked++
	answer := Answer{}
	if p.Submit != nil {
		answer = p.Submit(got)
	}
	got.ID = answer.ID
	if got.ID == "" {
		p.issued++
		got.ID = fmt.Sprintf("%08X", 0xA0000+p.issued)
	}
	if answer.Status == data.ESME_ROK && !answer.Cut {
		p.taken = append(p.taken, got)
	}
	p.mu.Unlock()
	if answer.Wait != nil {
		select {
		case <-answer.Wait:
		case <-l.gone:
		}
	}
	if answer.Silent {
		return // it stays in the window
	}
	p.mu.Lock()
	p.waiting--
	p.mu.Unlock()
	switch {
	case answer.Lost, answer.Cut:
		_ = l.conn.Close()
	case answer.Raw != nil:
		l.sendRaw(answer.Raw)
	case answer.Status != data.ESME_ROK:
		l.sendRaw(headerOf(data.SUBMIT_SM_RESP, answer.Status, s.SequenceNumber))
	default:
		r := s.GetResponse().(*pdu.SubmitSMResp)
		r.MessageID = got.ID
		l.send(r)
	}
}

// read takes a submit_sm apart.
func read(s *pdu.SubmitSM) Submitted {
	got := Submitted{
		From: s.SourceAddr.Address(), FromTON: s.SourceAddr.Ton(), FromNPI: s.SourceAddr.Npi(),
		To: s.DestAddr.Address(), ToTON: s.DestAddr.Ton(), ToNPI: s.DestAddr.Npi(),
		Class: s.EsmClass, Priority: s.PriorityFlag, Receipt: s.RegisteredDelivery, Validity: s.ValidityPeriod,
	}
	if e := s.Message.Encoding(); e != nil {
		got.Coding = e.DataCoding()
	}
	got.Parts, got.Part, got.Ref, _ = s.Message.UDH().GetConcatInfo()
	got.Octets, _ = s.Message.GetMessageData()
	return got
}

func (l *link) send(p pdu.PDU) {
	b := pdu.NewBuffer(nil)
	p.Marshal(b)
	l.sendRaw(b.Bytes())
}

func (l *link) sendRaw(octets []byte) {
	select {
	case l.write <- struct{}{}:
		_, _ = l.conn.Write(octets)
		<-l.write
	case <-l.gone:
	}
}

func (l *link) replied(p pdu.PDU) (goOn bool) {
	l.mu.Lock()
	reply := l.replies[p.GetSequenceNumber()]
	l.mu.Unlock()
	if reply != nil {
		reply <- p.GetHeader().CommandStatus
	}
	l.peer.mu.Lock()
	defer l.peer.mu.Unlock()
	if p.IsGNack() {
		l.peer.nacked++
	}
	_, farewell := p.(*pdu.UnbindResp)
	return !farewell || l.peer.Stay
}

package call

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// within writes a request within the dialog (RFC 3261, 12.2.1.1).
func (o *ongoing) within(method sip.RequestMethod) *sip.Request {
	o.mu.Lock()
	defer o.mu.Unlock()
	target := o.invite.Recipient
	if c := o.answer.Contact(); c != nil {
		target = c.Address
	}
	target.Headers = nil
	req := o.endpoint.request(method, target)
	if method != sip.ACK {
		o.seq++
	}
	callID, hops := sip.CallIDHeader(o.id), sip.MaxForwardsHeader(70)
	to := sip.Header(o.invite.To())
	if h := o.answer.To(); h != nil {
		to = h
	}
	req.AppendHeader(&hops)
	req.AppendHeader(sip.HeaderClone(o.invite.From()))
	req.AppendHeader(sip.HeaderClone(to))
	req.AppendHeader(&callID)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: o.seq, MethodName: method})
	if method == sip.ACK {
		req.CSeq().SeqNo = o.invite.CSeq().SeqNo
	}
	req.AppendHeader(o.endpoint.contact(o.by.port))
	routes := o.answer.GetHeaders("Record-Route")
	slices.Reverse(routes)
	for _, r := range routes {
		req.AppendHeader(sip.NewHeader("Route", r.Value()))
	}
	req.SetBody(nil)
	o.direct(req, target, len(routes) > 0)
	return req
}

// direct chooses where a request within the dialog is sent: by a connection to the server where there is one; else to the first proxy
// on the way back, or to the peer itself. Where the peer names an address of a network that can't be its own from here, it is sent
// where the call went.
func (o *ongoing) direct(req *sip.Request, target sip.Uri, routed bool) {
	if o.endpoint.udp == nil {
		return
	}
	if routed {
		if r := req.Route(); r != nil {
			target = r.Address
		}
	}
	ip, err := netip.ParseAddr(strings.Trim(target.Host, "[]"))
	server := o.endpoint.at.Addr()
	if err != nil || ip.Is4() != server.Is4() || ip.IsUnspecified() || ip.IsPrivate() && !server.IsPrivate() && !server.IsLoopback() || ip.IsLoopback() != server.IsLoopback() {
		return
	}
	req.SetDestination(netip.AddrPortFrom(ip, or(uint16(target.Port), 5060)).String())
}

// acknowledge sends the ACK of the answer, again for each time that the answer comes.
func (o *ongoing) acknowledge() error {
	req := o.within(sip.ACK)
	return o.endpoint.client.WriteRequest(req, build)
}

// hangUp ends a call that was answered, unless the peer did.
func (o *ongoing) hangUp() {
	o.mu.Lock()
	over := o.over
	o.over = true
	o.mu.Unlock()
	if over {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveTime)
	defer cancel()
	req := o.within(sip.BYE)
	_, _ = o.provider.do(ctx, o.endpoint, req)
}

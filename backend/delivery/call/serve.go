package call

import (
	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// remember has the peer's requests find the call.
func (p *Provider) remember(o *ongoing) {
	p.mu.Lock()
	p.calls[o.id] = o
	p.mu.Unlock()
}

func (p *Provider) forget(o *ongoing) {
	p.mu.Lock()
	delete(p.calls, o.id)
	p.mu.Unlock()
}

// find gives the call that a request belongs to, by what only its peer knows: its ID and both tags. nil: there is none.
func (p *Provider) find(req *sip.Request) *ongoing {
	id, from, to := req.CallID(), req.From(), req.To()
	if id == nil || from == nil || to == nil {
		return nil
	}
	p.mu.Lock()
	o := p.calls[id.Value()]
	p.mu.Unlock()
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	theirs := ""
	if h := o.answer.To(); h != nil {
		theirs, _ = h.Params.Get("tag")
	}
	if is, _ := from.Params.Get("tag"); is != theirs {
		return nil
	}
	if is, _ := to.Params.Get("tag"); is != o.mine {
		return nil
	}
	return o
}

// serve answers what peers ask during a call, and turns away everything else: nobody calls a server.
func (p *Provider) serve(s *sipgo.Server) {
	s.OnBye(guarded(p.onBye))
	s.OnInvite(guarded(p.onInvite))
	s.OnAck(guarded(p.onAck))
	s.OnOptions(guarded(func(req *sip.Request, tx sip.ServerTransaction) { reply(req, tx, 200, "OK", nil) }))
	s.OnCancel(guarded(func(req *sip.Request, tx sip.ServerTransaction) {
		reply(req, tx, 481, "Call/Transaction Does Not Exist", nil)
	}))
	s.OnNoRoute(guarded(func(req *sip.Request, tx sip.ServerTransaction) { reply(req, tx, 405, "Method Not Allowed", nil) }))
}

// guarded keeps a request that makes an answer stumble from ending the program.
func guarded(answer sipgo.RequestHandler) sipgo.RequestHandler {
	return func(req *sip.Request, tx sip.ServerTransaction) {
		defer func() { _ = recover() }()
		answer(req, tx)
	}
}

// reply answers a request.
func reply(req *sip.Request, tx sip.ServerTransaction, code int, phrase string, add func(*sip.Response)) {
	res := sip.NewResponseFromRequest(req, code, phrase, nil)
	if code == 200 || code == 405 {
		res.AppendHeader(sip.NewHeader("Allow", allowed))
	}
	if add != nil {
		add(res)
	}
	_ = tx.Respond(res)
}

// onBye takes that the person hung up.
func (p *Provider) onBye(req *sip.Request, tx sip.ServerTransaction) {
	o := p.find(req)
	if o == nil {
		reply(req, tx, 481, "Call/Transaction Does Not Exist", nil)
		return
	}
	o.mu.Lock()
	o.over = true
	o.mu.Unlock()
	reply(req, tx, 200, "OK", nil)
	o.media.HangUp()
}

// onInvite takes that the peer changes how speech goes, as for putting the call on hold (RFC 3261, 14.2). A new call is declined.
func (p *Provider) onInvite(req *sip.Request, tx sip.ServerTransaction) {
	o := p.find(req)
	if o == nil {
		if to := req.To(); to != nil && to.Params.Has("tag") {
			reply(req, tx, 481, "Call/Transaction Does Not Exist", nil)
			return
		}
		reply(req, tx, 603, "Decline", nil)
		return
	}
	if !o.isNext(req) {
		reply(req, tx, 500, "Server Internal Error", nil) // RFC 3261, 12.2.2
		return
	}
	description := []byte(nil)
	if body := req.Body(); len(body) > 0 {
		answer, err := o.media.Reoffer(body)
		if err != nil {
			reply(req, tx, 488, "Not Acceptable Here", nil)
			return
		}
		description = answer
	} else { // it wants an offer, and answers in its ACK
		description = o.media.Offer(o.media.Encrypted())
		o.mu.Lock()
		o.late = true
		o.mu.Unlock()
	}
	o.retarget(req)
	reply(req, tx, 200, "OK", func(res *sip.Response) {
		res.AppendHeader(o.endpoint.contact(o.by.port))
		res.AppendHeader(sip.NewHeader("Content-Type", sdpType))
		res.SetBody(description)
	})
}

// isNext reports whether a request is newer than those before.
func (o *ongoing) isNext(req *sip.Request) bool {
	seq := req.CSeq()
	o.mu.Lock()
	defer o.mu.Unlock()
	if seq == nil || seq.SeqNo <= o.theirs {
		return false
	}
	o.theirs = seq.SeqNo
	return true
}

// retarget takes the place where the peer is from now on.
func (o *ongoing) retarget(req *sip.Request) {
	c := req.Contact()
	if c == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	moved := o.answer.Clone()
	moved.RemoveHeader("Contact")
	moved.AppendHeader(sip.HeaderClone(c))
	o.answer = moved
}

// onAck takes the answer to an offer that the peer asked for.
func (p *Provider) onAck(req *sip.Request, _ sip.ServerTransaction) {
	o := p.find(req)
	if o == nil {
		return
	}
	o.mu.Lock()
	late := o.late
	o.late = false
	o.mu.Unlock()
	if late && len(req.Body()) > 0 {
		_ = o.media.Answer(req.Body())
	}
}

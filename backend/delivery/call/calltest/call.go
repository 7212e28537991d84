package calltest

import (
	"encoding/base64"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Call is one call at a telephone.
type Call struct {
	phone  *Phone
	Invite *sip.Request
	send   func([]byte)
	tag    string
	seq    int

	mu        sync.Mutex
	done      map[chan struct{}]bool
	acked     chan struct{}
	Cancelled chan struct{} // closed where the caller took the call back
	Ended     chan struct{} // closed where it hung up
	Deaf      bool          // it does not answer a CANCEL
	final     bool
}

func newCall(p *Phone, req *sip.Request, send func([]byte)) *Call {
	return &Call{
		phone: p, Invite: req, send: send, tag: "phone-" + req.CallID().Value()[:8], done: map[chan struct{}]bool{},
		acked: make(chan struct{}), Cancelled: make(chan struct{}), Ended: make(chan struct{}),
	}
}

// once closes a channel, if it is open.
func (c *Call) once(ch chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.done[ch] {
		c.done[ch] = true
		close(ch)
	}
}

func (c *Call) cancelled(req *sip.Request) {
	defer c.once(c.Cancelled)
	if c.Deaf {
		return
	}
	c.send([]byte(sip.NewResponseFromRequest(req, 200, "OK", nil).String()))
	c.mu.Lock()
	final := c.final
	c.mu.Unlock()
	if !final {
		c.Reply(487, "Request Terminated")
	}
}

// Reply replies to the INVITE; further headers are "Name: value".
func (c *Call) Reply(code int, phrase string, headers ...string) {
	c.reply(code, phrase, nil, headers...)
}

func (c *Call) reply(code int, phrase string, body []byte, headers ...string) {
	c.mu.Lock()
	c.final = c.final || code >= 200
	c.mu.Unlock()
	res := sip.NewResponseFromRequest(c.Invite, code, phrase, nil)
	if code > 100 {
		to := res.To()
		to.Params = sip.HeaderParams{{K: "tag", V: c.tag}}
	}
	host, port, _ := net.SplitHostPort(c.phone.Address)
	res.AppendHeader(sip.NewHeader("Contact", fmt.Sprintf("<sip:phone@%s:%s>", host, port)))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		res.AppendHeader(sip.NewHeader(name, value))
	}
	if body != nil {
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		res.SetBody(body)
	}
	c.send([]byte(res.String()))
}

// Answer is how a telephone picks up.
type Answer struct {
	Codec    int  // 0 µ-law, 8 A-law
	NoEvents bool // it knows no telephone events
	Secure   bool // it encrypts, if that is offered
	SDP      string
}

// Pick picks up, and waits for the ACK. nil: it did not come.
func (c *Call) Pick(a Answer) *Media {
	m := newMedia(c.Invite.Body(), a)
	if m == nil {
		c.Reply(488, "Not Acceptable Here")
		return nil
	}
	body := a.SDP
	if body == "" {
		body = m.describe("sendrecv")
	}
	c.reply(200, "OK", []byte(body))
	select {
	case <-c.acked:
		return m
	case <-time.After(patience):
		return nil
	}
}

// HangUp ends the call, and gives the caller's reply.
func (c *Call) HangUp() *sip.Response { return c.request("BYE", "") }

// Change sends a new description of the media, and gives the caller's reply.
func (c *Call) Change(description string) *sip.Response { return c.request("INVITE", description) }

// Acknowledge sends the ACK of a change.
func (c *Call) Acknowledge(description string) { c.write("ACK", description) }

func (c *Call) request(method, body string) *sip.Response {
	got := make(chan *sip.Response, 8)
	c.phone.mu.Lock()
	c.phone.waits = append(c.phone.waits, got)
	c.phone.mu.Unlock()
	c.seq++
	c.write(method, body)
	for end := time.After(patience); ; {
		select {
		case res := <-got:
			if string(res.CSeq().MethodName) == method && res.StatusCode >= 200 && res.CallID().Value() == c.Invite.CallID().Value() {
				return res
			}
		case <-end:
			return nil
		}
	}
}

func (c *Call) write(method, body string) {
	contact := c.Invite.Contact().Address
	to := c.Invite.From()
	from := c.Invite.To()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\n", method, contact.String())
	fmt.Fprintf(&b, "Via: SIP/2.0/%s %s;branch=z9hG4bK%s%d%s\r\n", strings.ToUpper(c.phone.config.Network), c.phone.Address, c.tag, c.seq, method)
	fmt.Fprintf(&b, "Max-Forwards: 70\r\nFrom: <%s>;tag=%s\r\nTo: %s\r\n", from.Address.String(), c.tag, to.Value())
	fmt.Fprintf(&b, "Call-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:phone@%s>\r\n", c.Invite.CallID().Value(), c.seq, method, c.phone.Address)
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	c.send([]byte(b.String()))
}

// offered is what an INVITE says of speech.
type offered struct {
	host    string
	port    int
	profile string
	formats []string
	tag     string
	key     []byte
}

func readOffer(body []byte) (o offered) {
	for line := range strings.SplitSeq(string(body), "\r\n") {
		switch {
		case strings.HasPrefix(line, "c=IN IP4 "):
			o.host = line[9:]
		case strings.HasPrefix(line, "m=audio "):
			fields := strings.Fields(line)
			o.port, _ = strconv.Atoi(fields[1])
			o.profile, o.formats = fields[2], fields[3:]
		case strings.HasPrefix(line, "a=crypto:"):
			fields := strings.Fields(line[9:])
			o.tag = fields[0]
			o.key, _ = base64.StdEncoding.DecodeString(strings.TrimPrefix(fields[2], "inline:"))
		}
	}
	return o
}

package call

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// endpoint is this side of the conversation with one address of a server.
type endpoint struct {
	provider *Provider
	agent    *sipgo.UserAgent
	client   *sipgo.Client
	at       netip.AddrPort
	local    netip.Addr
	told     netip.Addr // the peer is told
	udp      net.PacketConn
	done     sync.WaitGroup
}

const mostMessage = 16 << 10 // bytes of a message

// quiet keeps the library from logging: it would write messages out, with numbers in them. A message by UDP may be as long as a packet
// that nobody cuts.
var quiet = sync.OnceFunc(func() {
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
	sip.UDPMTUSize = 1472 + 200
})

// localFor gives the address from which packets to an address leave.
func (p *Provider) localFor(at netip.AddrPort) (netip.Addr, error) {
	if p.config.Local.Addr().IsValid() {
		return p.config.Local.Addr(), nil
	}
	conn, err := net.Dial("udp", at.String()) // sends nothing
	if err != nil {
		return netip.Addr{}, err
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), nil
}

// open makes an endpoint for an address of the server.
func (p *Provider) open(at netip.AddrPort, local netip.Addr) (e *endpoint, err error) {
	e = &endpoint{provider: p, at: at, local: local, told: local}
	if p.config.Told.IsValid() {
		e.told = p.config.Told
	}
	e.agent, err = sipgo.NewUA(
		sipgo.WithUserAgentHostname(p.domain),
		sipgo.WithUserAgentParser(sip.NewParser()),
		sipgo.WithUserAgenTLSConfig(&tls.Config{ServerName: p.at.host, RootCAs: p.config.Roots, MinVersion: tls.VersionTLS12}),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerReadFilter(filter)),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerTerminateOnConnClose()),
	)
	if err != nil {
		return nil, err
	}
	serving, err := sipgo.NewServer(e.agent)
	if err != nil {
		return nil, err
	}
	p.serve(serving)
	options := []sipgo.ClientOption{sipgo.WithClientHostname(literal(e.told)), sipgo.WithClientNAT()}
	if p.at.transport == overUDP {
		if e.udp, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, p.config.Local.Port()))); err != nil {
			return nil, errors.Join(err, e.agent.Close())
		}
		at := e.udp.LocalAddr()
		e.agent.TransportLayer().Pool("udp").Add(at.String(), &sip.UDPConnection{PacketConn: e.udp, PacketAddr: at.String(), Listener: true}) // serving does so a moment later
		e.done.Go(func() { _ = serving.ServeUDP(e.udp) })
		options = append(options, sipgo.WithClientConnectionAddr(at.String()), sipgo.WithClientPort(at.(*net.UDPAddr).Port))
	}
	e.client, err = sipgo.NewClient(e.agent, options...)
	return e, err
}

// filter keeps from the library what would harm: messages that are too long, and packets that its parser stumbles over.
func filter(about sip.TransportReadProps, data []byte) (kept []byte, err error) {
	if about.Transport != "UDP" {
		return data, nil
	}
	defer func() {
		if recover() != nil {
			kept = nil
		}
	}()
	if len(data) > mostMessage {
		return nil, nil
	}
	if len(bytes.Trim(data, "\r\n\x00")) > 0 {
		if _, err := sip.ParseMessage(data); err != nil {
			return nil, nil
		}
	}
	return data, nil
}

// literal is an address as it stands in a message.
func literal(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

func (e *endpoint) close() {
	_ = e.agent.Close()
	if e.udp != nil {
		_ = e.udp.Close()
	}
	e.done.Wait()
}

// reached is how the server was reached.
type reached struct {
	port    int            // that the server sees
	conn    sip.Connection // nil: by UDP nobody is reached yet
	secured *tls.ConnectionState
}

// connect reaches the server, by the connection at hand or a new one, which is kept for what follows.
func (e *endpoint) connect(ctx context.Context) (reached, error) {
	if e.udp != nil {
		return reached{port: e.udp.LocalAddr().(*net.UDPAddr).Port}, nil
	}
	req := e.request(sip.OPTIONS, sip.Uri{Scheme: "sip", Host: e.provider.domain})
	if err := sipgo.ClientRequestAddVia(e.client, req); err != nil {
		return reached{}, err
	}
	conn, err := e.agent.TransportLayer().ClientRequestConnection(ctx, req)
	if err != nil {
		return reached{}, err
	}
	defer func() { _, _ = conn.TryClose() }()
	r := reached{port: conn.LocalAddr().(*net.TCPAddr).Port, conn: conn}
	if tcp, is := conn.(*sip.TCPConnection); is {
		if secure, is := tcp.Conn.(*tls.Conn); is {
			state := secure.ConnectionState()
			r.secured = &state
		}
	}
	return r, nil
}

// forget has nobody get a connection that has ended. The library notices a moment later.
func (e *endpoint) forget(r reached) {
	if r.conn != nil {
		_ = e.agent.TransportLayer().Pool(string(e.provider.at.transport)).CloseAndDelete(r.conn, e.at.String())
	}
}

// request begins a request that goes to the server.
func (e *endpoint) request(method sip.RequestMethod, to sip.Uri) *sip.Request {
	req := sip.NewRequest(method, to)
	req.SetTransport(strings.ToUpper(string(e.provider.at.transport)))
	req.SetDestination(e.at.String())
	if e.udp == nil && e.provider.config.Local.Addr().IsValid() {
		req.Laddr = sip.Addr{IP: e.local.AsSlice()}
	}
	return req
}

// contact is where the server reaches this side.
func (e *endpoint) contact(port int) *sip.ContactHeader {
	user := e.provider.config.User
	if user == "" {
		user = "sparekey"
	}
	uri := sip.Uri{Scheme: "sip", User: user, Host: literal(e.told), Port: port}
	if t := e.provider.at.transport; t != overUDP {
		uri.UriParams = append(uri.UriParams, sip.HeaderKV{K: "transport", V: string(t)})
	}
	return &sip.ContactHeader{Address: uri}
}

// address is a user of the server's domain.
func (p *Provider) address(user string) sip.Uri {
	scheme := "sip"
	uri := sip.Uri{Scheme: scheme, User: user, Host: p.domain}
	if ip, err := netip.ParseAddr(p.domain); err == nil {
		uri.Host = literal(ip)
	}
	if p.config.Domain == "" && p.at.port != 0 {
		uri.Port = int(p.at.port)
	}
	return uri
}

// resolve gives the server's addresses, in the order in which they are tried (RFC 3263).
func (p *Provider) resolve(ctx context.Context) ([]netip.AddrPort, error) {
	usual := uint16(5060)
	if p.at.transport == overTLS {
		usual = 5061
	}
	if ip, err := netip.ParseAddr(p.at.host); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(ip, or(p.at.port, usual))}, nil
	}
	var all []netip.AddrPort
	if p.at.port == 0 {
		service := map[transport][2]string{overUDP: {"sip", "udp"}, overTCP: {"sip", "tcp"}, overTLS: {"sips", "tcp"}}[p.at.transport]
		if _, records, err := p.config.Lookup.LookupSRV(ctx, service[0], service[1], p.at.host); err == nil {
			for _, r := range records {
				all = append(all, p.addresses(ctx, strings.TrimSuffix(r.Target, "."), r.Port)...)
			}
		}
	}
	if len(all) == 0 {
		found, err := p.config.Lookup.LookupNetIP(ctx, "ip", p.at.host)
		if err != nil {
			return nil, err
		}
		for _, ip := range found {
			all = append(all, netip.AddrPortFrom(ip.Unmap(), or(p.at.port, usual)))
		}
	}
	return all, nil
}

func (p *Provider) addresses(ctx context.Context, host string, port uint16) (all []netip.AddrPort) {
	found, _ := p.config.Lookup.LookupNetIP(ctx, "ip", host)
	for _, ip := range found {
		all = append(all, netip.AddrPortFrom(ip.Unmap(), port))
	}
	return all
}

func or(port, usual uint16) uint16 {
	if port == 0 {
		return usual
	}
	return port
}

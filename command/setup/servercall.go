package setup

import (
	"cmp"
	"crypto/x509"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/prompt"
	"github.com/sparekey/sparekey/backend/delivery/call"
	"github.com/sparekey/sparekey/backend/delivery/call/media"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/gateway"
	"github.com/sparekey/sparekey/backend/delivery/spoken"
)

// callBlock is one table of who makes calls.
type callBlock struct {
	CallSettings
	block
}

// callKinds are the kinds of provider by the name that the settings have for them.
var callKinds = map[string]providerKind[callBlock]{
	"sip":                       {checkSIP, openSIP},
	string(gateway.KindTwilio):  {checkCallGateway, openCallGateway},
	string(gateway.KindWebhook): {checkCallGateway, openCallGateway},
}

// The bounds of calls.
const (
	mostCalls   = 200
	leastRing   = 10 * time.Second
	mostRing    = 2 * time.Minute
	longestTest = 3 * time.Minute // of a test call: it rings, and somebody listens
)

// callBlocks are those that the settings have.
func (p *planner) callBlocks() (all []callBlock) {
	d := p.plan.settings.Delivery
	for _, b := range p.blocks("delivery.call", d.Call.Kind != "", maps.Keys(d.Calls)) {
		s := d.Call
		if b.name != "" {
			usual := defaultCall()
			s = d.Calls[b.name]
			s.Time, s.Ring, s.Most = cmp.Or(s.Time, usual.Time), cmp.Or(s.Ring, usual.Ring), cmp.Or(s.Most, usual.Most)
			s.Language, s.SRTP = cmp.Or(s.Language, usual.Language), cmp.Or(s.SRTP, usual.SRTP)
		}
		all = append(all, callBlock{s, b})
	}
	return all
}

// checkCalls looks at what the tables of calls say.
func (p *planner) checkCalls() {
	ports := map[netip.AddrPort]string{}
	for _, b := range p.callBlocks() {
		if local, err := readLocal(b.Local); err == nil && local.Port() != 0 && b.Kind == "sip" {
			if other, taken := ports[local]; taken {
				p.report(b.key+".local", app.NewProblem("", "call_local_taken", "is", b.Local, "other", other))
			}
			ports[local] = b.key
		}
		p.checkTaken(b.block, usualCallName)
		p.checkBlock(b.block, b.Time, b.Trust)
		if !slices.Contains(prompt.Languages(), b.Language) {
			p.report(b.key+".language", app.NewProblem("", "call_language", "is", b.Language, "known", strings.Join(prompt.Languages(), ", ")))
		}
		checkKind(p, callKinds, b.Kind, b, carrier{channel: app.KindVoice, key: b.key, time: b.Time, test: longestTest})
	}
}

// asksForDigits reports whether one of the tables of calls has digits typed: what is reached by HTTP only speaks.
func (p *planner) asksForDigits() bool {
	return slices.ContainsFunc(p.callBlocks(), func(b callBlock) bool { return b.Kind == "sip" })
}

// checkSIP looks at a table of exchanges and trunks.
func checkSIP(p *planner, b callBlock) {
	for _, address := range p.wrongServers(b.block, b.Servers, call.CheckServer) {
		p.report(b.key+".servers", app.NewProblem("", "call_server", "is", address))
	}
	for _, address := range b.Servers {
		if call.InClear(address) {
			p.note(app.NewProblem(b.key+".servers", "call_in_clear", "is", address))
		}
	}
	if b.Domain != "" && call.CheckDomain(b.Domain) != nil {
		p.report(b.key+".domain", app.NewProblem("", "helo", "is", b.Domain))
	}
	p.checkCaller(b)
	for _, rule := range b.Dial {
		if call.CheckDial(rule) != nil {
			p.report(b.key+".dial", app.NewProblem("", "call_dial", "is", rule))
		}
	}
	if !slices.Contains([]media.Security{media.SecureOff, media.SecureOffer, media.SecureRequire}, media.Security(b.SRTP)) {
		p.report(b.key+".srtp", app.NewProblem("", "one_of_three", "first", string(media.SecureOffer), "second", string(media.SecureRequire), "third", string(media.SecureOff), "is", b.SRTP))
	}
	p.checkCallNetwork(b)
}

// checkCaller looks at who calls.
func (p *planner) checkCaller(b callBlock) {
	for key, is := range map[string]string{"user": b.User, "from": b.From} {
		if is != "" && call.CheckUser(is) != nil {
			p.report(b.key+"."+key, app.NewProblem("", "call_user", "is", is))
		}
	}
	if call.CheckName(b.FromName) != nil {
		p.report(b.key+".from_name", app.NewProblem("", "call_user", "is", b.FromName))
	}
	switch {
	case b.User != "":
		p.keepSecret(b.key, "secret", b.Secret, readPassword)
	case b.Register:
		p.report(b.key+".user", app.NewProblem("", "required"))
	case b.From == "":
		p.report(b.key+".from", app.NewProblem("", "required"))
	}
}

// checkCallNetwork looks at addresses, ports and bounds.
func (p *planner) checkCallNetwork(b callBlock) {
	local, err := readLocal(b.Local)
	switch {
	case err != nil:
		p.report(b.key+".local", app.NewProblem("", "call_local", "is", b.Local))
	case local.Port() != 0 && len(b.Servers) > 1:
		p.report(b.key+".local", app.NewProblem("", "call_local_port", "is", b.Local))
	}
	if _, err := netip.ParseAddr(b.External); b.External != "" && err != nil {
		p.report(b.key+".external", app.NewProblem("", "call_external", "is", b.External))
	}
	if _, ok := readPorts(b.Ports, b.Most); !ok {
		p.report(b.key+".ports", app.NewProblem("", "call_ports", "is", b.Ports, "calls", b.Most))
	}
	p.between(b.key+".calls", b.Most, 1, mostCalls)
	if b.Ring < leastRing || b.Ring > mostRing {
		p.report(b.key+".ring", app.NewProblem("", "between", "least", leastRing, "most", mostRing, "is", b.Ring))
	}
}

// readLocal reads an address, with a port or without; zero: there is none.
func readLocal(text string) (netip.AddrPort, error) {
	if text == "" {
		return netip.AddrPort{}, nil
	}
	if ip, err := netip.ParseAddr(text); err == nil {
		return netip.AddrPortFrom(ip, 0), nil
	}
	return netip.ParseAddrPort(text)
}

// readPorts reads a range that has two ports for each call; zero: the system's choice.
func readPorts(text string, calls int) (ports [2]uint16, ok bool) {
	if text == "" {
		return ports, true
	}
	first, last, _ := strings.Cut(text, "-")
	from, err := strconv.ParseUint(first, 10, 16)
	to, err2 := strconv.ParseUint(last, 10, 16)
	if err != nil || err2 != nil || from < 1024 || to < from+2*uint64(max(calls, 1))-1 {
		return ports, false
	}
	return [2]uint16{uint16(from), uint16(to)}, true
}

// openSIP makes the providers of a table, one for each server.
func openSIP(p *ServerPlan, b callBlock, with surroundings) ([]examine.Provider, error) {
	local, err := readLocal(b.Local)
	if err != nil {
		return nil, err
	}
	told, _ := netip.ParseAddr(b.External)
	ports, _ := readPorts(b.Ports, b.Most)
	return openEach(p, b.Trust, b.Servers, func(server string, roots *x509.CertPool) (*call.Provider, error) {
		return call.New(call.Config{
			Server: server, Domain: b.Domain, Roots: roots, User: b.User, Secret: p.passwords[b.key], Realm: b.Realm, Register: b.Register,
			From: b.From, Name: b.FromName, Dial: b.Dial, Security: media.Security(b.SRTP), Local: local, Told: told, Ports: ports,
			Most: b.Most, Ring: b.Ring, Receipts: with.receipts,
			Talk: spoken.Config{Language: b.Language, Press: !b.SpeakAtOnce, Clock: with.clock, Keyed: with.keyed, Pointless: with.pointless},
		})
	})
}

// usualCallName is the name of [delivery.call] in logs and in the trail.
const usualCallName = "call"

// callGatewayConfig is what a table of a provider that is reached by HTTP means, but for its secret and what it works with.
func callGatewayConfig(b callBlock) gateway.Config {
	return gateway.Config{
		Kind: gateway.Kind(b.Kind), Name: cmp.Or(b.name, usualCallName), Endpoint: b.Endpoint, User: b.User, Key: b.Key, From: b.From, Language: b.Language,
	}
}

// checkCallGateway looks at a table of a provider that is reached by HTTP.
func checkCallGateway(p *planner, b callBlock) {
	p.checkEndpoint(callGatewayConfig(b), b.key, b.Secret)
	if !b.SpeakAtOnce {
		p.report(b.key+".speak_at_once", app.NewProblem("", "call_at_once", "is", b.Kind))
	}
}

// openCallGateway makes the provider of a table that is reached by HTTP.
func openCallGateway(p *ServerPlan, b callBlock, with surroundings) ([]examine.Provider, error) {
	return openEach(p, b.Trust, []string{b.Endpoint}, func(_ string, roots *x509.CertPool) (*gateway.Gateway, error) {
		c := callGatewayConfig(b)
		c.Roots, c.Clock, c.Secret = roots, with.clock, p.passwords[b.key]
		return gateway.New(c)
	})
}

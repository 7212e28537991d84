package setup

import (
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/server"
)

// What an address may be in place of one.
const (
	bySystemd = "systemd" // a socket that systemd hands over
	switchOff = "off"
	byPath    = "unix:" // a socket in the file system
)

// checkSettings looks at what can be judged without a file.
func (p *planner) checkSettings() {
	s := p.plan.settings
	if s.BaseURL == "" {
		p.report("base_url", app.NewProblem("", "required"))
	} else if err := CheckServer(s.BaseURL); err != nil {
		p.report("base_url", err)
	}
	p.plan.host, p.plan.name = hostOf(s.BaseURL)
	p.checkListen(s.Listen)
	p.checkACME(s)
	p.checkAdmin(s.Admin.Address)
	p.checkLimits(s.Limits)
	if !slices.Contains([]string{"json", "journal", "text"}, s.Log.Format) {
		p.report("log.format", app.NewProblem("", "one_of_three", "first", "json", "second", "journal", "third", "text", "is", s.Log.Format))
	}
	level, known := levels[s.Log.Level]
	if p.plan.level = level; !known {
		p.report("log.level", app.NewProblem("", "one_of_three", "first", "info", "second", "warn", "third", "error", "is", s.Log.Level))
	}
	if u, err := url.Parse(s.Traces.Endpoint); s.Traces.Endpoint != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		p.report("traces.endpoint", app.NewProblem("", "collector", "is", s.Traces.Endpoint))
	}
	p.between("traces.percent", s.Traces.Percent, 0, 100)
}

var levels = map[string]slog.Level{"info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}

func (p *planner) checkListen(s ListenSettings) {
	if s.Address != bySystemd && !isAddress(s.Address) {
		p.report("listen.address", app.NewProblem("", "listen_address", "is", s.Address))
	}
	p.plan.proxies = p.networks("listen.behind_proxy", s.BehindProxy)
	switch {
	case s.Certificate == "" && s.Key == "":
		if len(s.BehindProxy) == 0 && p.plan.settings.ACME.Directory == "" {
			p.report("listen.certificate", app.NewProblem("", "listen_in_clear"))
		}
	case s.Certificate == "":
		p.report("listen.certificate", app.NewProblem("", "required"))
	case s.Key == "":
		p.report("listen.key", app.NewProblem("", "required"))
	}
}

func (p *planner) checkACME(s ServerSettings) {
	if s.ACME.Directory == "" {
		return
	}
	if u, err := url.Parse(s.ACME.Directory); err != nil || u.Scheme != "https" || u.Host == "" {
		p.report("acme.directory", app.NewProblem("", "link", "is", s.ACME.Directory))
	}
	if s.Listen.Certificate != "" {
		p.report("acme.directory", app.NewProblem("", "acme_and_files"))
	}
	if !s.ACME.AgreeTerms {
		p.report("acme.agree_terms", app.NewProblem("", "acme_terms"))
	}
	if _, err := mail.ParseAddress(s.ACME.Contact); s.ACME.Contact != "" && err != nil {
		p.report("acme.contact", app.NewProblem("", "mail", "is", s.ACME.Contact))
	}
}

func (p *planner) checkAdmin(address string) {
	if path, is := strings.CutPrefix(address, byPath); is {
		if !filepath.IsAbs(path) {
			p.report("admin.address", app.NewProblem("", "socket_path", "is", path))
		}
		return
	}
	if address == bySystemd || address == switchOff {
		return
	}
	if !isAddress(address) {
		p.report("admin.address", app.NewProblem("", "admin_address", "is", address))
		return
	}
	host, _, _ := net.SplitHostPort(address)
	if public := p.plan.settings.Listen.Address; isAddress(public) && sameAddress(address, public) {
		p.report("admin.address", app.NewProblem("", "same_address", "other", "listen.address", "is", public))
	}
	if !server.IsHere(host) {
		p.note(app.NewProblem("admin.address", "admin_open", "is", address))
	}
}

// The bounds of limits.
const (
	mostConnections = 100_000
	mostRequests    = 1_000_000 // a minute
	leastTime       = time.Second
	mostTime        = time.Hour
)

func (p *planner) checkLimits(s LimitSettings) {
	p.between("limits.connections", s.Connections, 1, mostConnections)
	p.between("limits.connections_per_client", s.ConnectionsPerClient, 1, mostConnections)
	p.between("limits.requests_per_minute", s.RequestsPerMinute, 1, mostRequests)
	p.plan.shared = p.networks("limits.shared_networks", s.SharedNetworks)
	for key, is := range map[string]time.Duration{
		"limits.header_time": s.HeaderTime, "limits.body_time": s.BodyTime, "limits.reply_time": s.ReplyTime,
		"limits.idle_time": s.IdleTime, "limits.stop_time": s.StopTime,
	} {
		if is < leastTime || is > mostTime {
			p.report(key, app.NewProblem("", "between", "least", leastTime, "most", mostTime, "is", is))
		}
	}
}

func (p *planner) between(key string, is, least, most int) {
	if is < least || is > most {
		p.report(key, app.NewProblem("", "between", "least", least, "most", most, "is", is))
	}
}

// isAddress reports whether something can be listened at: a host or none, and a port.
func isAddress(address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n <= 65535
}

// sameAddress reports whether two addresses can't both be listened at: one port of one host, or of all. Port 0 is another one each time.
func sameAddress(one, other string) bool {
	host, port, _ := net.SplitHostPort(one)
	otherHost, otherPort, _ := net.SplitHostPort(other)
	all := func(host string) bool { return host == "" || host == "0.0.0.0" || host == "::" }
	return port == otherPort && strings.Trim(port, "0") != "" && (host == otherHost || all(host) || all(otherHost))
}

// networks reads addresses and networks.
func (p *planner) networks(key string, names []string) (read []netip.Prefix) {
	for _, name := range names {
		network, ok := readNetwork(name)
		if !ok {
			p.report(key, app.NewProblem("", "proxy_address", "is", name))
			continue
		}
		read = append(read, network)
	}
	return read
}

// readNetwork reads an address or a network.
func readNetwork(name string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(name); err == nil {
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	network, err := netip.ParsePrefix(name)
	return network, err == nil && network == network.Masked() && !network.Addr().Is4In6() && network.Bits() > 0
}

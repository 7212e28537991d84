package listen

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/sparekey/sparekey/backend/limit"
)

// door is a listener that closes connections unheard: those over the limits, and those in clear that come from no proxy. It
// never waits for one to end, so that who fills the door keeps nobody in the queue behind it.
type door struct {
	net.Listener
	config     Config
	turnedAway atomic.Int64

	mu    sync.Mutex
	total int
	by    map[string]int // by the client's network
}

func newDoor(l net.Listener, c Config) *door {
	return &door{Listener: l, config: c, by: map[string]int{}}
}

// Accept implements net.Listener.
func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if leave, in := d.enter(c.RemoteAddr()); in {
			return &visit{Conn: c, leave: leave}, nil
		}
		d.turnedAway.Add(1)
		_ = c.Close() // nothing was said
	}
}

// enter counts a connection, unless it is to be turned away. leave counts it out.
func (d *door) enter(from net.Addr) (leave func(), in bool) {
	addr, client := clientOf(from)
	proxy := within(d.config.Proxies, addr)
	if d.config.Certificate == nil && !proxy {
		return nil, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	limits := d.config.Limits
	if limits.Connections > 0 && d.total >= limits.Connections {
		return nil, false
	}
	many := proxy || within(d.config.Shared, addr)
	if !many && limits.ConnectionsPerClient > 0 && d.by[client] >= limits.ConnectionsPerClient {
		return nil, false
	}
	d.total++
	d.by[client]++
	return sync.OnceFunc(func() { d.left(client) }), true
}

func (d *door) left(client string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.total--
	if d.by[client]--; d.by[client] == 0 {
		delete(d.by, client)
	}
}

func (d *door) open() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.total
}

// clientOf is where a connection comes from, and the network that it counts under.
func clientOf(from net.Addr) (addr netip.Addr, network string) {
	with, err := netip.ParseAddrPort(from.String())
	if err != nil {
		return addr, from.Network()
	}
	addr = with.Addr().Unmap().WithZone("")
	return addr, limit.Networks(addr.String())[0]
}

func within(networks []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// visit is a connection that is counted out once.
type visit struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (v *visit) Close() error {
	v.leave()
	return v.Conn.Close()
}

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
	client, proxy := d.client(from)
	if d.config.Certificate == nil && !proxy {
		return nil, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	limits := d.config.Limits
	if limits.Connections > 0 && d.total >= limits.Connections {
		return nil, false
	}
	if !proxy && limits.ConnectionsPerClient > 0 && d.by[client] >= limits.ConnectionsPerClient {
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

// client is the network that a connection counts under, and whether it is a proxy's.
func (d *door) client(from net.Addr) (network string, proxy bool) {
	with, err := netip.ParseAddrPort(from.String())
	if err != nil {
		return from.Network(), false
	}
	addr := with.Addr().Unmap().WithZone("")
	proxy = slices.ContainsFunc(d.config.Proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
	return limit.Networks(addr.String())[0], proxy
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

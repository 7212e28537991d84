package setup

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/listen"
	"github.com/sparekey/sparekey/command/filepages"
	"github.com/sparekey/sparekey/command/systemd"
)

// garbage is how much may lie about before it is collected, in percent of what is in use. With Go's 100 the collector takes a fifth
// of a reset's processor time.
const garbage = 200

// threads run Go's code at once, at least. The only one would be kept by a commit that waits for the disk, until Go's monitor takes it
// away up to 10 ms later, and meanwhile nobody is served: on one processor two let in twice as many people.
const threads = 2

// Serve serves people until ctx ends, then lets finish what has begun: requests for the settings' stop_time, then the backend.
// reload tells it to look at the policy at once.
func (s *Server) Serve(ctx context.Context, reload <-chan os.Signal) error {
	public, admin, err := s.listeners()
	if err != nil {
		return err
	}
	if os.Getenv("GOMAXPROCS") == "" && runtime.GOMAXPROCS(0) < threads {
		runtime.GOMAXPROCS(threads)
	}
	limits := s.plan.settings.Limits
	front := listen.New(public, listen.Config{
		Handler: s.handler, Certificate: s.plan.certificate, Proxies: s.plan.proxies, Shared: s.plan.shared, Health: s.health, Log: s.log,
		Limits: listen.Limits{
			Connections: limits.Connections, ConnectionsPerClient: limits.ConnectionsPerClient,
			HeaderTime: limits.HeaderTime, BodyTime: limits.BodyTime, ReplyTime: limits.ReplyTime, IdleTime: limits.IdleTime,
		},
	})
	if s.plan.certificate != nil {
		s.plan.certificate.LogTo(s.log)
	}
	s.measure(front)
	ended := make(chan error, 2)
	go func() { ended <- front.Serve() }()
	backdoor := listen.Administration(s.health, s.watched.Handler(), s.log)
	if admin != nil {
		go func() { ended <- backdoor.Serve(admin) }()
	}
	if s.plan.issued != nil {
		go s.plan.issued.Obtain() // the authority comes to look by the listener
	}
	s.tellReady(public, admin)
	debug.FreeOSMemory() // the start takes several times what a server at rest needs
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	go s.giveSigns(watching)
	go giveBackPages(watching, front.Running, new(filepages.Pages).GiveBack)
	for {
		select {
		case err = <-ended:
		case <-reload:
			s.reload(ctx)
			continue
		case <-ctx.Done():
		}
		break
	}
	return errors.Join(err, s.stop(front, backdoor.Close))
}

// giveBackPages gives back what the start, and later those who were served, left resident of the program's file, until ctx ends: at once
// and then every minute, unless a request is running.
func giveBackPages(ctx context.Context, running func() int, giveBack func()) {
	next := time.NewTicker(time.Minute)
	defer next.Stop()
	for {
		if running() == 0 {
			giveBack()
		}
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
	}
}

// stop tells everybody, and lets finish what has begun.
func (s *Server) stop(front *listen.Server, closeAdmin func() error) error {
	s.health.Stop()
	s.tell("stopping", systemd.Stopping)
	s.log.Info("the server stops", "requests", front.Running())
	ctx, cancel := context.WithTimeout(context.Background(), s.plan.settings.Limits.StopTime)
	defer cancel()
	err := front.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests took longer than the stop may, and were cut", "requests", front.Running())
		err = nil
	}
	return errors.Join(err, closeAdmin())
}

func (s *Server) reload(ctx context.Context) {
	s.tell("reloading", systemd.Reloading)
	if err := s.service.Reload(ctx); err != nil {
		s.log.Error("the policy could not be looked at", "error", err)
	}
	s.lookAtSettings()
	s.tell("ready", systemd.Ready)
}

// lookAtSettings says what a reload leaves as it is: settings that were changed since the start, and whether the next one would take them.
func (s *Server) lookAtSettings() {
	path := s.plan.path
	if now, _, problems, err := readServerSettings(path); err == nil && problems.OrNil() == nil && reflect.DeepEqual(now, s.plan.settings) {
		return
	}
	if _, err := Plan(path, s.parts.Clock); err != nil {
		s.log.Error("the settings were changed and can't be used: the next start would be refused", "file", path, "error", err)
		return
	}
	s.log.Warn("the settings were changed: a restart takes them up", "file", path)
}

func (s *Server) tellReady(public, admin net.Listener) {
	adminAddress := ""
	if admin != nil {
		adminAddress = admin.Addr().String()
	}
	s.log.Info("the server is ready", "address", public.Addr().String(), "admin", adminAddress, "version", s.parts.Version)
	s.tell("ready", systemd.Ready)
	if s.parts.Ready != nil {
		s.parts.Ready(public.Addr().String(), adminAddress)
	}
}

func (s *Server) tell(what string, say func() error) {
	if err := say(); err != nil {
		s.log.Warn("systemd could not be told", "what", what, "error", err)
	}
}

// giveSigns gives systemd signs of life, while the store lets itself be read, whatever it says.
func (s *Server) giveSigns(ctx context.Context) {
	if err := systemd.Watch(ctx, func(ctx context.Context) { _, _ = s.service.Health(ctx) }); err != nil {
		s.log.Warn("systemd could not be given signs of life", "error", err)
	}
}

// measure adds the figures of the front.
func (s *Server) measure(front *listen.Server) {
	s.watched.Gauge("sparekey_connections", "Connections that are open.", func() float64 { return float64(front.Connections()) })
	s.watched.Gauge("sparekey_requests_running", "Requests that are being answered.", func() float64 { return float64(front.Running()) })
	s.watched.Counter("sparekey_connections_refused_total", "Connections that were closed unheard: over a limit, or in clear and from no proxy.", func() float64 { return float64(front.TurnedAway()) })
	if c := s.plan.certificate; c != nil {
		s.watched.Gauge("sparekey_certificate_expires_seconds", "When the certificate is over, in seconds since 1970.", func() float64 {
			if leaf := c.Leaf(); leaf != nil {
				return float64(leaf.NotAfter.Unix())
			}
			return 0
		})
	}
}

// listeners opens the public listener and the administrators', which may be none.
func (s *Server) listeners() (public, admin net.Listener, err error) {
	if public, err = listenAt(s.plan.settings.Listen.Address, "public"); err != nil {
		return nil, nil, s.plan.notListening("listen.address", s.plan.settings.Listen.Address, err)
	}
	if s.plan.settings.Admin.Address == switchOff {
		return public, nil, nil
	}
	if admin, err = listenAt(s.plan.settings.Admin.Address, "admin"); err != nil {
		return nil, nil, errors.Join(s.plan.notListening("admin.address", s.plan.settings.Admin.Address, err), public.Close())
	}
	return public, admin, nil
}

// notListening says by the setting why an address can't be listened at.
func (p *ServerPlan) notListening(setting, address string, err error) error {
	var found app.Problem
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		found = app.NewProblem(setting, "address_taken", "is", address)
	case errors.Is(err, syscall.EACCES):
		found = app.NewProblem(setting, "address_reserved", "is", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		found = app.NewProblem(setting, "address_elsewhere", "is", address)
	default:
		found = app.ProblemOf(err)
		found.Key = setting
	}
	return errors.New(words.ProblemIn(p.path, found))
}

// listenAt listens at an address, or takes the socket over that systemd has opened under a name.
func listenAt(address, name string) (net.Listener, error) {
	if address == bySystemd {
		return systemd.Listener(name)
	}
	path, is := strings.CutPrefix(address, byPath)
	if !is {
		return net.Listen("tcp", address)
	}
	if err := removeSocket(path); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	return l, err
}

// removeSocket takes away what a server that was killed has left of its socket, and nothing else.
func removeSocket(path string) error {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return nil // the listener says what is there
	}
	return os.Remove(path)
}

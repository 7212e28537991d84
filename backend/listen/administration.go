package listen

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// Administration serves metrics, profiles, and why a part is down, on a listener of its own: a loopback address, a socket in
// the file system, or a network of administrators. Nobody is asked who they are there.
func Administration(health *Health, metrics http.Handler, log *slog.Logger) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("/healthz", health.live)
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, r *http.Request) { health.ready(w, r, true) })
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return &http.Server{
		Handler:           harden(byAddress(mux), false),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// byAddress answers who names the listener by its address: a web page in an administrator's browser knows it by the name of
// another site at most (DNS rebinding).
func byAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if host != "localhost" && net.ParseIP(trimBrackets(host)) == nil {
			w.WriteHeader(http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func trimBrackets(host string) string {
	if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
		return host[1 : n-1]
	}
	return host
}

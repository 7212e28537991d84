package listen

import "net/http"

// caution is what every reply tells a browser, for which none of them is meant: nothing of it is to be run, framed, sent on or
// shared with another site.
var caution = map[string]string{
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
}

// strictTransport is that the server is spoken to by TLS alone, for a year (RFC 6797).
const strictTransport = "max-age=31536000"

func harden(next http.Handler, strict bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range caution {
			w.Header().Set(name, value)
		}
		if strict {
			w.Header().Set("Strict-Transport-Security", strictTransport)
		}
		next.ServeHTTP(w, r)
	})
}

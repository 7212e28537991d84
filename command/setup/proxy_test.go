//go:build linux

package setup

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
)

// front is a real proxy that ends TLS before a server.
type front struct {
	t       *testing.T
	address string
	trusted *x509.CertPool
	log     string // a line for each request that it has taken
}

// proxies are the real ones. Each is started by a command on a configuration of its own; both are set up as docs/operations.md says
// or, worse, so that they add to what a client says of addresses.
var proxies = map[string]func(dir, address, server string) (config string, command []string){
	"nginx": func(dir, address, server string) (string, []string) {
		return fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log %[1]s/errors;
events {}
http {
  access_log %[1]s/requests combined;
  client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
  server {
    listen %[2]s ssl http2;
    ssl_certificate %[1]s/cert.pem; ssl_certificate_key %[1]s/key.pem;
    location / {
      proxy_pass http://%[3]s;
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header Connection "";
    }
  }
}
`, dir, address, server), []string{"nginx", "-p", dir, "-e", dir + "/errors", "-c", dir + "/config"}
	},
	"haproxy": func(dir, address, server string) (string, []string) {
		return fmt.Sprintf(`global
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend f
  bind %[2]s ssl crt %[1]s/both.pem alpn h2,http/1.1
  option forwardfor
  default_backend b
backend b
  server s %[3]s
`, dir, address, server), []string{"haproxy", "-db", "-f", dir + "/config"}
	},
}

// startFront starts a proxy before the house.
func startFront(t *testing.T, name string, h *house) *front {
	t.Helper()
	dir := t.TempDir()
	chain := certify(t, dir, "reset.example.org", time.Now().Add(time.Hour))
	key, err := os.ReadFile(filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "both.pem"), string(chain)+string(key))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{t: t, address: l.Addr().String(), trusted: x509.NewCertPool(), log: filepath.Join(dir, "requests")}
	f.trusted.AppendCertsFromPEM(chain)
	_ = l.Close()
	config, command := proxies[name](dir, f.address, h.public)
	write(t, filepath.Join(dir, "config"), config)
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(command[0], command[1:]...)
	c.Stdout, c.Stderr = out, out
	if name == "haproxy" {
		f.log = out.Name()
	}
	if err := c.Start(); err != nil {
		t.Skipf("%s is not there: %v", name, err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
	})
	for began := time.Now(); ; runtime.Gosched() {
		conn, err := net.Dial("tcp", f.address)
		if err == nil {
			_ = conn.Close()
			return f
		}
		if time.Since(began) > 20*time.Second {
			said, _ := os.ReadFile(out.Name())
			t.Fatalf("%s does not start: %s", name, said)
		}
	}
}

// dial connects by TLS from an address that is no proxy's.
func (f *front) dial(protocols ...string) func(context.Context, string, string) (net.Conn, error) {
	return f.dialFrom(net.IPv4(127, 0, 0, 9), protocols...)
}

func (f *front) dialFrom(from net.IP, protocols ...string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		d := &tls.Dialer{
			NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: from}},
			Config:    &tls.Config{RootCAs: f.trusted, ServerName: "reset.example.org", NextProtos: protocols},
		}
		return d.DialContext(ctx, "tcp", f.address)
	}
}

func (f *front) client(transport *http.Transport) *client.Client {
	f.t.Cleanup(transport.CloseIdleConnections)
	return &client.Client{Base: "https://reset.example.org", Transport: transport}
}

// raw writes bytes as they are, and reads until the proxy closes.
func (f *front) raw(text string) string { return f.rawFrom(net.IPv4(127, 0, 0, 9), text) }

func (f *front) rawFrom(from net.IP, text string) string {
	f.t.Helper()
	c, err := f.dialFrom(from, "http/1.1")(f.t.Context(), "", "")
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		f.t.Fatal(err)
	}
	_, _ = io.WriteString(c, text)
	var all bytes.Buffer
	_, _ = io.Copy(&all, c)
	return all.String()
}

// clearSettings are the settings of a server before which a proxy ends TLS.
func clearSettings(more string) string {
	return strings.Replace(goodServer, "certificate = \"cert.pem\"\nkey = \"key.pem\"", `behind_proxy = ["127.0.0.1"]`, 1) + more
}

// TestBehindARealProxy goes through a real nginx and a real HAProxy: by HTTP/1.1 and HTTP/2, to the right host alone, with the
// address that the proxy has seen, whatever a client says of it.
func TestBehindARealProxy(t *testing.T) {
	for name := range proxies {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, clearSettings("[limits]\nrequests_per_minute = 60\n"))
			h.start(quickHasher())
			f := startFront(t, name, h)
			one := f.client(&http.Transport{DialTLSContext: f.dial("http/1.1")})
			two := f.client(&http.Transport{
				ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: f.trusted},
				DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
					return (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}).DialContext(ctx, "tcp", f.address)
				},
			})
			for protocol, c := range map[string]*client.Client{"HTTP/1.1": one, "HTTP/2": two} {
				flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: key()})
				if err != nil {
					t.Fatalf("%s: %v", protocol, err)
				}
				if _, err := c.Get(t.Context(), flow.ID); err != nil {
					t.Errorf("%s: %v", protocol, err)
				}
			}
			taken, refused := 0, 0
			for i := range 30 { // of one client, whatever it says
				switch reply := f.raw(fmt.Sprintf("GET /v1/organisation HTTP/1.1\r\nHost: reset.example.org\r\nX-Forwarded-For: 198.51.100.%d\r\nForwarded: for=198.51.100.%d\r\nX-Real-IP: 198.51.100.%d\r\nConnection: close\r\n\r\n", i, i, i)); {
				case strings.HasPrefix(reply, "HTTP/1.1 200"):
					taken++
				case strings.HasPrefix(reply, "HTTP/1.1 429"):
					refused++
				default:
					t.Errorf("got %q", reply)
				}
			}
			if refused == 0 || taken == 0 {
				t.Errorf("%d requests were taken, %d refused: a client chooses its address", taken, refused)
			}
			another := net.IPv4(127, 0, 0, 10)
			if reply := f.rawFrom(another, "GET /v1/organisation HTTP/1.1\r\nHost: reset.example.org\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(reply, "HTTP/1.1 200") {
				t.Errorf("another client is refused with the first: %q", reply)
			}
			if reply := f.rawFrom(another, "GET /v1/organisation HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(reply, "HTTP/1.1 400") {
				t.Errorf("another host is answered: %q", reply)
			}
			h.end()
		})
	}
}

const post = "POST /v1/flows HTTP/1.1\r\nHost: reset.example.org\r\nContent-Type: application/json\r\n"

// hidden is a request that a body hides.
const hidden = "GET /openapi.json HTTP/1.1\r\nHost: reset.example.org\r\nConnection: close\r\n\r\n"

// TestThreatARequestIsSmuggledPastARealProxy: whatever a proxy makes of lengths, chunks and odd lines, the server never sees a
// request that the proxy has not seen, nor a path otherwise than it.
func TestThreatARequestIsSmuggledPastARealProxy(t *testing.T) {
	chunked := fmt.Sprintf("0\r\n\r\n%s", hidden)
	attacks := map[string]string{
		"lengths before chunks":  post + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%s", len(chunked), chunked),
		"chunks in disguise":     post + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: xchunked\r\n\r\n%s", len(chunked), chunked),
		"chunks behind a blank":  post + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding : chunked\r\n\r\n%s", len(chunked), chunked),
		"chunks behind a tab":    post + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding:\tchunked\r\n\r\n%s", len(chunked), chunked),
		"chunks on a new line":   post + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding:\r\n chunked\r\n\r\n%s", len(chunked), chunked),
		"chunks twice":           post + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n%s", len(chunked), chunked),
		"two lengths":            post + fmt.Sprintf("Content-Length: 0\r\nContent-Length: %d\r\n\r\n%s", len(hidden), hidden),
		"a length with a sign":   post + fmt.Sprintf("Content-Length: +%d\r\n\r\n%s", len(hidden), hidden),
		"a bare line feed":       post + fmt.Sprintf("X-A: b\nContent-Length: %d\r\n\r\n%s", len(hidden), hidden),
		"a body of a GET":        strings.Replace(post, "POST /v1/flows", "GET /v1/organisation", 1) + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(hidden), hidden),
		"an odd size of a chunk": post + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n0x%x\r\n%s\r\n0\r\n\r\n", len(hidden), hidden),
		"an address as path":     "GET http://evil.example/openapi.json HTTP/1.1\r\nHost: reset.example.org\r\nConnection: close\r\n\r\n",
		"dots":                   "GET /v1/../openapi.json HTTP/1.1\r\nHost: reset.example.org\r\nConnection: close\r\n\r\n",
		"dots in disguise":       "GET /v1/%2e%2e/openapi.json HTTP/1.1\r\nHost: reset.example.org\r\nConnection: close\r\n\r\n",
		"two slashes":            "GET //openapi.json HTTP/1.1\r\nHost: reset.example.org\r\nConnection: close\r\n\r\n",
		"an older protocol":      post + fmt.Sprintf("Connection: Content-Length\r\nContent-Length: %d\r\n\r\n%s", len(hidden), hidden),
	}
	for name := range proxies {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, clearSettings(""))
			h.start(quickHasher())
			f := startFront(t, name, h)
			for attack, text := range attacks {
				f.raw(text + "GET /v1/organisation HTTP/1.1\r\nHost: reset.example.org\r\nConnection: close\r\n\r\n")
				seen, taken := h.asked(`route="GET /openapi.json"`), 0
				for began := time.Now(); seen > taken && time.Since(began) < 5*time.Second; { // it is written down afterwards
					taken = f.taken("GET /openapi.json ")
				}
				if seen > taken {
					t.Fatalf("%s: the server has seen %d requests that were hidden, the proxy %d", attack, seen, taken)
				}
			}
			if h.asked("") == 0 || f.taken("GET ") == 0 {
				t.Error("nothing reached proxy or server")
			}
			h.end()
		})
	}
}

// asked sums the requests of the server's figures that have a label.
func (h *house) asked(label string) (n int) {
	for line := range strings.Lines(h.figures()) {
		if count, is := strings.CutPrefix(line, "sparekey_requests_total"); is && strings.Contains(count, label) {
			_, number, _ := strings.Cut(count, "} ")
			one, _ := strconv.Atoi(strings.TrimSpace(number))
			n += one
		}
	}
	return n
}

// taken counts the requests that the proxy has written down.
func (f *front) taken(request string) int {
	said, err := os.ReadFile(f.log)
	if err != nil {
		f.t.Fatal(err)
	}
	return strings.Count(string(said), `"`+request)
}

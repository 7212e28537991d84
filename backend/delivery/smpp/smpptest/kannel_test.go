package smpptest

import (
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp/data"
)

// kannel is another client of the peer, of which Sparekey has no line.
type kannel struct {
	send string // address of smsbox
	told chan url.Values
}

const kannelSettings = `
group = core
admin-port = %[1]d
admin-password = pier
smsbox-port = %[2]d
box-allow-ip = 127.0.0.1
log-file = bearerbox.log
store-type = file
store-location = kannel.store

group = smsc
smsc = smpp
host = 127.0.0.1
port = %[4]s
smsc-username = kannel
smsc-password = pier
system-type = VMA
transceiver-mode = true
source-addr-autodetect = true
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %[3]d
log-file = smsbox.log

group = sendsms-user
username = ana
password = pier
concatenation = true
max-messages = 10
`

// startKannel has Debian's Kannel bind to a peer.
func startKannel(t *testing.T, p *Peer) *kannel {
	t.Helper()
	for _, program := range []string{"/usr/sbin/bearerbox", "/usr/sbin/smsbox"} {
		if _, err := os.Stat(program); err != nil {
			t.Skip("kannel is not installed")
		}
	}
	dir := t.TempDir()
	ports := freePorts(t, 3)
	_, at, _ := strings.Cut(strings.TrimPrefix(p.URL, "smpp-clear://"), ":")
	file := filepath.Join(dir, "kannel.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, kannelSettings, ports[0], ports[1], ports[2], at), 0o600); err != nil {
		t.Fatal(err)
	}
	k := &kannel{send: fmt.Sprintf("http://127.0.0.1:%d/cgi-bin/sendsms", ports[2]), told: make(chan url.Values, 100)}
	for i, program := range []string{"bearerbox", "smsbox"} {
		run(t, dir, "/usr/sbin/"+program, file)
		eventually(t, program+" does not listen", func() bool {
			conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", ports[1+i]))
			if err == nil {
				_ = conn.Close()
			}
			return err == nil
		})
	}
	eventually(t, "kannel does not bind", func() bool { return p.last() != nil })
	eventually(t, "kannel's boxes do not meet", func() bool { // before that smsbox can't take a text
		_, status := get(fmt.Sprintf("http://127.0.0.1:%d/status.txt?password=pier", ports[0]))
		return strings.Contains(status, "smsbox:")
	})
	return k
}

func run(t *testing.T, dir, program, settings string) {
	t.Helper()
	c := exec.Command(program, settings)
	c.Dir = dir
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
}

// get gives what an address answers; 0 for nothing.
func get(address string) (code int, body string) {
	reply, err := http.Get(address)
	if err != nil {
		return 0, err.Error()
	}
	all, err := io.ReadAll(reply.Body)
	if err != nil || reply.Body.Close() != nil {
		return 0, "cut off"
	}
	return reply.StatusCode, string(all)
}

func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func eventually(t *testing.T, otherwise string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(otherwise)
		}
	}
}

// text has Kannel send a text, and waits until the peer has what that makes.
func (k *kannel) text(t *testing.T, p *Peer, parts int, more url.Values, words string) {
	t.Helper()
	had := p.Counted().Submits
	v := url.Values{"username": {"ana"}, "password": {"pier"}, "to": {"+4915112345678"}, "from": {"Harbour"}, "charset": {"UTF-8"}, "text": {words}}
	for name, value := range more {
		v[name] = value
	}
	if code, said := get(k.send + "?" + v.Encode()); code != http.StatusAccepted {
		t.Fatalf("kannel does not take %q: %d %s", words, code, said)
	}
	eventually(t, fmt.Sprintf("%q is not submitted", words), func() bool { return p.Counted().Submits >= had+parts })
}

// TestThePeerUnderstandsKannel: what the peer shows is what another client means.
func TestThePeerUnderstandsKannel(t *testing.T) {
	p := New(t)
	var bound [3]string
	p.Do(func(p *Peer) {
		p.Bind = func(user, password, kind string) (ok Status) { bound = [3]string{user, password, kind}; return ok }
	})
	k := startKannel(t, p)
	if bound != [3]string{"kannel", "pier", "VMA"} {
		t.Errorf("bound as %q", bound)
	}
	long := strings.Repeat("Message of many parts. ", 9)[:200]
	for _, row := range []struct {
		words, octets string
		coding        byte
		more          url.Values
	}{
		{"Your code is 4711", hex.EncodeToString([]byte("Your code is 4711")), 0, nil},
		{"äöü€", "7b7c7e1b65", 0, nil},
		{"[]{}^~|\\ @", "1b3c1b3e1b281b291b141b3d1b401b2f2000", 0, nil},
		{"日本", "65e5672c", 8, url.Values{"coding": {"2"}}},
	} {
		k.text(t, p, 1, row.more, row.words)
		all := p.Taken()
		got := all[len(all)-1]
		if hex.EncodeToString(got.Octets) != row.octets || got.Coding != row.coding || got.To != "4915112345678" || got.ToTON != 1 || got.FromTON != 5 {
			t.Errorf("%q: %x, %+v", row.words, got.Octets, got)
		}
		if texts := p.Texts(); texts[len(texts)-1].Words != row.words {
			t.Errorf("%q is shown as %q", row.words, texts[len(texts)-1].Words)
		}
	}
	k.text(t, p, 2, nil, long)
	eventually(t, "the second part is not taken", func() bool { return len(p.Taken()) == 6 })
	if texts := p.Texts(); len(texts) != 5 || texts[4].Words != long {
		t.Errorf("%q is shown as %+v", long, texts)
	}
	if got := p.Taken()[5]; got.Parts != 2 || got.Part != 2 || len(got.Octets) != 47 {
		t.Errorf("the second part: %+v", got)
	}
}

// TestKannelUnderstandsThePeer: its answers, receipts and refusals mean to another client what they are to mean.
func TestKannelUnderstandsThePeer(t *testing.T) {
	p := New(t)
	k := startKannel(t, p)
	told := make(chan string, 10)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told <- r.URL.Query().Get("is") }))
	defer s.Close()
	hear := url.Values{"dlr-mask": {"31"}, "dlr-url": {s.URL + "/?is=%d%20%A"}}
	next := func() string {
		select {
		case is := <-told:
			return is
		case <-time.After(20 * time.Second):
			return "nothing"
		}
	}
	k.text(t, p, 1, hear, "arrives")
	if is := next(); !strings.HasPrefix(is, "8 ") { // the message centre has it
		t.Errorf("a text that was taken: %s", is)
	}
	taken := p.Taken()[0]
	if taken.Receipt != 17 {
		t.Errorf("registered_delivery %d", taken.Receipt)
	}
	if status, err := p.Tell(Receipt{ID: taken.ID, State: "DELIVRD", From: taken.To}); err != nil || status != data.ESME_ROK {
		t.Error(status, err)
	}
	if is := next(); !strings.HasPrefix(is, "1 ") || !strings.Contains(is, "stat:DELIVRD") {
		t.Errorf("a receipt: %s", is)
	}
	p.Do(func(p *Peer) { p.Submit = func(Submitted) Answer { return Answer{Status: data.ESME_RINVDSTADR} } })
	k.text(t, p, 1, hear, "is refused")
	if is := next(); !strings.HasPrefix(is, "16 ") || !strings.Contains(is, "0x0000000b") {
		t.Errorf("a refusal: %s", is)
	}
	if err := p.Ask(); err != nil {
		t.Errorf("kannel does not answer whether it is there: %v", err)
	}
}

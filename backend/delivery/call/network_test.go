package call

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/certtest"
	"github.com/sparekey/sparekey/backend/delivery/call/calltest"
	"github.com/sparekey/sparekey/backend/delivery/call/media"
	"github.com/sparekey/sparekey/backend/delivery/examine"
)

// picks is a telephone that picks up, presses 1 and listens to the code's end.
func picks(a calltest.Answer, heard chan<- []int16) func(*calltest.Call) {
	return func(c *calltest.Call) {
		m := c.Pick(a)
		if m == nil {
			return
		}
		defer m.Close()
		m.Hear(2 * time.Second)
		if a.NoEvents {
			m.Tone("1")
		} else {
			m.Press("1")
		}
		<-c.Ended
		heard <- m.Heard()
	}
}

// arrives fails unless a code arrives, by the sound that the telephone got.
func arrives(t *testing.T, p *Provider, all *receipts, heard <-chan []int16) {
	t.Helper()
	if _, err := deliver(t, p, codeCall(), 5*time.Second); err != nil {
		t.Fatal(err)
	}
	if r := all.next(t); !r.Arrived {
		t.Fatalf("the receipt is %+v", r)
	}
	if digits := calltest.Digits(<-heard, p.config.Talk.Language); digits != theCode+theCode {
		t.Errorf("was spoken: %q", digits)
	}
}

// certified makes a certificate for a name, and the roots by which it is known.
func certified(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	c := certtest.New(t, name)
	return c.Pair, c.Roots
}

// TestACodeArrivesByEachTransport, in each language, codec and kind of key.
func TestACodeArrivesByEachTransport(t *testing.T) {
	t.Parallel()
	certificate, roots := certified(t, "localhost")
	for name, row := range map[string]struct {
		network, language string
		answer            calltest.Answer
	}{
		"tcp":      {"tcp", "de", calltest.Answer{Codec: 0}},
		"tls":      {"tls", "fr", calltest.Answer{Codec: 8}},
		"tls+srtp": {"tls", "es", calltest.Answer{Codec: 8, Secure: true}},
		"udp+tone": {"udp", "de", calltest.Answer{Codec: 0, NoEvents: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard := make(chan []int16, 1)
			phone := calltest.New(t, calltest.Config{Network: row.network, Certificate: certificate, Behave: picks(row.answer, heard)})
			_, port, _ := net.SplitHostPort(phone.Address)
			p, all := open(t, phone, func(c *Config) {
				c.Talk.Language, c.Roots = row.language, roots
				if row.network == "tcp" {
					c.Local = netip.MustParseAddrPort("127.0.0.2:0")
				}
				c.Server = map[string]string{"tcp": "sip:" + phone.Address + ";transport=tcp", "tls": "sips:localhost:" + port, "udp": "sip:" + phone.Address}[row.network]
			})
			arrives(t, p, all, heard)
			if invite := phone.Seen(sip.INVITE)[0]; row.network == "tcp" && (!strings.HasPrefix(invite.Source(), "127.0.0.2:") || !strings.Contains(invite.String(), "c=IN IP4 127.0.0.2")) {
				t.Errorf("from %s:\n%s", invite.Source(), invite)
			}
		})
	}
}

// TestAServerIsKnownByItsCertificate, and who it is not gets no message.
func TestAServerIsKnownByItsCertificate(t *testing.T) {
	t.Parallel()
	other, roots := certified(t, "elsewhere.example")
	right, _ := certified(t, "localhost")
	for name, row := range map[string]struct {
		shows  tls.Certificate
		remedy Remedy
	}{"another name": {other, examine.RemedyHost}, "another issuer": {right, examine.RemedyIssuer}} {
		phone := calltest.New(t, calltest.Config{Network: "tls", Certificate: row.shows, Behave: func(*calltest.Call) { t.Error("it was called") }})
		_, port, _ := net.SplitHostPort(phone.Address)
		p, _ := open(t, phone, func(c *Config) { c.Server, c.Roots = "sips:localhost:"+port, roots })
		if _, err := deliver(t, p, codeCall(), 3*time.Second); err == nil || remedyOf(err) != row.remedy {
			t.Errorf("%s: %v", name, err)
		}
	}
	clear := calltest.New(t, calltest.Config{Network: "tcp"})
	p, _ := open(t, clear, func(c *Config) { c.Server = "sips:" + clear.Address })
	if _, err := deliver(t, p, codeCall(), time.Second); err == nil {
		t.Error("a server without TLS was called")
	}
	p, _ = open(t, clear, func(c *Config) { c.Server = "sip:127.0.0.1:1;transport=tcp" })
	if _, err := deliver(t, p, codeCall(), time.Second); err == nil || remedyOf(err) != RemedyReach {
		t.Errorf("nobody listens there: %v", err)
	}
}

func remedyOf(err error) Remedy {
	if failed, is := err.(*Failure); is {
		return failed.Remedy()
	}
	return ""
}

// TestTheStrongestProofIsGiven, of the realm that the password is for, and none where the password is wrong.
func TestTheStrongestProofIsGiven(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		offers   []string
		password string
		realm    string
		uses     string // empty: nobody is let in
	}{
		"both":          {[]string{"MD5", "SHA-256"}, "trunk-password", "", "SHA-256"},
		"MD5":           {[]string{"MD5"}, "trunk-password", "harbour", "MD5"},
		"unnamed":       {[]string{""}, "trunk-password", "", ""},
		"unknown":       {[]string{"SHA-1024"}, "trunk-password", "", ""},
		"wrong":         {[]string{"SHA-256"}, "other", "", ""},
		"another realm": {[]string{"SHA-256"}, "trunk-password", "pier", ""},
	} {
		t.Run(name, func(t *testing.T) {
			phone := calltest.New(t, calltest.Config{
				Network: "udp", Challenges: row.offers, Realm: "harbour", User: "sparekey", Password: row.password, Expires: 120,
				Behave: func(c *calltest.Call) { c.Reply(486, "Busy Here") },
			})
			p, _ := open(t, phone, func(c *Config) { c.Register, c.Realm = true, row.realm })
			attempt, err := deliver(t, p, codeCall(), 3*time.Second)
			if name == "unnamed" {
				row.uses = "response="
			}
			if row.uses == "" {
				if err == nil || attempt.Outcome == "invite 486" || remedyOf(err) != RemedyPassword {
					t.Errorf("%+v, %v", attempt, err)
				}
				if n := len(phone.Seen(sip.REGISTER)); n > mostTries {
					t.Errorf("it was asked %d times", n)
				}
				return
			}
			if attempt.Outcome != "invite 486" {
				t.Fatalf("%+v, %v", attempt, err)
			}
			last := phone.Seen(sip.INVITE)
			proof := last[len(last)-1].GetHeader("Proxy-Authorization").Value()
			if !strings.Contains(proof, row.uses) || strings.Contains(proof, "trunk-password") {
				t.Errorf("the proof is %s", proof)
			}
		})
	}
}

// TestARegistrationServesManyCalls, is renewed as long as the server runs, and ends with it.
func TestARegistrationServesManyCalls(t *testing.T) {
	t.Parallel()
	phone := calltest.New(t, calltest.Config{Network: "udp", Expires: 200, Behave: func(c *calltest.Call) { c.Reply(486, "Busy Here") }})
	p, _ := open(t, phone, func(c *Config) { c.Register = true })
	for range 3 {
		_, _ = deliver(t, p, codeCall(), 3*time.Second)
	}
	if n := len(phone.Seen(sip.REGISTER)); n != 1 {
		t.Errorf("%d REGISTERs for three calls", n)
	}
	if left := time.Until(p.registered.until); left < 190*time.Second || left > 201*time.Second {
		t.Errorf("it holds for %v", left)
	}
	p.renewRegistration(t.Context(), p.now, 5060)
	if n := len(phone.Seen(sip.REGISTER)); n != 2 {
		t.Errorf("%d REGISTERs with the renewed one", n)
	}
	_ = p.Close()
	last := phone.Seen(sip.REGISTER)[2]
	if h := last.GetHeader("Expires"); h == nil || h.Value() != "0" || last.Recipient.User != "" {
		t.Errorf("the last is\n%s", last)
	}
}

// TestSpeechIsEncryptedWhereThePeerWantsIt, and not at all in clear where it has to be.
func TestSpeechIsEncryptedWhereThePeerWantsIt(t *testing.T) {
	t.Parallel()
	t.Run("a peer that takes nothing else", func(t *testing.T) {
		heard := make(chan []int16, 1)
		phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
			if !strings.Contains(string(c.Invite.Body()), "RTP/SAVP") {
				c.Reply(488, "Not Acceptable Here")
				return
			}
			picks(calltest.Answer{Codec: 8, Secure: true}, heard)(c)
		}})
		p, all := open(t, phone, nil)
		arrives(t, p, all, heard)
	})
	for name, answer := range map[string]string{
		"in clear": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n",
		"no key":   "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/SAVP 8\r\n",
	} {
		phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
			c.Pick(calltest.Answer{Codec: 8, Secure: true, SDP: answer})
			<-c.Ended
		}})
		p, all := open(t, phone, func(c *Config) { c.Security = media.SecureRequire })
		if _, err := deliver(t, p, codeCall(), 3*time.Second); err == nil || remedyOf(err) != RemedySecure || len(all.came) != 0 {
			t.Errorf("%s: %v", name, err)
		}
		phone.Await(t, sip.BYE, 1)
	}
}

// TestACallOnHoldGoesOn where it stood, and what a stranger asks during a call changes nothing.
func TestACallOnHoldGoesOn(t *testing.T) {
	t.Parallel()
	heard := make(chan []int16, 1)
	phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
		m := c.Pick(calltest.Answer{Codec: 8})
		m.Hear(2 * time.Second)
		m.Press("1")
		m.Hear(6 * time.Second)
		res := c.Change(m.Describe("sendonly"))
		if res == nil || res.StatusCode != 200 || !strings.Contains(string(res.Body()), "a=recvonly") {
			t.Errorf("hold was answered %v", res)
		}
		c.Acknowledge("")
		before := len(m.Heard())
		if res = c.Change("v=0\r\nnonsense"); res == nil || res.StatusCode != 488 {
			t.Errorf("nonsense was answered %v", res)
		}
		if after := len(m.Heard()); after > before+8000 {
			t.Errorf("%d samples were spoken while nobody listens", after-before)
		}
		if res = c.Change(""); res == nil || res.StatusCode != 200 || len(res.Body()) == 0 { // an offer is wanted
			t.Errorf("it was answered %v", res)
		}
		c.Acknowledge(m.Describe("sendrecv"))
		<-c.Ended
		heard <- m.Heard()
	}})
	p, all := open(t, phone, nil)
	arrives(t, p, all, heard)
}

// TestAStrangerHangsNobodyUp: who does not know the call's tags is not heard.
func TestAStrangerHangsNobodyUp(t *testing.T) {
	t.Parallel()
	heard := make(chan []int16, 1)
	codes := make(chan int, 2)
	phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
		m := c.Pick(calltest.Answer{Codec: 8})
		m.Hear(2 * time.Second)
		m.Press("1")
		contact := c.Invite.Contact().Address
		for _, method := range []string{"BYE", "INVITE"} {
			codes <- stranger(t, method, net.JoinHostPort(contact.Host, itoa(contact.Port)), c.Invite.CallID().Value())
		}
		<-c.Ended
		heard <- m.Heard()
	}})
	p, all := open(t, phone, nil)
	arrives(t, p, all, heard)
	if a, b := <-codes, <-codes; a != 481 || b != 603 {
		t.Errorf("answered %d, %d", a, b)
	}
}

// stranger sends a request from elsewhere, and rubbish before it, and gives the reply's code.
func stranger(t *testing.T, method, to, callID string) int {
	t.Helper()
	conn, err := net.Dial("udp", to)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, rubbish := range []string{"\r\n\r\n", "x", "SIP/2.0 200 OK\r\n\r\n", "BYE sip:x SIP/2.0\r\n\r\n", strings.Repeat("A", 20000)} {
		_, _ = conn.Write([]byte(rubbish))
	}
	_, _ = conn.Write([]byte(method + " sip:sparekey@" + to + " SIP/2.0\r\nVia: SIP/2.0/UDP " + conn.LocalAddr().String() + ";branch=z9hG4bKstranger" + method +
		"\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=guess\r\nTo: <sip:c@d>\r\nCall-ID: " + callID + "\r\nCSeq: 9 " + method + "\r\nContent-Length: 0\r\n\r\n"))
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	buffer := make([]byte, 4096)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			t.Error(err)
			return 0
		}
		if m, err := sip.ParseMessage(buffer[:n]); err == nil {
			if res, is := m.(*sip.Response); is && res.StatusCode >= 200 && res.CSeq() != nil && string(res.CSeq().MethodName) == method && res.CallID() != nil {
				return res.StatusCode
			}
		}
	}
}

func itoa(n int) string { return big.NewInt(int64(n)).String() }

// TestAnExtensionIsPressed once somebody answers, before anything is spoken.
func TestAnExtensionIsPressed(t *testing.T) {
	t.Parallel()
	for _, events := range []bool{true, false} {
		pressed, heard := make(chan string, 1), make(chan []int16, 1)
		phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
			m := c.Pick(calltest.Answer{Codec: 0, NoEvents: !events})
			m.Hear(2 * time.Second)
			if events {
				m.Press("1")
			} else {
				m.Tone("1")
			}
			<-c.Ended
			pressed <- m.Pressed()
			heard <- m.Heard()
		}})
		p, all := open(t, phone, nil)
		m := codeCall()
		m.To += ";ext=4402"
		if _, err := deliver(t, p, m, 3*time.Second); err != nil {
			t.Fatal(err)
		}
		if r := all.next(t); !r.Arrived {
			t.Errorf("the receipt is %+v", r)
		}
		if got := <-pressed; events && got != "4402" {
			t.Errorf("was pressed: %q", got)
		}
		<-heard
	}
}

// TestATestCallTellsItsSteps, the server's own words among them.
func TestATestCallTellsItsSteps(t *testing.T) {
	t.Parallel()
	rings := make(chan struct{})
	phone := calltest.New(t, calltest.Config{Network: "udp", Expires: 60, Behave: func(c *calltest.Call) {
		c.Reply(180, "Ringing here")
		<-rings
		m := c.Pick(calltest.Answer{Codec: 0})
		m.Hear(2 * time.Second)
		m.Press("7")
	}})
	p, all := open(t, phone, func(c *Config) { c.Register = true })
	var steps []string
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ok := p.Examine(ctx, app.Message{ID: "t", To: theNumber, Template: app.MessageTest}, func(f examine.Finding) {
		steps = append(steps, f.Step+f.Remedy)
		if f.Step == string(StepRinging) {
			close(rings)
		}
		if f.Step == string(StepInvite) && f.Said != "180 Ringing here" {
			t.Errorf("was said: %q", f.Said)
		}
	})
	if got := strings.Join(steps, " "); !ok || got != "register invite ringing answered spoken key end" {
		t.Errorf("%v: %s", ok, got)
	}
	if r := all.next(t); !r.Arrived {
		t.Errorf("%+v", r)
	}
}

// TestTheLibraryLogsNothing: it would write whole messages, numbers included.
func TestTheLibraryLogsNothing(t *testing.T) {
	if _, err := New(Config{Server: "sip:127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	if sip.DefaultLogger().Enabled(t.Context(), slog.LevelError) {
		t.Error("it logs errors")
	}
}

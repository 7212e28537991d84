package authapp

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/pquerna/otp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/methodtest" // the suite that every method passes
)

// phone is an authenticator app of the test's own, written from RFC 4226 and 6238.
type phone struct{ uri *otp.Key }

func (p *phone) See(r app.Result) {
	if shown, ok := r.Step.(app.ShowSecret); ok {
		p.uri, _ = otp.NewKeyFromURL(shown.URI.Reveal())
	}
}

func (p *phone) code(now time.Time) int {
	seed, _ := b32.DecodeString(p.uri.Secret())
	mac := hmac.New(sha1.New, seed)
	_ = binary.Write(mac, binary.BigEndian, now.Unix()/30)
	sum := mac.Sum(nil)
	return int(binary.BigEndian.Uint32(sum[sum[19]&15:])&0x7fffffff) % 1_000_000
}

func give(n int) app.Input {
	return app.GiveCode{Digits: app.NewSecret(fmt.Sprintf("%06d", n%1_000_000))}
}

func (p *phone) Right(now time.Time) app.Input        { return give(p.code(now)) }
func (p *phone) Wrong(now time.Time, n int) app.Input { return give(p.code(now) + n + 1) }
func (p *phone) Secrets() []string                    { return []string{p.uri.Secret(), p.uri.Secret()[:4]} }

func subject() methodtest.Subject {
	return methodtest.Subject{
		Method: Method{},
		Holder: func() methodtest.Holder { return &phone{} },
		Life:   time.Minute - time.Nanosecond, // its own step and the one after, from the beginning of the first
		Late:   app.CodeClock,
	}
}

func TestConformance(t *testing.T) { methodtest.Run(t, subject()) }

func FuzzMethod(f *testing.F) { methodtest.Fuzz(f, subject()) }

// TestVectors takes RFC 6238, appendix B (SHA-1), of which six of the eight digits are ours.
func TestVectors(t *testing.T) {
	secret := seed("12345678901234567890")
	for at, want := range map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"} {
		got, err := secret.code(stepAt(time.Unix(at, 0)))
		if err != nil || got != want[2:] {
			t.Errorf("at %d: %s, %v; want %s", at, got, err, want[2:])
		}
	}
}

// TestWindow gives the code of one step at every second around it.
func TestWindow(t *testing.T) {
	secret := seed("12345678901234567890")
	begin := methodtest.Start
	code, err := secret.code(stepAt(begin))
	if err != nil {
		t.Fatal(err)
	}
	for second := -120; second <= 120; second++ {
		_, matched, err := secret.match(begin.Add(time.Duration(second)*time.Second), skew, code)
		if want := second >= -30 && second < 60; err != nil || matched != want {
			t.Errorf("%d s after its step began: %v, %v", second, matched, err)
		}
	}
}

// TestTwins takes a code that two neighbouring steps share: used in one, it is used in both.
func TestTwins(t *testing.T) {
	const first, code = 56188870, "617002"
	step, matched, err := seed("12345678901234567890").match(time.Unix(first*period, 0), skew, code)
	if err != nil || !matched || step != first+1 {
		t.Errorf("step %d, %v, %v; want %d", step, matched, err, first+1)
	}
}

// TestReplayAcrossSteps holds that an older code dies with a newer one, and that the newest step is what is kept.
func TestReplayAcrossSteps(t *testing.T) {
	p := &phone{}
	turn := app.Turn{Now: methodtest.Start, Rand: zeros{}, Person: methodtest.Ana, TriesLeft: 5}
	r, err := Method{}.Enrol(turn, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.See(r)
	turn.State = r.State
	next := turn.Now.Add(30 * time.Second)
	r, err = Method{}.Enrol(turn, p.Right(next)) // the app's clock is a step ahead
	if err != nil || r.Verdict != app.Proven {
		t.Fatalf("verdict %v, %v", r.Verdict, err)
	}
	turn.Credential = r.Credential.Secret
	r, err = Method{}.Prove(turn, nil)
	if err != nil {
		t.Fatal(err)
	}
	turn.State = r.State
	for _, at := range []time.Time{turn.Now, next} {
		if r, err := (Method{}).Prove(turn, p.Right(at)); err != nil || r.Verdict != app.Wrong || r.Why != app.CodeCodeUsed {
			t.Errorf("code of %v: verdict %v, why %q, %v", at, r.Verdict, r.Why, err)
		}
	}
	turn.Now = next
	if r, err := (Method{}).Prove(turn, p.Right(next.Add(30*time.Second))); err != nil || r.Verdict != app.Proven || r.Update == nil {
		t.Errorf("the code after: verdict %v, %v", r.Verdict, err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestShowSecret holds what a person types by hand against what the QR code says.
func TestShowSecret(t *testing.T) {
	turn := app.Turn{Now: methodtest.Start, Rand: zeros{}, Person: methodtest.Ana, TriesLeft: 5}
	turn.Settings.Organisation = "Harbour Hospital"
	r, err := Method{}.Enrol(turn, nil)
	if err != nil {
		t.Fatal(err)
	}
	shown := r.Step.(app.ShowSecret)
	typed := ""
	for _, g := range shown.Groups {
		if len(g.Reveal()) != 4 {
			t.Errorf("a group of %d", len(g.Reveal()))
		}
		typed += g.Reveal()
	}
	key, err := otp.NewKeyFromURL(shown.URI.Reveal())
	if err != nil || key.Secret() != typed || len(typed) != 32 {
		t.Errorf("the URI says %v, the groups %d characters", err, len(typed))
	}
	if shown.Issuer != "Harbour Hospital" || shown.Account != "ana@harbour.example" {
		t.Errorf("issuer %q, account %q", shown.Issuer, shown.Account)
	}
	const want = "otpauth://totp/Harbour%20Hospital:ana%40harbour.example?secret=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
		"&issuer=Harbour%20Hospital&algorithm=SHA1&digits=6&period=30"
	if got := shown.URI.Reveal(); got != want {
		t.Errorf("URI %s", got)
	}
}

// BenchmarkProve is what a gate costs: three codes, and the credential read and written.
func BenchmarkProve(b *testing.B) {
	p := &phone{}
	turn := app.Turn{Now: methodtest.Start, Rand: zeros{}, Person: methodtest.Ana, TriesLeft: 5}
	r, err := Method{}.Enrol(turn, nil)
	if err != nil {
		b.Fatal(err)
	}
	p.See(r)
	turn.State = r.State
	if r, err = (Method{}).Enrol(turn, p.Right(turn.Now)); err != nil {
		b.Fatal(err)
	}
	turn.Credential, turn.Now = r.Credential.Secret, turn.Now.Add(time.Hour)
	if r, err = (Method{}).Prove(turn, nil); err != nil {
		b.Fatal(err)
	}
	turn.State = r.State
	right := p.Right(turn.Now)
	for b.Loop() {
		if r, err := (Method{}).Prove(turn, right); err != nil || r.Verdict != app.Proven {
			b.Fatal(r.Verdict, err)
		}
	}
}

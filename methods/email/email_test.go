package email

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/methodtest" // the suite that every method passes
)

// mailbox is a person who reads the mail.
type mailbox struct{ mail []app.Message }

func (m *mailbox) See(r app.Result) { m.mail = append(m.mail, r.Send...) }

func (m *mailbox) last() int {
	n, _ := strconv.Atoi(m.mail[len(m.mail)-1].Code)
	return n
}

func give(n int) app.Input {
	return app.GiveCode{Digits: app.NewSecret(fmt.Sprintf("%06d", n%1_000_000))}
}

func (m *mailbox) Right(time.Time) app.Input          { return give(m.last()) }
func (m *mailbox) Wrong(_ time.Time, n int) app.Input { return give(m.last() + n + 1) }
func (m *mailbox) Secrets() []string {
	return []string{fmt.Sprintf("%06d", m.last()), "ana.lima", private}
}

const private = "ana.lima@bücher.example"

func subject() methodtest.Subject {
	return methodtest.Subject{
		Method:  Method{},
		Holder:  func() methodtest.Holder { return &mailbox{} },
		Enrol:   []app.Input{app.GiveAddress{Address: private}},
		Prove:   []app.Input{app.GiveAddress{Address: "ANA.LIMA@XN--BCHER-KVA.example"}},
		Life:    5 * time.Minute,
		Resends: true,
	}
}

func TestConformance(t *testing.T) { methodtest.Run(t, subject()) }

func FuzzMethod(f *testing.F) { methodtest.Fuzz(f, subject()) }

func turn() app.Turn {
	return app.Turn{
		Now: methodtest.Start, Rand: rand.NewChaCha8([32]byte{}), Person: methodtest.Ana, TriesLeft: 5,
		Settings: app.MethodSettings{CodeLife: 5 * time.Minute, ResendAfter: 30 * time.Second, ConfirmFirst: true,
			OwnDomains: []string{"harbour.example", "xn--bcher-kva.test"}},
	}
}

// enrolled registers address and gives its credential.
func enrolled(t *testing.T, typed string) *app.NewCredential {
	t.Helper()
	m, now := &mailbox{}, turn()
	for _, in := range []func() app.Input{
		func() app.Input { return nil },
		func() app.Input { return app.GiveAddress{Address: typed} },
		func() app.Input { return m.Right(now.Now) },
	} {
		r, err := Method{}.Enrol(now, in())
		if err != nil {
			t.Fatal(err)
		}
		m.See(r)
		now.State = r.State
		if r.Verdict == app.Proven {
			return r.Credential
		}
	}
	t.Fatal("not proven")
	return nil
}

func TestMessage(t *testing.T) {
	now := turn()
	r, err := Method{}.Enrol(now, nil)
	if err != nil {
		t.Fatal(err)
	}
	now.State = r.State
	if r, err = (Method{}).Enrol(now, app.GiveAddress{Address: " " + private + "\n"}); err != nil || len(r.Send) != 1 {
		t.Fatalf("%d messages, %v", len(r.Send), err)
	}
	m := r.Send[0]
	if m.To != "ana.lima@xn--bcher-kva.example" || m.Channel != app.KindEmail || m.Template != app.MessageCode ||
		m.Params["minutes"] != "5" || len(m.Code) != 6 || !m.At.Equal(now.Now) {
		t.Errorf("message %+v", m)
	}
	step := r.Step.(app.EnterCode)
	if step.Masked != "a•••@bücher.example" || !step.Expires.Equal(now.Now.Add(5*time.Minute)) ||
		!step.ResendAt.Equal(now.Now.Add(30*time.Second)) || step.Channel != app.KindEmail || step.TriesLeft != 5 {
		t.Errorf("step %+v", step)
	}
	if r.Notice == nil || r.Notice.Code != app.NoticeCodeSent {
		t.Errorf("notice %v", r.Notice)
	}
}

func TestCredential(t *testing.T) {
	c := enrolled(t, private)
	if c.Masked != "a•••@bücher.example" || c.Address != "ana.lima@xn--bcher-kva.example" {
		t.Errorf("masked %q, address %q", c.Masked, c.Address)
	}
}

// TestBack keeps what was typed. The same address goes on with the code on its way; another one kills it.
func TestBack(t *testing.T) {
	m, now := &mailbox{}, turn()
	submit := func(in app.Input) app.Result {
		t.Helper()
		r, err := Method{}.Enrol(now, in)
		if err != nil {
			t.Fatalf("%T: %v", in, err)
		}
		m.See(r)
		now.State = r.State
		return r
	}
	submit(nil)
	submit(app.GiveAddress{Address: "ana@example.org"})
	if back := submit(app.Back{}).Step.(app.EnterAddress); back.Address != "ana@example.org" || len(back.OwnDomains) == 0 {
		t.Errorf("back at %+v", back)
	}
	if _, err := (Method{}).Enrol(now, m.Right(now.Now)); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("a code where an address is wanted: %v", err)
	}
	if _, err := (Method{}).Enrol(now, app.Back{}); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("back at the beginning: %v", err)
	}
	if r := submit(app.GiveAddress{Address: "ana@EXAMPLE.org"}); len(r.Send) != 0 {
		t.Errorf("the same address within 30 s got %d more messages", len(r.Send))
	}
	first := m.Right(now.Now)
	submit(app.Back{})
	if r := submit(app.GiveAddress{Address: "ana@example.net"}); len(r.Send) != 1 || r.Send[0].To != "ana@example.net" {
		t.Errorf("another address: %+v", r.Send)
	}
	if r := submit(first); r.Verdict != app.Wrong {
		t.Errorf("the code for the other address: verdict %v", r.Verdict)
	}
	submit(app.Back{})
	now.Now = now.Now.Add(30 * time.Second)
	if r := submit(app.GiveAddress{Address: "ana@example.net"}); len(r.Send) != 1 {
		t.Errorf("the same address after 30 s got %d messages", len(r.Send))
	}
}

func TestOwnDomain(t *testing.T) {
	now := turn()
	r, err := Method{}.Enrol(now, nil)
	if err != nil {
		t.Fatal(err)
	}
	now.State = r.State
	for typed, own := range map[string]string{
		"ana@harbour.example": "harbour.example", "ana@MAIL.Harbour.Example": "harbour.example",
		"ana@bücher.test": "xn--bcher-kva.test", "ana@a.b.BÜCHER.test": "xn--bcher-kva.test",
	} {
		r, err := Method{}.Enrol(now, app.GiveAddress{Address: typed})
		e, ok := err.(*app.Error)
		if !ok || e.Code != app.CodeOwnDomain || e.Params["domain"] != own || e.Field != "address" || len(r.Send) > 0 {
			t.Errorf("%s: %v", typed, err)
		}
	}
	if r, err := (Method{}).Enrol(now, app.GiveAddress{Address: "ana@notharbour.example"}); err != nil || len(r.Send) != 1 {
		t.Errorf("a domain that only ends alike: %v", err)
	}
}

// TestConfirm types wrong addresses at a gate: nothing is sent and nothing of the true one is shown.
func TestConfirm(t *testing.T) {
	now := turn()
	now.Credential = enrolled(t, private).Secret
	r, err := Method{}.Prove(now, nil)
	step, ok := r.Step.(app.EnterAddress)
	if err != nil || !ok || !step.Confirm || step.Address != "" || len(step.OwnDomains) > 0 || len(r.Send) > 0 {
		t.Fatalf("step %+v, %v", r.Step, err)
	}
	now.State = r.State
	for _, typed := range []string{"ana@bücher.example", "ana.lima@example.org", "ana.lima@bucher.example"} {
		r, err := Method{}.Prove(now, app.GiveAddress{Address: typed})
		if err != nil || r.Verdict != app.Wrong || r.Why != app.CodeWrongAddr || len(r.Send) > 0 {
			t.Errorf("%s: verdict %v, why %q, %v", typed, r.Verdict, r.Why, err)
		}
		if step := r.Step.(app.EnterAddress); step.Address != typed || step.TriesLeft != 4 || !step.Confirm {
			t.Errorf("%s: step %+v", typed, step)
		}
	}
	if _, err := (Method{}).Prove(now, app.GiveAddress{Address: "no address"}); app.CodeOf(err) != app.CodeBadAddress {
		t.Errorf("malformed: %v", err)
	}
	r, err = Method{}.Prove(now, app.GiveAddress{Address: "Ana.Lima@BÜCHER.example"})
	if err != nil || len(r.Send) != 1 || r.Send[0].To != "ana.lima@xn--bcher-kva.example" {
		t.Fatalf("sent %+v, %v", r.Send, err)
	}
	if got := r.Step.(app.EnterCode).Masked; got != "A•••@BÜCHER.example" {
		t.Errorf("masked %q is not what was typed", got)
	}
	now.State = r.State
	if _, err := (Method{}).Prove(now, app.Back{}); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("back at a gate: %v", err)
	}
}

// TestMaskedAtAGate shows a destination only once something is proven.
func TestMaskedAtAGate(t *testing.T) {
	secret := enrolled(t, private).Secret
	for _, c := range []struct {
		confirm, proven bool
		masked          string
	}{{false, false, ""}, {false, true, "a•••@bücher.example"}, {true, true, "a•••@bücher.example"}} {
		now := turn()
		now.Credential, now.Settings.ConfirmFirst, now.Proven = secret, c.confirm, c.proven
		r, err := Method{}.Prove(now, nil)
		if err != nil || len(r.Send) != 1 {
			t.Fatalf("%+v: %d messages, %v", c, len(r.Send), err)
		}
		if got := r.Step.(app.EnterCode).Masked; got != c.masked {
			t.Errorf("%+v: masked %q", c, got)
		}
	}
}

// TestDestination changes the state's address: a code never goes anywhere but to the address on file.
func TestDestination(t *testing.T) {
	now := turn()
	now.Credential, now.Settings.ConfirmFirst = enrolled(t, "ana@example.org").Secret, false
	r, err := Method{}.Prove(now, nil)
	if err != nil {
		t.Fatal(err)
	}
	now.State = []byte(strings.ReplaceAll(string(r.State), "ana@example.org", "eve@example.org"))
	now.Now = now.Now.Add(time.Minute)
	if r, err := (Method{}).Prove(now, app.Resend{}); err == nil || len(r.Send) > 0 {
		t.Errorf("a code went to %+v", r.Send)
	}
}

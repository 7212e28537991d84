package smpp

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/backend/delivery/smpp/smpptest"
	"github.com/sparekey/sparekey/backend/port"
)

func with(status data.CommandStatusType) func(smpptest.Submitted) smpptest.Answer {
	return func(smpptest.Submitted) smpptest.Answer { return smpptest.Answer{Status: status} }
}

// everyFault is what a peer may do to a text.
func everyFault() map[string]func(smpptest.Submitted) smpptest.Answer {
	return map[string]func(smpptest.Submitted) smpptest.Answer{
		"nothing":               nil,
		"a number that is none": with(data.ESME_RINVDSTADR),
		"throttled":             with(data.ESME_RTHROTTLED),
		"unknown":               with(0x4321),
		"silence":               func(smpptest.Submitted) smpptest.Answer { return smpptest.Answer{Silent: true} },
		"lost":                  func(smpptest.Submitted) smpptest.Answer { return smpptest.Answer{Lost: true} },
		"cut":                   func(smpptest.Submitted) smpptest.Answer { return smpptest.Answer{Cut: true} },
		"garbage": func(smpptest.Submitted) smpptest.Answer {
			return smpptest.Answer{Raw: []byte("HTTP/1.1 400 Bad Request\r\n\r\n")}
		},
	}
}

// impatient has who waits give up as soon as a peer is silent.
func impatient(submit func(smpptest.Submitted) smpptest.Answer, giveUp func()) func(smpptest.Submitted) smpptest.Answer {
	return func(s smpptest.Submitted) (a smpptest.Answer) {
		if submit != nil {
			a = submit(s)
		}
		if a.Silent {
			giveUp()
		}
		return a
	}
}

// TestEachRefusalIsSomebodysTrouble: who retries, elsewhere or never, depends on it.
func TestEachRefusalIsSomebodysTrouble(t *testing.T) {
	for status, row := range map[data.CommandStatusType]struct {
		is     error
		remedy Remedy
		name   string
	}{
		data.ESME_RINVDSTADR:    {port.ErrUndeliverable, RemedyNumber, "0x0000000B RINVDSTADR"},
		data.ESME_RINVSRCADR:    {nil, RemedySender, "0x0000000A RINVSRCADR"},
		data.ESME_RTHROTTLED:    {nil, RemedyPause, "0x00000058 RTHROTTLED"},
		data.ESME_RMSGQFUL:      {nil, RemedyPause, "0x00000014 RMSGQFUL"},
		data.ESME_RSYSERR:       {nil, RemedyAccount, "0x00000008 RSYSERR"},
		data.ESME_RSUBMITFAIL:   {nil, RemedyAccount, "0x00000045 RSUBMITFAIL"},
		data.ESME_RINVMSGLEN:    {port.ErrIncapable, RemedyMessage, "0x00000001 RINVMSGLEN"},
		data.ESME_RPROVNOTALLWD: {port.ErrIncapable, RemedyMessage, "0x00000059 RPROVNOTALLWD"},
		data.ESME_RINVBNDSTS:    {nil, RemedyAccount, "0x00000004 RINVBNDSTS"},
		0x104:                   {port.ErrIncapable, RemedyMessage, "0x00000104"},
		0x555:                   {nil, RemedyAccount, "0x00000555"},
	} {
		p := smpptest.New(t)
		p.Do(func(p *smpptest.Peer) { p.Submit = with(status) })
		told, err := attempt(t.Context(), newCentre(t, p, nil), code("m", "x"))
		var f *Failure
		if !errors.As(err, &f) || f.Step != StepAnswer || f.Status != status || f.Remedy() != row.remedy || told.Outcome != "accept "+row.name {
			t.Errorf("%s: %v, told %q", row.name, err, told.Outcome)
			continue
		}
		for _, kind := range []error{port.ErrUndeliverable, port.ErrIncapable, port.ErrUnanswered} {
			if errors.Is(err, kind) != (kind == row.is) {
				t.Errorf("%s: it is %q: %v", row.name, kind, errors.Is(err, kind))
			}
		}
	}
}

// TestALostAnswerIsNoRefusal: what left and was not answered may have been taken; what could not leave was not.
func TestALostAnswerIsNoRefusal(t *testing.T) {
	faults := everyFault()
	for name, unanswered := range map[string]bool{"silence": true, "lost": true, "cut": true, "garbage": true} {
		p := smpptest.New(t)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		p.Do(func(p *smpptest.Peer) { p.Submit = impatient(faults[name], cancel) })
		told, err := attempt(ctx, newCentre(t, p, nil), code("m", "x"))
		cancel()
		if errors.Is(err, port.ErrUnanswered) != unanswered || told.Outcome != "accept unanswered" {
			t.Errorf("%s: %v, told %q", name, err, told.Outcome)
		}
	}
}

// TestASessionThatEndedIsFollowedByAnother, for the same text.
func TestASessionThatEndedIsFollowedByAnother(t *testing.T) {
	for name, end := range map[string]func(*smpptest.Peer){
		"cut": (*smpptest.Peer).Cut, "farewell": func(p *smpptest.Peer) { _ = p.Farewell() },
		"unbound": func(p *smpptest.Peer) {
			first := true
			p.Do(func(p *smpptest.Peer) {
				p.Submit = func(smpptest.Submitted) (a smpptest.Answer) {
					if first {
						a.Status, first = data.ESME_RINVBNDSTS, false
					}
					return a
				}
			})
		},
	} {
		p := smpptest.New(t)
		c := newCentre(t, p, nil)
		if _, err := attempt(t.Context(), c, notice("m1", "one")); err != nil {
			t.Fatal(name, err)
		}
		end(p)
		until(t, name+": no text is taken any more", func() bool {
			_, err := attempt(t.Context(), c, notice("m2", "two"))
			return err == nil
		})
		if n := len(p.Taken()); n != 2 || p.Counted().Binds != 2 {
			t.Errorf("%s: %d texts, %d binds", name, n, p.Counted().Binds)
		}
	}
}

// TestWhatIsOptionalIsLeftOutWhereACentreRefusesIt, and not asked for again.
func TestWhatIsOptionalIsLeftOutWhereACentreRefusesIt(t *testing.T) {
	p := smpptest.New(t)
	var tried []string
	p.Do(func(p *smpptest.Peer) {
		p.Submit = func(s smpptest.Submitted) (a smpptest.Answer) {
			tried = append(tried, s.Validity)
			switch {
			case s.Priority != 0:
				a.Status = data.ESME_RINVPRTFLG
			case s.Validity != "":
				a.Status = data.ESME_RINVEXPIRY
			case s.Receipt != 0:
				a.Status = data.ESME_RINVREGDLVFLG
			}
			return a
		}
	})
	c := newCentre(t, p, nil)
	for _, id := range []string{"m1", "m2"} {
		if _, err := attempt(t.Context(), c, code(id, "x")); err != nil {
			t.Fatal(err)
		}
	}
	if n := p.Counted().Submits; n != 6 { // as it should be, without priority, in UTC, without an end, without a receipt; then at once
		t.Errorf("%d tries: %q", n, tried)
	}
	if !strings.HasSuffix(tried[0], "000R") || !strings.HasSuffix(tried[2], "000+") || tried[3] != "" {
		t.Errorf("validity: %q", tried)
	}
}

// TestACodeThatIsOverIsNotSent.
func TestACodeThatIsOverIsNotSent(t *testing.T) {
	p := smpptest.New(t)
	m := code("m", "x")
	m.Expires = time.Now()
	_, err := attempt(t.Context(), newCentre(t, p, nil), m)
	if !errors.Is(err, port.ErrUndeliverable) || p.Counted().Submits > 0 {
		t.Errorf("%v, %d submits", err, p.Counted().Submits)
	}
}

// TestALongTextIsTakenAsAWhole or told as failed; what was taken of it is not sent again.
func TestALongTextIsTakenAsAWhole(t *testing.T) {
	words := strings.Repeat("All of this is said in more than one part. ", 10)
	p := smpptest.New(t)
	refused := false
	p.Do(func(p *smpptest.Peer) {
		p.Submit = func(s smpptest.Submitted) (a smpptest.Answer) {
			if s.Part == 2 && !refused {
				a.Status, refused = data.ESME_RSYSERR, true
			}
			return a
		}
	})
	c := newCentre(t, p, nil)
	if _, err := attempt(t.Context(), c, notice("m", words)); err == nil {
		t.Fatal("a part was refused")
	}
	told, err := attempt(t.Context(), c, notice("m", words))
	if err != nil {
		t.Fatal(err)
	}
	all := p.Taken()
	if len(all) != 3 || told.Receipt != all[2].ID {
		t.Fatalf("%d parts, told %+v", len(all), told)
	}
	for i, s := range all {
		if s.Class != 0x40 || s.Parts != 3 || s.Part != byte(i+1) || s.Ref != all[0].Ref || len(s.Octets) > 153 || (s.Receipt == 1) != (i == 2) {
			t.Errorf("part %d: %+v", i, s)
		}
	}
	if got := p.Texts(); len(got) != 1 || got[0].Words != words {
		t.Errorf("%+v arrived", got)
	}
}

// TestThePeersRequestsAreAnswered, whatever they are.
func TestThePeersRequestsAreAnswered(t *testing.T) {
	p := smpptest.New(t)
	c := newCentre(t, p, nil)
	if _, err := attempt(t.Context(), c, notice("m", "x")); err != nil {
		t.Fatal(err)
	}
	if err := p.Ask(); err != nil {
		t.Error(err)
	}
	if status, err := p.Say("4915100000000", "STOP"); err != nil || status != data.ESME_ROK {
		t.Error(status, err)
	}
	p.Throw([]byte{0, 0, 0, 16, 0, 0, 0x7F, 1, 0, 0, 0, 0, 0, 0, 0, 9})    // a request that nobody knows
	p.Throw([]byte{0, 0, 0, 18, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 9, 1, 1}) // a deliver_sm without its end
	if err := p.Ask(); err != nil {
		t.Error("after what can't be read:", err)
	}
	if n := p.Counted(); n.Binds != 1 || n.Nacks != 1 {
		t.Errorf("%d binds, %d nacks", n.Binds, n.Nacks)
	}
}

package smpp

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/backend/delivery/smpp/smpptest"
	"github.com/sparekey/sparekey/backend/port"
)

// given has a peer give IDs of the test's.
func given(ids ...string) func(*smpptest.Peer) {
	return func(p *smpptest.Peer) {
		next := 0
		p.Submit = func(smpptest.Submitted) smpptest.Answer {
			id := ids[min(next, len(ids)-1)]
			next++
			return smpptest.Answer{ID: id}
		}
	}
}

// TestWhatAReceiptSays, in the forms that centres give it.
func TestWhatAReceiptSays(t *testing.T) {
	for name, row := range map[string]struct {
		id   string // that the answer gave
		told smpptest.Receipt
		want *port.Receipt // nil: nothing is noted
	}{
		"arrived":                 {"42ab", smpptest.Receipt{ID: "42ab", State: "DELIVRD"}, &port.Receipt{ID: "42ab", Arrived: true}},
		"did not":                 {"42ab", smpptest.Receipt{ID: "42ab", State: "UNDELIV", Code: "027"}, &port.Receipt{ID: "42ab", Reason: "UNDELIV:027"}},
		"ran out":                 {"42ab", smpptest.Receipt{ID: "42ab", State: "EXPIRED"}, &port.Receipt{ID: "42ab", Reason: "EXPIRED"}},
		"refused":                 {"42ab", smpptest.Receipt{ID: "42ab", State: "REJECTD", Code: "A1"}, &port.Receipt{ID: "42ab", Reason: "REJECTD:A1"}},
		"deleted":                 {"42ab", smpptest.Receipt{ID: "42ab", State: "DELETED"}, &port.Receipt{ID: "42ab", Reason: "DELETED"}},
		"on its way":              {"42ab", smpptest.Receipt{ID: "42ab", State: "ENROUTE"}, nil},
		"accepted":                {"42ab", smpptest.Receipt{ID: "42ab", State: "ACCEPTD"}, nil},
		"nobody knows":            {"42ab", smpptest.Receipt{ID: "42ab", State: "UNKNOWN"}, nil},
		"a notice on the way":     {"42ab", smpptest.Receipt{ID: "42ab", State: "DELIVRD", Class: 0x20}, nil},
		"fields alone":            {"42ab", smpptest.Receipt{Words: "-", Field: "42ab", Value: 2}, &port.Receipt{ID: "42ab", Arrived: true}},
		"fields before words":     {"42ab", smpptest.Receipt{ID: "other", State: "UNDELIV", Field: "42ab", Value: 2}, &port.Receipt{ID: "42ab", Arrived: true}},
		"fields without a class":  {"42ab", smpptest.Receipt{Words: "-", Field: "42ab", Value: 5, Class: 0x80}, &port.Receipt{ID: "42ab", Reason: "UNDELIV"}},
		"by data_sm":              {"42ab", smpptest.Receipt{Words: "-", Field: "42ab", Value: 2, Data: true}, &port.Receipt{ID: "42ab", Arrived: true}},
		"words of its own":        {"42ab", smpptest.Receipt{Words: "Id: 42ab Sub: 1 Stat: DELIVERED Err: 0"}, &port.Receipt{ID: "42ab", Arrived: true}},
		"hex, then decimal":       {"1A2B3C4D", smpptest.Receipt{ID: "439041101", State: "DELIVRD"}, &port.Receipt{ID: "1A2B3C4D", Arrived: true}},
		"small hex with zeros":    {"00001a2b", smpptest.Receipt{ID: "6699", State: "DELIVRD"}, &port.Receipt{ID: "00001a2b", Arrived: true}},
		"decimal, then hex":       {"0000006699", smpptest.Receipt{ID: "1A2B", State: "DELIVRD"}, &port.Receipt{ID: "0000006699", Arrived: true}},
		"letters of another size": {"AB12-cd", smpptest.Receipt{ID: "ab12-CD", State: "DELIVRD"}, &port.Receipt{ID: "AB12-cd", Arrived: true}},
		"a person":                {"42ab", smpptest.Receipt{Words: "id:42ab stat:DELIVRD", Class: 0x80}, nil},
		"nobody's":                {"42ab", smpptest.Receipt{ID: "77", State: "DELIVRD"}, nil},
	} {
		p, b := smpptest.New(t), newBook(row.id)
		p.Do(given(row.id))
		c := newCentre(t, p, func(c *Config) { c.Receipts = b })
		if _, err := attempt(t.Context(), c, notice("m", "x")); err != nil {
			t.Fatal(name, err)
		}
		if status, err := p.Tell(row.told); err != nil || status != data.ESME_ROK {
			t.Errorf("%s: answered with %v, %v", name, status, err)
		}
		switch { // it is answered when it is noted
		case row.want == nil && len(b.receipts()) > 0:
			t.Errorf("%s: %+v is noted", name, b.receipts())
		case row.want != nil:
			row.want.Provider = c.Name()
			if len(b.receipts()) != 1 || b.receipts()[0] != *row.want {
				t.Errorf("%s: %+v is noted, want %+v", name, b.receipts(), *row.want)
			}
		}
	}
}

// TestAReceiptIsOfTheTextThatItNames, where its ID in another form is that of another text.
func TestAReceiptIsOfTheTextThatItNames(t *testing.T) {
	p, b := smpptest.New(t), newBook("10", "16", "22")
	p.Do(given("10", "16", "22"))
	c := newCentre(t, p, func(c *Config) { c.Receipts = b })
	for i, to := range []string{"+4915100000010", "+4915100000016", "+4915100000022"} {
		m := notice(string('a'+rune(i)), "x")
		m.To = to
		if _, err := attempt(t.Context(), c, m); err != nil {
			t.Fatal(err)
		}
	}
	// hexadecimal in answers, decimal in receipts: 0x10 is 16, 0x16 is 22
	for _, r := range []smpptest.Receipt{{ID: "16", From: "4915100000010", State: "DELIVRD"}, {ID: "22", From: "4915100000016", State: "UNDELIV"}, {ID: "34", From: "4915100000022", State: "DELIVRD"}} {
		if _, err := p.Tell(r); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, r := range b.receipts() {
		got = append(got, r.ID)
	}
	if want := []string{"10", "16", "22"}; !slices.Equal(got, want) {
		t.Errorf("receipts of %v, want %v", got, want)
	}
}

// TestAReceiptAfterARestart is found by its ID alone, where that can't be another text's.
func TestAReceiptAfterARestart(t *testing.T) {
	for told, want := range map[string]string{"42ab": "42ab", "6699": "1A2B", "16": ""} {
		p, b := smpptest.New(t), newBook("42ab", "1A2B", "10")
		c := newCentre(t, p, func(c *Config) { c.Receipts = b })
		c.Start()
		until(t, "nobody binds", func() bool { _, err := p.Tell(smpptest.Receipt{ID: told, State: "DELIVRD"}); return err == nil })
		got := ""
		if len(b.receipts()) > 0 {
			got = b.receipts()[0].ID
		}
		if got != want {
			t.Errorf("%s is noted as of %q, want %q", told, got, want)
		}
	}
}

// TestAReceiptThatCanNotBeNotedComesAgain: its centre is told so.
func TestAReceiptThatCanNotBeNotedComesAgain(t *testing.T) {
	p, b := smpptest.New(t), newBook("7")
	b.fails = errors.New("the store is away")
	p.Do(given("7"))
	c := newCentre(t, p, func(c *Config) { c.Receipts = b })
	if _, err := attempt(t.Context(), c, notice("m", "x")); err != nil {
		t.Fatal(err)
	}
	if status, err := p.Tell(smpptest.Receipt{ID: "7", State: "DELIVRD"}); err != nil || status != data.ESME_RX_T_APPN {
		t.Errorf("answered with %v, %v", status, err)
	}
	b.mu.Lock()
	b.fails = nil
	b.mu.Unlock()
	if status, err := p.Tell(smpptest.Receipt{ID: "7", State: "DELIVRD"}); err != nil || status != data.ESME_ROK || b.last(t).ID != "7" {
		t.Errorf("answered with %v, %v", status, err)
	}
}

// TestAReceiptBeforeItsTextIsRecorded is noted a moment later.
func TestAReceiptBeforeItsTextIsRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, b := &smpptest.Peer{}, newBook()
		p.Do(given("7"))
		c := newCentre(t, p, func(c *Config) { c.Receipts = b; inPipe(c, p) })
		if _, err := attempt(t.Context(), c, notice("m", "x")); err != nil {
			t.Fatal(err)
		}
		if status, err := p.Tell(smpptest.Receipt{ID: "7", State: "DELIVRD"}); err != nil || status != data.ESME_ROK {
			t.Errorf("answered with %v, %v", status, err)
		}
		if len(b.receipts()) > 0 {
			t.Fatal("noted before it is known")
		}
		b.know("7")
		time.Sleep(2 * time.Second)
		if len(b.receipts()) != 1 || b.receipts()[0].ID != "7" {
			t.Errorf("noted: %+v", b.receipts())
		}
		time.Sleep(5 * time.Minute)
		if len(b.receipts()) != 1 {
			t.Errorf("noted %d times", len(b.receipts()))
		}
	})
}

// TestReceiptsHoldUpNoAnswer: texts are taken while receipts can't be noted.
func TestReceiptsHoldUpNoAnswer(t *testing.T) {
	p, b := smpptest.New(t), newBook()
	c := newCentre(t, p, func(c *Config) { c.Receipts = b })
	if _, err := attempt(t.Context(), c, notice("m", "x")); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock() // the store stands still
	answered := make(chan data.CommandStatusType, 2*mostArrived)
	for range 2 * mostArrived {
		go func() {
			status, _ := p.Tell(smpptest.Receipt{ID: "7", State: "DELIVRD"})
			answered <- status
		}()
	}
	if status := <-answered; status != data.ESME_RX_T_APPN { // more than may wait
		t.Errorf("answered with %v", status)
	}
	if _, err := attempt(t.Context(), c, notice("m2", strings.Repeat("x", 400))); err != nil {
		t.Error(err)
	}
	b.mu.Unlock()
	for range 2*mostArrived - 1 {
		<-answered
	}
}

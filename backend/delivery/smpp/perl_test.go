package smpp

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// perlCentre starts a message centre of which neither Sparekey nor its library has a line, and gives what it prints.
func perlCentre(t *testing.T) (address string, lines <-chan string) {
	t.Helper()
	if err := exec.Command("perl", "-MNet::SMPP", "-e", "1").Run(); err != nil {
		t.Skip("perl's Net::SMPP (libnet-smpp-perl) is not installed")
	}
	c := exec.Command("perl", "testdata/centre.pl")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 100)
	go func() {
		defer close(said)
		for in := bufio.NewScanner(out); in.Scan(); {
			said <- in.Text()
		}
	}()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	return "smpp-clear://127.0.0.1:" + strings.TrimPrefix(heard(t, said), "port "), said
}

func heard(t *testing.T, lines <-chan string) string {
	t.Helper()
	select {
	case line := <-lines:
		return line
	case <-time.After(20 * time.Second):
		t.Fatal("perl says nothing")
		return ""
	}
}

// TestAnotherMakersCentreUnderstands each text, and its receipts are understood: answers in hexadecimal, receipts in decimal.
func TestAnotherMakersCentreUnderstands(t *testing.T) {
	address, lines := perlCentre(t)
	b := newBook("000A0001", "000A0003")
	c, err := New(Config{
		Server: address, User: "sparekey", SystemType: "OTP", From: "Harbour", Clock: realClock{}, Receipts: b,
		Secret: secretOf(keeper), Texts: wordsIn,
	})
	if err != nil {
		t.Fatal(err)
	}
	told, err := attempt(t.Context(), c, code("m1", "Code 4711 €"))
	if err != nil || told.Receipt != "000A0001" {
		t.Fatal(told, err)
	}
	if got, want := b.last(t), (port.Receipt{Provider: c.Name(), ID: "000A0001", Arrived: true}); got != want {
		t.Errorf("the receipt is %+v, want %+v", got, want)
	}
	if _, err := attempt(t.Context(), c, notice("m2", strings.Repeat("日", 71))); err != nil {
		t.Fatal(err)
	}
	if got := b.last(t); got.ID != "000A0003" || !got.Arrived {
		t.Errorf("the receipt of a long text is %+v", got)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	addresses := "destination_addr=4915112345678 dest_addr_ton=1 dest_addr_npi=1 source_addr=Harbour source_addr_ton=5 source_addr_npi=0 "
	var heardOf []string
	receipts := 0
	for line := heard(t, lines); line != "unbind"; line = heard(t, lines) {
		if line == "receipt 0" { // which is answered beside what is submitted
			receipts++
			continue
		}
		heardOf = append(heardOf, line)
	}
	want := []string{
		"bind sparekey keeper7 OTP 52",
		"submit " + addresses + "esm_class=0 data_coding=0 priority_flag=1 registered_delivery=1 validity_period=000000000",
		"submit " + addresses + "esm_class=64 data_coding=8 priority_flag=0 registered_delivery=0 validity_period= text=050003",
		"submit " + addresses + "esm_class=64 data_coding=8 priority_flag=0 registered_delivery=1 validity_period= text=050003",
	}
	if len(heardOf) != len(want) || receipts != 2 || !strings.HasSuffix(heardOf[1], "000R text=436f64652034373131201b65") {
		t.Fatalf("%d receipts were answered, and it heard\n%s", receipts, strings.Join(heardOf, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(heardOf[i], want[i]) {
			t.Errorf("it heard %q, want %q", heardOf[i], want[i])
		}
	}
}

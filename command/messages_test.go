package command

import (
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// TestMessagesArePrinted in a line each, in words, and nothing that a provider says moves the terminal.
func TestMessagesArePrinted(t *testing.T) {
	at := time.Date(2027, 3, 1, 9, 10, 3, 0, time.Local)
	all := []app.MessageTrace{
		{ID: "m3", At: at, Channel: app.KindSMS, Template: app.MessageCode, Delivery: app.DeliveryUndelivered, Provider: "gateway", Receipt: "SM7",
			Said: []string{"gateway taken SM7", "gateway undelivered 30003 SM7"}, Flow: "F1"},
		{ID: "m2", At: at, Channel: app.KindEmail, Template: app.MessageCode, Delivery: app.DeliveryTaken, Provider: "mx2:587", Receipt: "4X\x1b[2J",
			Said: []string{"mx1:587 connect", "mx2:587 taken 4X\x1b[2J"}},
		{At: at, Channel: app.KindEmail, Template: app.MessageUnlocked, Delivery: "newer"},
	}
	var table, doc strings.Builder
	if err := printMessages(&table, all); err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(table.String()), "\n")[1:] {
		want := []string{
			"2027-03-01 09:10:03 sms code handed over, and not delivered gateway SM7 gateway taken SM7; gateway undelivered 30003 SM7",
			"2027-03-01 09:10:03 email code handed over mx2:587 " + visible("4X\x1b[2J") + " mx1:587 connect",
			"2027-03-01 09:10:03 email unlocked newer",
		}[i]
		if got := strings.Join(strings.Fields(line), " "); got != want {
			t.Errorf("line %d is\n%s, want\n%s", i+1, got, want)
		}
	}
	if err := printMessagesJSON(&doc, all); err != nil || strings.Contains(doc.String()+table.String(), "\x1b") ||
		!strings.Contains(doc.String(), `"outcome": "undelivered"`) || !strings.Contains(doc.String(), `"message": "m3"`) {
		t.Errorf("%v: %q", err, doc.String())
	}
}

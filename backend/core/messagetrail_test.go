package core

import (
	"reflect"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// TestWhatTheTrailSaysOfMessagesIsReadBack, also what a version before wrote, without the message's ID.
func TestWhatTheTrailSaysOfMessagesIsReadBack(t *testing.T) {
	at := time.Unix(1_750_000_000, 0)
	for reason, want := range map[string]app.MessageTrace{
		"outbox.sent code m1; mx1:587 connect; mx2:587 taken 4XyZ q": {ID: "m1", Template: "code", Delivery: app.DeliveryTaken, Provider: "mx2:587",
			Receipt: "4XyZ q", Said: []string{"mx1:587 connect", "mx2:587 taken 4XyZ q"}},
		"outbox.sent code m1; gateway taken": {ID: "m1", Template: "code", Delivery: app.DeliveryTaken, Provider: "gateway", Said: []string{"gateway taken"}},
		"outbox.sent code; mx1:587 taken 4X": {Template: "code", Delivery: app.DeliveryTaken, Provider: "mx1:587", Receipt: "4X", Said: []string{"mx1:587 taken 4X"}},
		"outbox.delayed code m1; a b c":      {ID: "m1", Template: "code", Delivery: app.DeliveryLate, Said: []string{"a b c"}},
		"outbox.failed code m1; expired":     {ID: "m1", Template: "code", Delivery: app.DeliveryGivenUp, Said: []string{"expired"}},
		"outbox.failed code":                 {Template: "code", Delivery: app.DeliveryGivenUp, Said: []string{}},
		"outbox.arrived code m1; gateway arrived SM7": {ID: "m1", Template: "code", Delivery: app.DeliveryArrived, Provider: "gateway", Receipt: "SM7",
			Said: []string{"gateway arrived SM7"}},
		"outbox.undelivered code m1; gateway undelivered 30003 SM7": {ID: "m1", Template: "code", Delivery: app.DeliveryUndelivered, Provider: "gateway",
			Receipt: "SM7", Said: []string{"gateway undelivered 30003 SM7"}},
	} {
		var e port.AuditEntry
		for i := range reason {
			if reason[i] == ' ' {
				e.Action, e.Reason = reason[:i], reason[i+1:]
				break
			}
		}
		e.At, e.Method, e.Flow = at, "sms", "F1"
		want.At, want.Channel, want.Flow = at, app.KindSMS, "F1"
		if got := ReadMessageEntry(e); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v, want\n%+v", reason, got, want)
		}
	}
}

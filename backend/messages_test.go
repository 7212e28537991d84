package backend_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// TestTheHelpDeskSeesWhatBecameOfMessages, each in one line, without what they said and where they went.
func TestTheHelpDeskSeesWhatBecameOfMessages(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	g := w.through(&gateway{fail: errors.New("connection refused")})
	list := func() []app.MessageTrace {
		t.Helper()
		all, err := w.MessagesOf(w.operator(), ben.UserID)
		w.ok(err)
		return all
	}
	if all := list(); len(all) != 0 {
		t.Errorf("before any: %+v", all)
	}
	k := sendCode(w)
	flow := k.flow.ID
	want := app.MessageTrace{Channel: app.KindEmail, Template: app.MessageCode, Flow: flow, Delivery: app.DeliveryOnItsWay, At: w.clock.Now()}
	one := func(when string) {
		t.Helper()
		all := list()
		if len(all) != 1 || all[0].ID == "" {
			t.Fatalf("%s: %+v", when, all)
		}
		want.ID = all[0].ID
		if !reflect.DeepEqual(all[0], want) {
			t.Errorf("%s:\n%+v, want\n%+v", when, all[0], want)
		}
	}
	one("at once")
	w.clock.pass(time.Second)
	w.ok(w.Deliver(t.Context()))
	want.Delivery, want.At, want.Said = app.DeliveryLate, w.clock.Now(), []string{"gateway connect"}
	one("after a first try")
	w.clock.pass(time.Minute)
	g.fail = nil
	w.ok(w.Deliver(t.Context()))
	want.Delivery, want.At, want.Provider, want.Receipt = app.DeliveryTaken, w.clock.Now(), "gateway", g.taken[0]
	want.Said = append(want.Said, "gateway taken "+g.taken[0])
	one("taken")
	w.clock.pass(time.Second)
	w.receive(port.Receipt{Provider: "gateway", ID: g.taken[0], Reason: "30003"}, nil)
	want.Delivery, want.At = app.DeliveryUndelivered, w.clock.Now()
	want.Said = append(want.Said, "gateway undelivered 30003 "+g.taken[0])
	one("not delivered")
	w.clock.pass(3 * time.Hour)
	w.ok(w.Sweep(t.Context())) // the outbox forgets, and the trail does not
	one("hours later")

	sendCode(w)
	w.clock.pass(6 * time.Minute)
	w.ok(w.Deliver(t.Context()))
	all := list()
	if len(all) != 2 || all[0].Delivery != app.DeliveryGivenUp || !reflect.DeepEqual(all[0].Said, []string{"expired"}) || all[1].ID != want.ID {
		t.Errorf("the newest first: %+v", all)
	}
	if text := fmt.Sprintf("%+v", all); strings.Contains(text, ben.Mail) || strings.Contains(text, "@") {
		t.Errorf("an address is told: %s", text)
	}
	if other, err := w.MessagesOf(w.operator(), someone(trial.Ready).UserID); err != nil || len(other) != 0 {
		t.Errorf("somebody else's: %+v, %v", other, err)
	}
	for user, code := range map[string]app.Code{"nobody@harbour.example": app.CodeUnknown, "": app.CodeBadUserID} {
		if _, err := w.MessagesOf(w.operator(), user); app.CodeOf(err) != code {
			t.Errorf("%q: %v, want %s", user, err, code)
		}
	}
}

// TestWhatGoesToNobodyIsNoMessage: it stands for one, and the help desk would look for it.
func TestWhatGoesToNobodyIsNoMessage(t *testing.T) {
	w := newWorld(t, private, allows(2, []app.Kind{app.KindAuthApp, app.KindEmail}), often)
	w.through(&gateway{fail: port.ErrUndeliverable})
	ben := someone(trial.Registered)
	w.lockRecovery(ben.ID)
	all, err := w.MessagesOf(w.operator(), ben.UserID)
	w.ok(err)
	waits := len(all)
	w.clock.pass(25 * time.Hour)
	w.ok(w.Deliver(t.Context()))
	if all, err = w.MessagesOf(w.operator(), ben.UserID); err != nil || len(all) > waits {
		t.Errorf("%d messages, %d waited: %+v, %v", len(all), waits, all, err)
	}
	for _, m := range all {
		if m.Template == app.MessageCode {
			t.Errorf("a code that nobody gets: %+v", m)
		}
	}
}

package wire

import (
	"reflect"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// travels sends a value with something in each field, and an empty one, in its form over the wire and back.
func travels[D, W any](t *testing.T, write func(D) W, read func(W) D) {
	t.Helper()
	var empty D
	for _, d := range []D{filled(empty), empty} {
		if got := read(through(t, write(d))); !reflect.DeepEqual(got, d) {
			t.Errorf("sent %#v, arrived %#v", d, got)
		}
	}
}

func TestWhatAdministratorsAskAndGetTravels(t *testing.T) {
	travels(t, NewPolicyHistory, PolicyHistory.Domain)
	travels(t, NewPolicyVersion, PolicyVersion.Domain)
	travels(t, NewPolicyVerdict, PolicyVerdict.Domain)
	travels(t, NewContactsFile, ContactsFile.Domain)
	travels(t, NewContactsEntered, ContactsEntered.Domain)
	travels(t, NewTrailReport, TrailReport.Domain)
	pass := filled(app.Pass{})
	if got := through(t, NewPass(pass)).Domain(); !reflect.DeepEqual(got, pass) {
		t.Errorf("got %#v, want %#v", got, pass)
	}
}

// Who acts is the server's to say.
func TestWhoActsDoesNotTravel(t *testing.T) {
	draft := filled(app.PolicyDraft{})
	want := draft
	want.By = "A2"
	if got := through(t, NewPolicyDraft(draft)).Domain("A2"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, want %#v", got, want)
	}
	order := filled(app.IssuePass{})
	if got := through(t, NewIssuePass(order)).Domain("A2"); got != (app.IssuePass{UserID: order.UserID, Desk: order.Desk, By: "A2"}) {
		t.Errorf("got %#v", got)
	}
}

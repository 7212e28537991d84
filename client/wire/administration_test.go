package wire

import (
	"reflect"
	"slices"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// travels sends a value with something in each field, and an empty one, in its form over the wire and back. It gives the
// form.
func travels[D, W any](t *testing.T, write func(D) W, read func(W) D) reflect.Type {
	t.Helper()
	var empty D
	for _, d := range []D{filled(empty), empty} {
		if got := read(through(t, write(d))); !reflect.DeepEqual(got, d) {
			t.Errorf("sent %#v, arrived %#v", d, got)
		}
	}
	return reflect.TypeFor[W]()
}

// elsewhere are forms that other tests send, or that have nothing to translate.
var elsewhere = []any{
	Started{}, Problem{}, Grant{}, Organisation{}, Start{}, Submission{}, Renewal{}, PolicyDraft{}, IssuePass{}, RevokePass{}, Pass{},
	StationInvited{}, OwnStation{}, EnrolStation{}, InviteStation{}, ChangeStation{},
}

func TestWhatAdministratorsAskAndGetTravels(t *testing.T) {
	sent := []reflect.Type{
		travels(t, NewPolicyHistory, PolicyHistory.Domain),
		travels(t, NewPolicyVersion, PolicyVersion.Domain),
		travels(t, NewPolicyVerdict, PolicyVerdict.Domain),
		travels(t, NewContactsFile, ContactsFile.Domain),
		travels(t, NewContactsEntered, ContactsEntered.Domain),
		travels(t, NewTrailReport, TrailReport.Domain),
		travels(t, NewStation, Station.Domain),
		travels(t, NewStations, Stations.Domain),
	}
	for _, form := range elsewhere {
		sent = append(sent, reflect.TypeOf(form))
	}
	for _, form := range slices.Concat(replies, bodies) {
		if !slices.Contains(sent, reflect.TypeOf(form)) {
			t.Errorf("%T is not sent here", form)
		}
	}
	pass := filled(app.Pass{})
	if got := through(t, NewPass(pass)).Domain(); !reflect.DeepEqual(got, pass) {
		t.Errorf("got %#v, want %#v", got, pass)
	}
}

func TestAStationsEnrolmentTravels(t *testing.T) {
	invited := filled(app.StationInvited{})
	if got := through(t, NewStationInvited(invited)).Domain(); !reflect.DeepEqual(got, invited) {
		t.Errorf("got %#v, want %#v", got, invited)
	}
	asked := filled(app.EnrolStation{})
	if got := through(t, NewEnrolStation(asked)).Domain(); !reflect.DeepEqual(got, asked) {
		t.Errorf("got %#v, want %#v", got, asked)
	}
	enrolled := invited.Station
	if got := through(t, NewOwnStation(enrolled)).Domain(); got != (app.Station{ID: enrolled.ID, Name: enrolled.Name}) {
		t.Errorf("got %#v", got)
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
	change := filled(app.ChangeStation{})
	wanted := change
	wanted.By = "A2"
	if got := through(t, NewChangeStation(change)).Domain("A2"); got != wanted {
		t.Errorf("got %#v, want %#v", got, wanted)
	}
	order := filled(app.IssuePass{})
	if got := through(t, NewIssuePass(order)).Domain("A2"); got != (app.IssuePass{UserID: order.UserID, Desk: order.Desk, By: "A2"}) {
		t.Errorf("got %#v", got)
	}
}

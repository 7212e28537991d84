package wire

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

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
	Started{}, Problem{}, Grant{}, Organisation{}, Start{}, Submission{}, Renewal{}, PolicyDraft{}, IssuePass{}, RevokePass{}, Pass{}, LookUp{}, Unfreeze{},
	StationInvited{}, StationReport{}, OwnStation{}, EnrolStation{}, InviteStation{}, ChangeStation{}, TokenMade{}, MakeToken{}, RevokeToken{}, MessagesOf{},
}

func TestWhatAdministratorsAskAndGetTravels(t *testing.T) {
	sent := []reflect.Type{
		travels(t, NewPolicyHistory, PolicyHistory.Domain),
		travels(t, NewPolicyVersion, PolicyVersion.Domain),
		travels(t, NewPolicyVerdict, PolicyVerdict.Domain),
		travels(t, NewContactsFile, ContactsFile.Domain),
		travels(t, NewContactsEntered, ContactsEntered.Domain),
		travels(t, NewStanding, Standing.Domain),
		travels(t, NewUnfrozen, Unfrozen.Domain),
		travels(t, NewTrailReport, TrailReport.Domain),
		travels(t, NewStation, Station.Domain),
		travels(t, NewStations, Stations.Domain),
		travels(t, NewStationHealth, StationHealth.Domain),
		travels(t, NewStationUse, StationUse.Domain),
		travels(t, NewToken, Token.Domain),
		travels(t, NewTokens, Tokens.Domain),
		travels(t, NewMessageTraces, MessageTraces.Domain),
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

// A report says how long ago something was: whichever clock it is read by, that is the same.
func TestAStationsReportTravelsFromClockToClock(t *testing.T) {
	there := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	here := time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	said := filled(app.StationReport{})
	said.Since, said.TroubleAt = there.Add(-25*time.Hour), there.Add(-3*time.Minute)
	want := said
	want.Since, want.TroubleAt = here.Add(-25*time.Hour), here.Add(-3*time.Minute)
	if got := through(t, NewStationReport(said, there)).Domain(here); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	said.Since, said.TroubleAt = there.Add(time.Hour), there.Add(time.Hour) // the clock was put back meanwhile
	if got := through(t, NewStationReport(said, there)).Domain(here); !got.Since.Equal(here) || !got.TroubleAt.Equal(here) {
		t.Errorf("from a time to come: %v, %v", got.Since, got.TroubleAt)
	}
	said.Trouble = ""
	if got := through(t, NewStationReport(said, there)).Domain(here); !got.TroubleAt.IsZero() {
		t.Errorf("no trouble, at %v", got.TroubleAt)
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

func TestATokenTravelsOnce(t *testing.T) {
	made := filled(app.TokenMade{})
	if got := through(t, NewTokenMade(made)).Domain(); !reflect.DeepEqual(got, made) {
		t.Errorf("got %#v, want %#v", got, made)
	}
	listed, err := json.Marshal(NewTokens([]app.Token{made.Token}))
	if err != nil || strings.Contains(string(listed), made.Secret.Reveal()) {
		t.Errorf("a list has the token itself: %s, %v", listed, err)
	}
}

// The API describes the scopes by hand, in a tag.
func TestEveryScopeTravels(t *testing.T) {
	field, _ := reflect.TypeFor[MakeToken]().FieldByName("May")
	var names []string
	for _, s := range app.Scopes {
		names = append(names, string(s))
	}
	if got, want := field.Tag.Get("enum"), strings.Join(names, ","); got != want {
		t.Errorf("the form takes %s, there are %s", got, want)
	}
}

// The API describes what becomes of a message by hand, in tags.
func TestEveryDeliveryTravels(t *testing.T) {
	var names []string
	for _, d := range app.Deliveries {
		names = append(names, string(d))
	}
	for _, form := range []reflect.Type{reflect.TypeFor[EnterCode](), reflect.TypeFor[ConfirmOnPhone](), reflect.TypeFor[MessageTrace]()} {
		field, _ := form.FieldByName("Delivery")
		if got, want := field.Tag.Get("enum"), strings.Join(names, ","); got != want {
			t.Errorf("%s says %s, there are %s", form.Name(), got, want)
		}
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
	token := app.MakeToken{Name: "nightly", May: []app.Scope{app.ScopeTrail}, Life: time.Hour, By: "somebody"}
	asked := token
	asked.By = "A2"
	if got := through(t, NewMakeToken(token)).Domain("A2"); !reflect.DeepEqual(got, asked) {
		t.Errorf("got %#v, want %#v", got, asked)
	}
	order := filled(app.IssuePass{})
	if got := through(t, NewIssuePass(order)).Domain("A2"); got != (app.IssuePass{UserID: order.UserID, Desk: order.Desk, By: "A2"}) {
		t.Errorf("got %#v", got)
	}
}

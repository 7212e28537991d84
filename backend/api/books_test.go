package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
)

// books are the services of administrators, kept in memory, behind the fake that notes who called.
type books struct {
	fake     *fake
	err      error // of every service, when set
	versions []app.PolicyVersion
	passes   map[string]bool
	asked    []any // what arrived
}

func newBooks(f *fake) *books {
	b := &books{fake: f, passes: map[string]bool{"r1": true}}
	for i, document := range []string{"[a]", "[b]\r\n", "[c]\xff\x00"} {
		b.add(app.PolicyDraft{Document: []byte(document), Source: "/etc/sparekey/policy.toml", By: "jo", Comment: "no. " + string(rune('1'+i))})
	}
	return b
}

func (b *books) administration() app.Administration {
	return app.Administration{Policies: b, Contacts: b, Passes: b, Accounts: b, Trail: b, Stations: b, Tokens: b, Messages: b}
}

// called notes who asked for what.
func (b *books) called(ctx context.Context, what any) error {
	if err := b.fake.called(ctx); err != nil {
		return err
	}
	b.asked = append(b.asked, what)
	return b.err
}

func (b *books) add(d app.PolicyDraft) int {
	hash := sha256.Sum256(d.Document)
	n := len(b.versions) + 1
	b.versions = append(b.versions, app.PolicyVersion{
		Number: n, At: noon.Add(time.Duration(n) * time.Minute), By: d.By, Source: d.Source, Comment: d.Comment, Hash: hash[:], Document: d.Document,
	})
	return n
}

func (b *books) History(ctx context.Context) (app.PolicyHistory, error) {
	h := app.PolicyHistory{InForce: len(b.versions), File: "/etc/sparekey/policy.toml"}
	for _, v := range slices.Backward(b.versions) {
		v.Document = nil
		h.Versions = append(h.Versions, v)
	}
	return h, b.called(ctx, "history")
}

func (b *books) Version(ctx context.Context, number int) (app.PolicyVersion, error) {
	if err := b.called(ctx, number); err != nil {
		return app.PolicyVersion{}, err
	}
	if number == 0 {
		number = len(b.versions)
	}
	if number < 1 || number > len(b.versions) {
		return app.PolicyVersion{}, &app.Error{Code: app.CodeNoVersion}
	}
	return b.versions[number-1], nil
}

// judge finds one thing wrong in a document that says "bad", and somebody stranded in one that says "strand".
func judge(d app.PolicyDraft) app.PolicyVerdict {
	v := app.PolicyVerdict{Stranded: bytes.Count(d.Document, []byte("strand"))}
	if bytes.Contains(d.Document, []byte("bad")) {
		v.Problems = []app.Problem{{Line: 2, Key: "codes.lifetime", Code: "too_long", Params: map[string]string{"most": "10m"}}, {Code: "unread"}}
	}
	return v
}

func (b *books) CheckPolicy(ctx context.Context, d app.PolicyDraft) (app.PolicyVerdict, error) {
	return judge(d), b.called(ctx, d)
}

func (b *books) ApplyPolicy(ctx context.Context, d app.PolicyDraft) (app.PolicyVerdict, error) {
	if err := b.called(ctx, d); err != nil {
		return app.PolicyVerdict{}, err
	}
	v := judge(d)
	switch {
	case d.Source == "managed":
		return app.PolicyVerdict{}, &app.Error{Code: app.CodePolicyManaged}
	case d.After != len(b.versions):
		return app.PolicyVerdict{}, &app.Error{Code: app.CodePolicyMoved}
	case len(v.Problems) == 0 && (v.Stranded == 0 || d.Strand):
		v.Number = b.add(d)
	}
	return v, nil
}

func (b *books) ImportContacts(ctx context.Context, f app.ContactsFile) (app.ContactsEntered, error) {
	e := app.ContactsEntered{People: bytes.Count(f.Content, []byte("\n")), Added: 2, Updated: 3, Same: 4, Kept: 5, Written: !f.DryRun}
	if strings.Contains(string(f.Content), "bad") {
		e.Problems = []app.Problem{{Line: 7, Key: "mobile", Code: "phone_malformed"}}
		e.Written = e.Written && f.SkipBad
	}
	return e, b.called(ctx, f)
}

func (b *books) IssuePass(ctx context.Context, p app.IssuePass) (app.Pass, error) {
	if err := b.called(ctx, p); err != nil {
		return app.Pass{}, err
	}
	if p.UserID == "" {
		return app.Pass{}, &app.Error{Code: app.CodeBadUserID, Field: "user_id"}
	}
	b.passes[p.UserID] = true
	return app.Pass{
		Code: app.NewSecret("7Q4MXD0K92TB"), Person: app.Person{Account: "A1", UserID: p.UserID, Name: "Ana"}, Expires: noon, First: p.Desk,
	}, nil
}

func (b *books) RevokePass(ctx context.Context, userID, by string) error {
	if err := b.called(ctx, []string{userID, by}); err != nil {
		return err
	}
	if !b.passes[userID] {
		return &app.Error{Code: app.CodeNoPass}
	}
	delete(b.passes, userID)
	return nil
}

func (b *books) Standing(ctx context.Context, userID string) (app.Standing, error) {
	if err := b.called(ctx, userID); err != nil {
		return app.Standing{}, err
	}
	if userID == "" {
		return app.Standing{}, &app.Error{Code: app.CodeUnknown, Field: "user_id"}
	}
	s := app.Standing{Person: app.Person{Account: "A1", UserID: userID, Name: "Ana"}, Admin: true, Registered: 3}
	if userID != "ben" {
		s.Freeze = &app.Freeze{Since: noon, Event: app.MessagePasswordChanged, Before: noon.Add(-time.Minute)}
	}
	return s, nil
}

func (b *books) Unfreeze(ctx context.Context, u app.Unfreeze) (app.Person, error) {
	if err := b.called(ctx, u); err != nil {
		return app.Person{}, err
	}
	if u.UserID == "ben" {
		return app.Person{}, &app.Error{Code: app.CodeNotFrozen}
	}
	return app.Person{Account: "A1", UserID: u.UserID, Name: "Ana"}, nil
}

func (b *books) VerifyTrail(ctx context.Context) (app.TrailReport, error) {
	return app.TrailReport{Entries: 1 << 40, Vouched: 7, Fault: &app.Problem{Code: "trail_edited", Params: map[string]string{"entry": "8"}}}, b.called(ctx, "trail")
}

func (b *books) ListStations(ctx context.Context) ([]app.Station, error) {
	return []app.Station{
		{ID: "s1", Name: "Kiosk lobby", Invited: noon, InvitedBy: "jo", CodeEnds: noon.Add(time.Hour), Enrolled: noon, Used: noon, Paused: noon, Revoked: noon,
			Health: &app.StationHealth{
				Report: wellReport(noon), Reported: noon, Server: "1.5.0", ClockAhead: -2 * time.Minute, ClockAt: noon,
				Use: app.StationUse{Begun: 9, Through: 4, Asked: 3, Cancelled: 2, Abandoned: 1}, Faults: []app.StationFault{app.FaultSilent, app.FaultClock},
			}},
		{ID: "s4", Name: "enrolled, and never heard of", Enrolled: noon, Health: &app.StationHealth{}},
		{ID: "s2", Name: "Kiosk <&>\u2028"},
	}, b.called(ctx, "stations")
}

func (b *books) InviteStation(ctx context.Context, name, by string) (app.StationInvited, error) {
	if err := b.called(ctx, []string{name, by}); err != nil {
		return app.StationInvited{}, err
	}
	if name == "" {
		return app.StationInvited{}, &app.Error{Code: app.CodeStationName, Field: "name"}
	}
	return app.StationInvited{Station: app.Station{ID: "s3", Name: name, Invited: noon, CodeEnds: noon.Add(time.Hour)}, Code: app.NewSecret("7Q4MXD0K92TB")}, nil
}

func (b *books) ChangeStation(ctx context.Context, c app.ChangeStation) (app.Station, error) {
	if err := b.called(ctx, c); err != nil {
		return app.Station{}, err
	}
	if c.ID == "" {
		return app.Station{}, &app.Error{Code: app.CodeNoStation}
	}
	return app.Station{ID: c.ID, Name: c.Name, Invited: noon, Enrolled: noon}, nil
}

func (b *books) ListTokens(ctx context.Context) ([]app.Token, error) {
	return []app.Token{
		{ID: "t1", Name: "nightly <&>", May: app.Scopes, Made: noon, MadeBy: "jo", Ends: noon.Add(time.Hour), Used: noon, Revoked: noon},
		{ID: "t2", Name: "import", May: []app.Scope{app.ScopeContacts}, Made: noon, Ends: noon},
	}, b.called(ctx, "tokens")
}

func (b *books) MakeToken(ctx context.Context, m app.MakeToken) (app.TokenMade, error) {
	if err := b.called(ctx, m); err != nil {
		return app.TokenMade{}, err
	}
	if m.Name == "" {
		return app.TokenMade{}, &app.Error{Code: app.CodeTokenName, Field: "name"}
	}
	return app.TokenMade{
		Token: app.Token{ID: "t3", Name: m.Name, May: m.May, Made: noon, Ends: noon.Add(m.Life)}, Secret: app.NewSecret(app.TokenPrefix + "7Q4MXD0K92TB"),
	}, nil
}

func (b *books) RevokeToken(ctx context.Context, id app.TokenID, by string) (app.Token, error) {
	if err := b.called(ctx, []string{string(id), by}); err != nil {
		return app.Token{}, err
	}
	if id == "" {
		return app.Token{}, &app.Error{Code: app.CodeNoToken}
	}
	return app.Token{ID: id, Name: "nightly", May: []app.Scope{app.ScopeTrail}, Made: noon, Ends: noon, Revoked: noon}, nil
}

func (b *books) MessagesOf(ctx context.Context, userID string) ([]app.MessageTrace, error) {
	if err := b.called(ctx, userID); err != nil {
		return nil, err
	}
	if userID == "" {
		return nil, &app.Error{Code: app.CodeUnknown, Field: "user_id"}
	}
	return []app.MessageTrace{
		{ID: "m1", At: noon, Channel: app.KindEmail, Template: app.MessageCode, Delivery: app.DeliveryTaken, Provider: "mx1:587", Receipt: "4XyZ <&>",
			Said: []string{"mx1:587 taken 4XyZ <&>"}, Flow: "F1"},
		{At: noon, Channel: app.KindSMS, Delivery: app.DeliveryGivenUp},
	}, nil
}

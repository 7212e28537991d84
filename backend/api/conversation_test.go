package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/sparekey/sparekey/app"
	// The real client drives the API here, so that the two ends of the wire can't drift apart.
	"github.com/sparekey/sparekey/client"
)

// connect gives a real client over real HTTP, watched by the witness.
func connect(t *testing.T, f *fake) (*client.Client, *witness) {
	h, _ := handler(f)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	w := newWitness(t)
	return &client.Client{Base: server.URL, Transport: w, Station: "desk-3", Clock: stillClock{}}, w
}

// connectPlainly is connect without the witness.
func connectPlainly(t *testing.T, f *fake) *client.Client {
	c, _ := connect(t, f)
	return &client.Client{Base: c.Base, Clock: stillClock{}}
}

func TestEveryOperationSpeaksAsDescribed(t *testing.T) {
	f, ctx := newFake(), context.Background()
	c, w := connect(t, f)
	everyOperation(t, ctx, c, f)
	everyAdministration(t, &client.Client{Base: c.Base, Transport: c.Transport, Clock: stillClock{}}, f)
	_, all := document(t)
	for _, d := range all {
		if !slices.ContainsFunc([]string{"200", "201", "204"}, func(s string) bool { return w.seen[d.id+" "+s] }) {
			t.Errorf("%s: no success was seen", d.id)
		}
		if !w.seen[d.id+" 503"] {
			t.Errorf("%s: no problem was seen", d.id)
		}
	}
}

// everyAdministration calls every service of administrators, which is down at first.
func everyAdministration(t *testing.T, c *client.Client, f *fake) {
	t.Helper()
	a := asAdministrator(t, c, f)
	f.books.err = &app.Error{Code: app.CodeUnavailable}
	for _, told := range administrate(t.Context(), a, "") {
		if told.code != app.CodeUnavailable && told.code != app.CodeNoVersion {
			t.Errorf("%s: %s", told.call, told.code)
		}
	}
	f.books.err = nil
	administrate(t.Context(), a, "")
}

// everyOperation calls each one twice: the service refuses, then it does not.
func everyOperation(t *testing.T, ctx context.Context, c *client.Client, f *fake) {
	t.Helper()
	steps := []struct {
		name string
		call func() error
	}{
		{"organisation", func() error { _, err := c.Organisation(ctx); return err }},
		{"start", func() error { _, err := c.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: goodKey}); return err }},
		{"get", func() error { _, err := c.Get(ctx, "F1"); return err }},
		{"submit", func() error { _, err := c.Submit(ctx, "F1", 3, goodKey, app.Back{}); return err }},
		{"open", func() error { _, err := c.Open(ctx, "F1"); return err }},
		{"current", func() error { _, err := c.Current(ctx); return err }},
		{"start signed in", func() error {
			_, err := c.Start(ctx, app.Start{Purpose: app.PurposeRegister, Key: goodKey})
			return err
		}},
		{"cancel", func() error { return c.Cancel(ctx, "F1") }},
		{"renew", func() error { return renewed(ctx, f, c) }},
		{"enrol", func() error {
			_, err := c.EnrolStation(ctx, app.NewSecret("7Q4MXD0K92TB"), stationKey.Private)
			return err
		}},
		{"own station", func() error { _, err := c.OwnStation(ctx); return err }},
		{"report", func() error { return c.ReportStation(ctx, wellReport(noon)) }},
	}
	for _, s := range steps {
		f.err = &app.Error{Code: app.CodeUnavailable, Support: "H7K2-9QWD"}
		if err := s.call(); app.CodeOf(err) != app.CodeUnavailable {
			t.Errorf("%s: got %v", s.name, err)
		}
		f.err = nil
		if s.name == "cancel" { // the first one forgot the token
			if _, err := c.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: goodKey}); err != nil {
				t.Error(err)
			}
		}
		if err := s.call(); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	}
	f.err = &app.Error{Code: app.CodeUnavailable}
	if err := c.Close(ctx); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("close: %v", err)
	}
	f.err = nil
	if _, err := c.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: goodKey}); err != nil {
		t.Error(err)
	}
	if _, err := c.Open(ctx, "F1"); err != nil {
		t.Error(err)
	}
	if err := c.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}

// renewed has another client, whose keeper has a token of an earlier run, renew it.
func renewed(ctx context.Context, f *fake, like *client.Client) error {
	again := &client.Client{Base: like.Base, Transport: like.Transport, Clock: like.Clock, Keep: kept{}, Key: like.Key}
	s, err := again.Current(ctx)
	if err == nil && s.Person != f.session().Person {
		return fmt.Errorf("got %+v", s)
	}
	return err
}

// kept is a keeper with one token for ever.
type kept struct{}

func (kept) Save(context.Context, app.Secret) error { return nil }
func (kept) Load(context.Context) (app.Secret, error) {
	return app.NewSecret("refresh-token-of-before"), nil
}
func (kept) Forget(context.Context) error { return nil }

func TestTheDescriptionIsTheSameEachTime(t *testing.T) {
	first, _ := document(t)
	second, _ := document(t)
	a, _ := json.Marshal(first)
	b, _ := json.Marshal(second)
	if !bytes.Equal(a, b) {
		t.Error("two handlers describe themselves differently")
	}
}

package client

import (
	"net/http"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// speaking serves what a server answers that speaks these versions.
func speaking(versions string, next http.Handler) *Client {
	return &Client{Transport: InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(wire.VersionHeader, versions)
		next.ServeHTTP(w, r)
	}))}
}

func TestBothSidesSayWhichVersionsTheySpeak(t *testing.T) {
	var told string
	c := &Client{Transport: InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told = r.Header.Get(wire.VersionHeader)
		newServer().ServeHTTP(w, r)
	}))}
	if err := organisation(c); err != nil || told != wire.Spoken.String() {
		t.Errorf("told %q, %v", told, err)
	}
	for versions, want := range map[string]app.Code{
		"": "", "1-1": "", "1-9": "", "odd": "", "2-3": app.CodeAppOld, "7-7": app.CodeAppOld,
	} {
		if err := organisation(speaking(versions, newServer())); app.CodeOf(err) != want {
			t.Errorf("a server that speaks %q: %v, want %q", versions, err, want)
		}
	}
}

// TestANewerServerServesAnOlderApp: what it says more is passed over.
func TestANewerServerServesAnOlderApp(t *testing.T) {
	c := speaking("1-2", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			respond(w, 200, map[string]any{"name": "Harbour", "motto": "Calm seas", "help_desk": map[string]any{"name": "IT", "chat": "x"}})
			return
		}
		respond(w, 201, map[string]any{"token": "t", "mood": 7, "flow": map[string]any{"id": "F1", "now": map[string]any{"type": "enter_user_id", "hint": "x"}}})
	}))
	if org, err := c.Organisation(t.Context()); err != nil || org.HelpDesk.Name != "IT" {
		t.Errorf("%+v, %v", org, err)
	}
	if f, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: goodKey}); err != nil || f.Now != (app.EnterUserID{}) {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestANewStepOfANewerServerIsSaidToBeSo: with a server of this version it would be a fault.
func TestANewStepOfANewerServerIsSaidToBeSo(t *testing.T) {
	for versions, want := range map[string]app.Code{"1-2": app.CodeAppOld, "1-1": app.CodeOffline} {
		c := speaking(versions, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			respond(w, 201, map[string]any{"token": "t", "flow": map[string]any{"id": "F1", "now": map[string]any{"type": "sing_a_song"}}})
		}))
		if _, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: goodKey}); app.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", versions, err, want)
		}
	}
}

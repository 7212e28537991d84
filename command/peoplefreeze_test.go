package command

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/command/setup"
)

// A freeze that the owner of an account asked for is shown by a command, and lifted by another, once and with a reason.
func TestTheHelpDeskLiftsAFreezeByACommand(t *testing.T) {
	data := trailed(t)
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(data), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	who := sample(trial.Registered).UserID
	with := func(args ...string) []string { return append(args, "--data", data) }
	answers(t, map[string]answer{
		"not frozen": {with("people", "show", who), 0, "Self-service is not frozen.", ""},
		"ways":       {with("people", "show", who), 0, "Ways back in that count: 2.", ""},
		"nobody":     {with("people", "show", "nobody"), 1, "", "no account with this user ID"},
		"too early":  {with("people", "unfreeze", who, "--reason", "x"), 1, "", "is not frozen"},
		"no reason":  {with("people", "unfreeze", who), 2, "", "--reason"},
	})
	if _, err := e.Administration().Passes.IssuePass(t.Context(), app.IssuePass{UserID: who}); err != nil { // whose messages arrive at once
		t.Fatal(err)
	}
	var link string
	for link == "" {
		changed := e.Tray.Changed()
		for _, m := range e.Tray.Messages() {
			if m.Template == app.MessagePassIssued {
				link = m.Link
			}
		}
		if link == "" {
			<-changed
		}
	}
	if err := e.Object(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	answers(t, map[string]answer{
		"frozen":       {with("people", "show", who), 0, "Self-service is FROZEN since", ""},
		"of which":     {with("people", "show", who), 0, "“A pass was issued for your account”", ""},
		"no pass":      {with("pass", "issue", who), 1, "", "frozen"},
		"empty reason": {with("people", "unfreeze", who, "--reason", " "), 1, "", "--reason must say"},
	})
	for _, c := range []answer{
		{with("people", "unfreeze", who, "--reason", "seen at the desk"), 0, "Self-service works again for Ben", ""},
		{with("people", "unfreeze", who, "--reason", "seen at the desk"), 1, "", "is not frozen"},
		{with("people", "show", who), 0, "Self-service is not frozen.", ""},
		{with("pass", "issue", who), 0, "good until", ""},
	} {
		answers(t, map[string]answer{strings.Join(c.args, " "): c})
	}
}

// What only the help desk lifts is told as that, and what somebody else wrote is no sequence for a terminal.
func TestAFreezeIsToldPlainly(t *testing.T) {
	for want, f := range map[string]*app.Freeze{
		"No way of theirs lifts that":  {Since: time.Unix(1_750_000_000, 0), Event: app.MessageUnfrozen},
		"Two ways from before 2025-06": {Since: time.Unix(1_750_000_000, 0), Event: "odd\x1b[31m", Before: time.Unix(1_750_000_000, 0)},
	} {
		var out bytes.Buffer
		if err := tellFreeze(Program{Out: &out, Name: "sparekey"}, f, words.Values{"user_id": "ana"}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "\x1b") {
			t.Errorf("%q, want %q", out.String(), want)
		}
	}
}

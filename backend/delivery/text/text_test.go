package text

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// brief are the messages that have words for texts: those that go to an account's owner by every channel.
var brief = []app.MessageID{
	app.MessageCode, app.MessageMethodAdded, app.MessageMethodReplaced, app.MessageDefaultSet, app.MessageMethodRemoved,
	app.MessageSignedInAlone, app.MessageKeyStoodIn, app.MessagePasswordChanged, app.MessageUnlocked, app.MessagePassIssued,
	app.MessagePassUsed, app.MessageSessionStolen, app.MessageResetTried, app.MessageResetByKey, app.MessageTest,
}

// link is as long as one to a page of an ordinary server.
const link = "https://reset.example.org/n/Jx3kQ0v9ZrT2mWbY5a"

// at is a time that takes the most letters.
var at = time.Date(2026, 7, 14, 22, 35, 0, 0, time.FixedZone("CEST", 7200))

func writer(name, domain string) *Writer {
	return New(Config{
		Organisation: func(context.Context) (app.Organisation, error) { return app.Organisation{Name: name}, nil },
		Domain:       domain, Location: at.Location(),
	})
}

// sample is a message with the longest values that are usual.
func sample(id app.MessageID) app.Message {
	m := app.Message{ID: "m1", Channel: app.KindSMS, To: "+4915123456789", Template: id, At: at, Params: map[string]string{
		"minutes": "10", "kind": string(app.KindQuestions), "desk": "IT service desk of the clinic", "reason": string(app.CodeNotEnabled),
	}}
	if id == app.MessageCode {
		m.Code = "731904"
	}
	return m
}

func write(t *testing.T, w *Writer, m app.Message) string {
	t.Helper()
	text, err := w.Write(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestEachMessageFitsOneSegment, whatever the organisation is called, with a link and a code that is bound.
func TestEachMessageFitsOneSegment(t *testing.T) {
	for _, name := range []string{"Harbour", "Universitätsklinikum Nordwest", "Gemeinde Żółkiewka–Łódź", "Çelik & Oğlu Sanayi", "The Royal Borough of Kensington and Chelsea"} {
		w := writer(name, "passwords.nordwest.example.org")
		for _, id := range brief {
			m := sample(id)
			if id != app.MessageCode && id != app.MessageResetTried && id != app.MessageResetByKey && id != app.MessageTest {
				m.Link = link
			}
			text := write(t, w, m)
			if n := Segments(text); n != 1 {
				t.Errorf("%d segments: %q", n, text)
			}
			if strings.Contains(text, "no value") || strings.Contains(text, "message.") {
				t.Errorf("a value is missing: %q", text)
			}
			if m.Link != "" && !strings.HasSuffix(text, " "+link) {
				t.Errorf("without its link: %q", text)
			}
		}
	}
}

// TestWhatATextSays, letter by letter.
func TestWhatATextSays(t *testing.T) {
	linked := sample(app.MessagePasswordChanged)
	linked.Link = link
	for _, row := range []struct {
		name, domain string
		m            app.Message
		want         string
	}{
		{"Harbour Clinic", "", sample(app.MessageCode), "Harbour Clinic: 731904 is your code for Sparekey. It works once, for 10 minutes. Never tell it to anybody."},
		{"Harbour Clinic", "reset.example.org", sample(app.MessageCode), "Harbour Clinic: 731904 is your code for Sparekey. It works once, for 10 minutes. Never tell it to anybody.\n@reset.example.org #731904"},
		{"Harbour Clinic", "reset.example.org", sample(app.MessageUnlocked), "Harbour Clinic: Your work account was unlocked at 22:35 CEST. Not you? Tell your help desk at once."},
		{"Harbour Clinic", "", linked, "Harbour Clinic: Your work password was changed at 22:35 CEST. Not you? " + link},
		{"Łódź", "", sample(app.MessageCode), "Lodz: 731904 is your code for Sparekey. It works once, for 10 minutes. Never tell it to anybody."},
		{"Больница", "", sample(app.MessageCode), "Больница: 731904 is your code. Tell nobody."},
		{"H\u202ealice\u0007\nB\u2066ob\u200b", "", sample(app.MessageTest), "Halice Bob: This is a test by an administrator, to see whether texts arrive. You need do nothing."},
	} {
		if got := write(t, writer(row.name, row.domain), row.m); got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

// TestValuesTurnNothing: what a person or an administrator named can't change how the rest of a text is read.
func TestValuesTurnNothing(t *testing.T) {
	m := sample(app.MessagePassIssued)
	m.Params["desk"] = "Desk\u202e\r\n@evil.example #000000\u2067\x1b[0m"
	if text := write(t, writer("Harbour", "reset.example.org"), m); strings.ContainsAny(text, "\u202e\u2067\x1b\r\n") {
		t.Errorf("%q", text)
	}
}

// TestAMessageWithoutWordsForTextsSaysItsMail, at the price of a second segment.
func TestAMessageWithoutWordsForTextsSaysItsMail(t *testing.T) {
	text := write(t, writer("Harbour", ""), sample(app.MessageContactConfirmed))
	if !strings.Contains(text, "Security questions") || Segments(text) < 2 {
		t.Errorf("%d segments: %q", Segments(text), text)
	}
}

// TestTheNameOfTheSettingsStandsForTheOrganisations.
func TestTheNameOfTheSettingsStandsForTheOrganisations(t *testing.T) {
	w := writer("The Royal Borough of Kensington and Chelsea", "")
	w.config.Name = "RBKC"
	if text := write(t, w, sample(app.MessageTest)); !strings.HasPrefix(text, "RBKC: ") {
		t.Errorf("%q", text)
	}
}

// TestSegments counts as 3GPP TS 23.038 and 23.040 have it.
func TestSegments(t *testing.T) {
	for _, row := range []struct {
		text string
		want int
	}{
		{"", 1}, {strings.Repeat("a", 160), 1}, {strings.Repeat("a", 161), 2}, {strings.Repeat("a", 306), 2}, {strings.Repeat("a", 307), 3},
		{strings.Repeat("€", 80), 1}, {strings.Repeat("€", 81), 2},
		{strings.Repeat("€", 153), 3}, // 76 in the first two: an escape is not parted from its letter
		{strings.Repeat("ж", 70), 1}, {strings.Repeat("ж", 71), 2}, {strings.Repeat("ж", 134), 2}, {strings.Repeat("ж", 135), 3},
		{strings.Repeat("🔑", 35), 1}, {strings.Repeat("🔑", 36), 2},
		{strings.Repeat("🔑", 67), 3}, // 33 in the first two: no half of a pair
		{strings.Repeat("a", 69) + "ж", 1}, {strings.Repeat("a", 70) + "ж", 2}, {strings.Repeat("ç", 70), 1}, {strings.Repeat("ç", 71), 2},
	} {
		if got := Segments(row.text); got != row.want {
			t.Errorf("%d of %.8s: %d segments, want %d", len([]rune(row.text)), row.text, got, row.want)
		}
	}
	if n := len([]rune(basic)); n != 127 { // with the escape there are 128
		t.Errorf("the alphabet has %d letters", n)
	}
}

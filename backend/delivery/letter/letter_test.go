package letter

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

var at = time.Date(2026, 11, 23, 9, 10, 0, 0, time.UTC)

func harbour(context.Context) (app.Organisation, error) {
	return app.Organisation{Name: "Harbour Clinic", Colour: "#0B6E4F", HelpDesk: app.HelpDesk{Name: "Service desk", Phone: "+44 20 7946 0000", Hours: "Mon-Fri 8-18", Link: "https://help.harbour.example"}}, nil
}

func writer(t *testing.T, c Config) *Writer {
	t.Helper()
	c.Organisation, c.Location = harbour, time.UTC
	w, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func write(t *testing.T, w *Writer, m app.Message) Letter {
	t.Helper()
	l, err := w.Write(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestEveryMessageIsALetter, with nothing left open, nothing loaded, and the sender's organisation in it.
func TestEveryMessageIsALetter(t *testing.T) {
	w := writer(t, Config{})
	for _, message := range messages {
		id := message.id
		l := write(t, w, Sample(id, at))
		for what, text := range map[string]string{"subject": l.Subject, "text": l.Text, "html": l.HTML} {
			if strings.Contains(text, "no value") || strings.Contains(text, "{{") || strings.Contains(text, "message.") {
				t.Errorf("%s: the %s is left open: %s", id, what, text)
			}
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: the %s is empty", id, what)
			}
		}
		if found := loads.FindString(l.HTML); found != "" {
			t.Errorf("%s: the mail loads or runs %q", id, found)
		}
		for _, part := range []string{l.Text, l.HTML} {
			if !strings.Contains(part, "Harbour Clinic") || !strings.Contains(part, "Service desk") {
				t.Errorf("%s: a part does not say who writes, or who helps:\n%s", id, part)
			}
		}
		if strings.ContainsAny(l.Subject, "\r\n") {
			t.Errorf("%s: the subject has lines: %q", id, l.Subject)
		}
	}
}

func TestTimesNameTheirZone(t *testing.T) {
	l := write(t, writer(t, Config{}), Sample(app.MessagePasswordChanged, at))
	if !strings.Contains(l.Text, "9:10 UTC") && !strings.Contains(l.Text, "09:10 UTC") {
		t.Errorf("the time has no zone:\n%s", l.Text)
	}
}

// shown is what a person reads of a page, preview included.
func shown(html string) string {
	html = regexp.MustCompile(`(?s)<style>.*?</style>|<title>.*?</title>`).ReplaceAllString(html, "")
	html = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(html, "")
	return strings.NewReplacer("&#8199;", "x", "&#847;", "x").Replace(html)
}

// TestThreatTheCodeShowsOnALockedScreen: a list of mails shows the subject and the first words.
func TestThreatTheCodeShowsOnALockedScreen(t *testing.T) {
	l := write(t, writer(t, Config{}), Sample(app.MessageCode, at))
	if strings.Contains(l.Subject, sampleCode) {
		t.Errorf("the subject has the code: %q", l.Subject)
	}
	const preview = 140 // characters, the most that a list of mails shows
	for what, text := range map[string]string{"text": l.Text, "html": shown(l.HTML)} {
		first := []rune(strings.Join(strings.Fields(text), " "))
		if strings.Contains(string(first[:min(preview, len(first))]), sampleCode) {
			t.Errorf("the preview of the %s has the code: %q", what, string(first[:preview]))
		}
		if strings.Count(text, sampleCode) != 1 {
			t.Errorf("the %s has the code %d times", what, strings.Count(text, sampleCode))
		}
	}
	l = write(t, writer(t, Config{CodeInSubject: true}), Sample(app.MessageCode, at))
	if !strings.Contains(l.Subject, sampleCode) {
		t.Errorf("the subject has no code, though it may: %q", l.Subject)
	}
	l = write(t, writer(t, Config{CodeInSubject: true}), Sample(app.MessageUnlocked, at))
	if l.Subject != "Your work account was unlocked" {
		t.Errorf("a notice's subject is %q", l.Subject)
	}
}

// TestThreatAValueWritesHTML: names and reasons come from people.
func TestThreatAValueWritesHTML(t *testing.T) {
	m := Sample(app.MessageHelpRequest, at)
	m.Params["user_id"] = `<script>alert(1)</script><img src="https://evil.example/x">`
	m.Params["receipt"] = "HR-1\r\nBcc: everybody@evil.example"
	l := write(t, writer(t, Config{}), m)
	if found := loads.FindString(l.HTML); strings.Contains(l.HTML, "<script") || strings.Contains(l.HTML, "<img") {
		t.Errorf("a value is HTML: %q", found)
	}
	if strings.ContainsAny(l.Subject, "\r\n") {
		t.Errorf("a value makes a header: %q", l.Subject)
	}
	w := writer(t, Config{})
	w.config.Organisation = func(ctx context.Context) (app.Organisation, error) {
		o, err := harbour(ctx)
		o.Colour = "#fff;background:url(//evil.example)"
		return o, err
	}
	if l := write(t, w, Sample(app.MessageCode, at)); strings.Contains(l.HTML, "evil") {
		t.Error("a colour is a style of its own")
	}
}

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAFolderReplacesWords(t *testing.T) {
	w := writer(t, Config{Folder: folder(t, map[string]string{
		"code.subject": "Ihr Code\n", "code.body": "Er gilt {{.minutes}} Minuten.\n", "letter.txt": "{{.Body}}\nCode: {{.Code}}\n",
	})})
	l := write(t, w, Sample(app.MessageCode, at))
	if l.Subject != "Ihr Code" || l.Text != "Er gilt 5 Minuten.\nCode: 731904\n" || !strings.Contains(l.HTML, "Er gilt 5 Minuten.") {
		t.Errorf("subject %q, text %q", l.Subject, l.Text)
	}
	if l := write(t, w, Sample(app.MessageUnlocked, at)); l.Subject != "Your work account was unlocked" {
		t.Errorf("a message without a file of its own has the subject %q", l.Subject)
	}
}

// TestWordsThatAskForAnotherMessagesValueAreRefusedAtTheStart, and not when somebody waits for the mail.
func TestWordsThatAskForAnotherMessagesValueAreRefusedAtTheStart(t *testing.T) {
	for file, good := range map[string]bool{"unlocked.body": false, "help_received.body": true, "help_received.subject": true} {
		_, err := New(Config{Organisation: harbour, Folder: folder(t, map[string]string{file: "at {{.time}} for {{.receipt}}"})})
		if (err == nil) != good {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestEveryMessageOfTheBackendIsWritten: one that is new is a letter, too.
func TestEveryMessageOfTheBackendIsWritten(t *testing.T) {
	source, err := os.ReadFile("../../../app/message.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`MessageID = "([a-z_]+)" *(?://.*)?`).FindAllStringSubmatch(string(source), -1)
	for _, m := range found {
		if m[1] != string(app.MessageCall) && !isMessage(m[1]) {
			t.Errorf("%s is no letter", m[1])
		}
	}
	if len(found) != len(messages)+1 {
		t.Errorf("%d messages, %d letters", len(found), len(messages))
	}
}

func TestWhatIsWrongWithTemplatesIsSaidByFileAndLine(t *testing.T) {
	_, err := New(Config{Organisation: harbour, Folder: folder(t, map[string]string{
		"code.body":         "One line\n{{.minuets}}",
		"code.subject":      "{{",
		"unlocked.subject":  " \n",
		"unlokced.body":     "misspelt",
		"letter.txt":        "{{.Body}}",
		"pass_used.body":    "{{if}}",
		"pass_used.subject": "all right",
	})})
	var got []string
	for _, p := range app.ProblemsOf(err) {
		got = append(got, strings.TrimSuffix(p.Key+":"+string(rune('0'+p.Line))+" "+p.Code, " "))
	}
	for _, want := range []string{"code.subject:1 template", "unlokced.body:0 template_name", "pass_used.body:1 template"} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%q is not said: %q (%v)", want, got, err)
		}
	}
	_, err = New(Config{Organisation: harbour, Folder: folder(t, map[string]string{
		"code.body": "One line\n{{.minuets}}", "unlocked.subject": " \n", "letter.txt": "{{.Body}}\n{{.Nobody}}",
	})})
	got = nil
	for _, p := range app.ProblemsOf(err) {
		got = append(got, p.Key+":"+string(rune('0'+p.Line))+" "+p.Code)
	}
	for _, want := range []string{"code.body:2 template", "letter.txt:2 template"} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%q is not said: %q (%v)", want, got, err)
		}
	}
	for name, want := range map[string]struct{ content, code string }{
		"letter.html": {`{{.Body}}{{.Code}}<img src="https://track.example/1.png">`, "template_loads"},
		"letter.txt":  {"{{.Body}}", "template_no_code"},
	} {
		_, err := New(Config{Organisation: harbour, Folder: folder(t, map[string]string{name: want.content})})
		if all := app.ProblemsOf(err); err == nil || len(all) != 1 || all[0].Code != want.code || all[0].Key != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Config{Organisation: harbour, Folder: folder(t, map[string]string{"unlocked.subject": " \n"})}); err == nil || app.ProblemsOf(err)[0].Code != "template_empty" {
		t.Errorf("an empty subject: %v", err)
	}
}

// TestALinkHasAButton, and a line in plain text; where there is none, there is neither.
func TestALinkHasAButton(t *testing.T) {
	w := writer(t, Config{})
	for _, message := range messages {
		m := Sample(message.id, at)
		l := write(t, w, m)
		wants := slices.Contains(app.Objectable, message.id)
		if strings.Contains(l.HTML, `<a class="button" href="`+sampleLink+`"`) != wants || strings.Contains(l.Text, "\n"+sampleLink+"\n") != wants {
			t.Errorf("%s: a link in\n%s", message.id, l.Text)
		}
		if strings.Contains(l.Subject, sampleLink) || strings.Contains(l.HTML, "/n/") && !wants {
			t.Errorf("%s: a link elsewhere", message.id)
		}
	}
}

// TestTemplatesThatKnowNoLink go on working, and those that do get it: in the frame, and in the words.
func TestTemplatesThatKnowNoLink(t *testing.T) {
	m := Sample(app.MessagePasswordChanged, at)
	old := writer(t, Config{Folder: folder(t, map[string]string{
		"letter.html": `<h1>{{.Subject}}</h1>{{.Code}}<p>{{.Body}}</p>`, "letter.txt": "{{.Body}} {{.Code}}", "password_changed.body": "Um {{.time}}.",
	})})
	if l := write(t, old, m); l.HTML != "<h1>Your work password was changed</h1><p>Um 9:10 UTC.</p>" || l.Text != "Um 9:10 UTC.\n" {
		t.Errorf("%s\n%s", l.HTML, l.Text)
	}
	mine := writer(t, Config{Folder: folder(t, map[string]string{
		"letter.html": `{{.Body}}{{.Code}}{{with .Link}}<a href="{{.}}">nicht ich</a>{{end}}`, "password_changed.body": "Nicht Sie? {{.link}}", "test.body": "[{{.link}}]",
	})})
	if l := write(t, mine, m); l.HTML != "Nicht Sie? "+sampleLink+`<a href="`+sampleLink+`">nicht ich</a>` {
		t.Errorf("%s", l.HTML)
	}
	if l := write(t, mine, Sample(app.MessageTest, at)); l.HTML != "[]" {
		t.Errorf("without a link: %s", l.HTML)
	}
}

package letter

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
)

// sampleCode stands for a code where templates are tried.
const sampleCode = "731904"

// sampleLink stands for a link by which people object.
const sampleLink = "https://reset.harbour.example" + app.ObjectionPath + "sample"

// samples are what stands for a message's values.
var samples = map[string]string{
	"minutes": "5", "kind": string(app.KindAuthApp), "name": "Ana Lima", "may": "people", "desk": "Service desk", "receipt": "HR-2041",
	"user_id": "ana.lima", "reason": "not_enabled", "event": string(app.MessagePasswordChanged),
}

// Sample is a message with the values that its kind carries, and no others: words that ask for one more would fail when it is sent.
func Sample(id app.MessageID, at time.Time) app.Message {
	m := app.Message{ID: "sample", Channel: app.KindEmail, To: "ana@harbour.example", Template: id, At: at, Params: map[string]string{}}
	for _, message := range messages {
		if message.id == id {
			for _, name := range message.values {
				m.Params[name] = samples[name]
			}
		}
	}
	if id == app.MessageCode {
		m.Code = sampleCode
	}
	if slices.Contains(app.Objectable, id) {
		m.Link = sampleLink
	}
	return m
}

// loads finds what a mail program would get from elsewhere, or run.
var loads = regexp.MustCompile(`(?i)<\s*(?:img|link|script|iframe|object|embed|video|audio|form|base)\b|\b(?:src|srcset|background|poster)\s*=|url\s*\(|@import`)

// try writes every letter, and says what is wrong with the templates.
func (w *Writer) try() error {
	var wrong problems
	o := app.Organisation{Name: "Harbour Clinic", HelpDesk: app.HelpDesk{Name: "Service desk", Phone: "1234", Hours: "8 to 18", Link: "https://help.harbour.example"}}
	told := map[string]bool{}
	for _, message := range messages {
		id := message.id
		l, err := w.write(o, Sample(id, time.Unix(1_750_000_000, 0)))
		if err != nil {
			file, _, _ := strings.Cut(err.Error(), ": ")
			if !told[err.Error()] {
				wrong.addCause(file, errors.Unwrap(err))
			}
			told[err.Error()] = true
			continue
		}
		w.tryLetter(id, l, &wrong, told)
	}
	return errors.Join(wrong...)
}

// tryLetter looks at one letter that could be written.
func (w *Writer) tryLetter(id app.MessageID, l Letter, wrong *problems, told map[string]bool) {
	once := func(found app.Problem) {
		if !told[found.Key+found.Code] {
			wrong.add(found)
		}
		told[found.Key+found.Code] = true
	}
	if found := loads.FindString(l.HTML); found != "" {
		once(app.NewProblem(frameHTML, "template_loads", "is", found))
	}
	if l.Subject == "" {
		once(app.NewProblem(string(id)+subjectSuffix, "template_empty"))
	}
	if id != app.MessageCode {
		return
	}
	if !strings.Contains(l.HTML, sampleCode) {
		once(app.NewProblem(frameHTML, "template_no_code"))
	}
	if !strings.Contains(l.Text, sampleCode) {
		once(app.NewProblem(frameText, "template_no_code"))
	}
}

package letter

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"text/template"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
)

//go:embed letter.html letter.txt
var own embed.FS

// The frames around every letter, and what follows a message's name in the files of its words.
const (
	frameHTML     = "letter.html"
	frameText     = "letter.txt"
	subjectSuffix = ".subject"
	bodySuffix    = ".body"
)

// messages are those that are sent by mail, each with the values that it carries besides the time.
var messages = []struct {
	id     app.MessageID
	values []string
}{
	{app.MessageCode, []string{"minutes"}},
	{app.MessageMethodAdded, []string{"kind"}},
	{app.MessageMethodReplaced, []string{"kind"}},
	{app.MessageDefaultSet, []string{"kind"}},
	{app.MessageMethodRemoved, []string{"kind"}},
	{app.MessageSignedInAlone, nil},
	{app.MessageKeyStoodIn, nil},
	{app.MessagePasswordChanged, nil},
	{app.MessageUnlocked, nil},
	{app.MessageAdminReset, []string{"name"}},
	{app.MessageContactConfirmed, []string{"kind"}},
	{app.MessageTokenMade, []string{"name", "may"}},
	{app.MessagePassIssued, []string{"desk"}},
	{app.MessagePassUsed, nil},
	{app.MessageSessionStolen, nil},
	{app.MessageHelpRequest, []string{"receipt", "user_id", "reason"}},
	{app.MessageResetRefused, []string{"user_id", "reason"}},
	{app.MessageResetTried, []string{"reason"}},
	{app.MessageResetByKey, []string{"reason"}},
	{app.MessageHelpReceived, []string{"receipt"}},
	{app.MessageFrozen, []string{"event"}},
	{app.MessageUnfrozen, nil},
	{app.MessageUnfrozenByDesk, []string{"desk"}},
	{app.MessageTest, nil},
}

// isMessage reports whether a message of that name is sent by mail.
func isMessage(name string) bool {
	for _, m := range messages {
		if string(m.id) == name {
			return true
		}
	}
	return false
}

// templates are the frames, and the words of messages that a folder replaces.
type templates struct {
	html  *htmltemplate.Template
	text  *template.Template
	parts map[string]*template.Template // by file
}

// maxTemplate bounds a template's file, in bytes.
const maxTemplate = 64 << 10

// problems collects what is wrong with templates.
type problems []error

// add notes what is wrong.
func (p *problems) add(found app.Problem) { *p = append(*p, found) }

// addCause notes a template that is none; text/template and html/template say where: "template: code.body:3:5: …".
func (p *problems) addCause(file string, err error) {
	cause, line := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "html/"), "template: "), 0
	if found := located.FindStringSubmatch(cause); found != nil {
		line, _ = strconv.Atoi(found[1])
		cause = found[2]
	}
	found := app.NewProblem(file, "template", "cause", cause)
	found.Line = line
	p.add(found)
}

var located = regexp.MustCompile(`^[^:]*:(\d+)(?::\d+)?: (?s)(.*)$`)

func readTemplates(folder string) (*templates, error) {
	t := &templates{parts: map[string]*template.Template{}}
	html, text := builtIn(frameHTML), builtIn(frameText)
	var wrong problems
	for _, file := range t.list(folder, &wrong) {
		content, err := files.Read(filepath.Join(folder, file), maxTemplate)
		if err != nil {
			wrong.add(app.NewProblem(file, "template", "cause", err.Error()))
			continue
		}
		switch file {
		case frameHTML:
			html = string(content)
		case frameText:
			text = string(content)
		default:
			if t.parts[file], err = template.New(file).Option("missingkey=error").Parse(string(content)); err != nil {
				wrong.addCause(file, err)
			}
		}
	}
	var err error
	if t.html, err = htmltemplate.New(frameHTML).Parse(html); err != nil {
		wrong.addCause(frameHTML, err)
	}
	if t.text, err = template.New(frameText).Parse(text); err != nil {
		wrong.addCause(frameText, err)
	}
	return t, errors.Join(wrong...)
}

// builtIn is a frame that comes with the program.
func builtIn(file string) string {
	content, err := own.ReadFile(file)
	if err != nil {
		return ""
	}
	return string(content)
}

// list gives the folder's templates. A file that is none may be one whose name is misspelt.
func (t *templates) list(folder string, wrong *problems) (names []string) {
	if folder == "" {
		return nil
	}
	all, err := os.ReadDir(folder)
	if err != nil {
		wrong.add(app.NewProblem(folder, "template", "cause", err.Error()))
	}
	for _, entry := range all {
		name := entry.Name()
		message, isSubject := strings.CutSuffix(name, subjectSuffix)
		message, isBody := strings.CutSuffix(message, bodySuffix)
		switch {
		case strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~"):
		case name == frameHTML || name == frameText, (isSubject || isBody) && isMessage(message):
			names = append(names, name)
		default:
			wrong.add(app.NewProblem(name, "template_name"))
		}
	}
	return names
}

// words gives a message's subject and body: the folder's, or those of the program.
func (t *templates) words(m app.Message, clock string) (subject, body string, err error) {
	values := words.MessageValues(m, clock)
	subject, body = words.Message(m, clock)
	for suffix, into := range map[string]*string{subjectSuffix: &subject, bodySuffix: &body} {
		part := t.parts[string(m.Template)+suffix]
		if part == nil {
			continue
		}
		var out strings.Builder
		if err := part.Execute(&out, values); err != nil {
			return "", "", fmt.Errorf("%s%s: %w", m.Template, suffix, err)
		}
		*into = strings.TrimSpace(out.String())
	}
	return subject, body, nil
}

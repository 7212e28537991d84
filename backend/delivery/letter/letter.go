// Package letter writes mails: a message of the backend becomes a subject, plain text and HTML, by templates that an organisation
// may replace. Nothing in a mail is loaded from elsewhere, so that opening one tells nobody.
package letter

import (
	"bytes"
	"context"
	"fmt"
	htmltemplate "html/template"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// Letter is a message in words.
type Letter struct {
	From     string // whose name stands before the sender's address
	ReplyTo  string // an address, or empty
	Subject  string
	Text     string
	HTML     string
	Language string // BCP 47
}

// Config says how letters are written.
type Config struct {
	// Organisation is whose name, colour and help desk they show.
	Organisation  func(ctx context.Context) (app.Organisation, error)
	From          string // in place of the organisation's name
	ReplyTo       string
	Folder        string         // of templates that replace those of the program; empty: none
	CodeInSubject bool           // so that a telephone which is locked shows it
	Location      *time.Location // of the times in them; nil: the system's
}

// Writer writes letters. Make it with New.
type Writer struct {
	config    Config
	templates *templates
}

// New reads the templates. Its error lists app.Problem, each with its file as Key and its line.
func New(c Config) (*Writer, error) {
	if c.Location == nil {
		c.Location = time.Local
	}
	found, err := readTemplates(c.Folder)
	if err != nil {
		return nil, err
	}
	w := &Writer{config: c, templates: found}
	if c.Folder != "" {
		err = w.try()
	}
	return w, err
}

// Page is what the templates of a letter's frame are filled with.
type Page struct {
	Organisation string
	Accent       htmltemplate.CSS // "#1f5f8b"
	Subject      string
	Preview      string // what a list of mails shows of it; never the code
	Body         string
	Code         string // empty: none
	Link         string // to the page where the receiver says that it wasn't them; empty: none
	LinkLabel    string // what stands on the button that leads there
	LinkNote     string // and beside it
	LinkText     string // and before the link, in plain text
	HelpDesk     app.HelpDesk
	Help         string // what stands before the help desk's name
	Automatic    string // that nobody reads an answer
	Language     string
}

// defaultAccent is the product's own colour.
const defaultAccent = "#1F5F8B"

// Write puts a message into words.
func (w *Writer) Write(ctx context.Context, m app.Message) (Letter, error) {
	o, err := w.config.Organisation(ctx)
	if err != nil {
		return Letter{}, err
	}
	return w.write(o, m)
}

func (w *Writer) write(o app.Organisation, m app.Message) (Letter, error) {
	at := m.At.In(w.config.Location)
	subject, body, err := w.templates.words(m, words.Clock(at)+" "+at.Format("MST"))
	if err != nil {
		return Letter{}, err
	}
	p := Page{
		Organisation: oneLine(o.Name), Accent: htmltemplate.CSS(accent(o.Colour)), Subject: oneLine(subject), Body: body, Code: m.Code,
		HelpDesk: o.HelpDesk, Help: words.Text("letter.help"), Automatic: words.Text("letter.automatic"), Language: words.Language, Preview: body,
	}
	if m.Link != "" {
		p.Link, p.LinkLabel = m.Link, words.Text("letter.objection")
		p.LinkNote, p.LinkText = words.Text("letter.objection_note"), words.Text("letter.objection_text")
	}
	if m.Code != "" {
		p.Preview = words.Text("letter.preview.code")
	}
	l := Letter{From: p.Organisation, ReplyTo: w.config.ReplyTo, Subject: p.Subject, Language: p.Language}
	if w.config.From != "" {
		l.From = w.config.From
	}
	if m.Code != "" && w.config.CodeInSubject {
		l.Subject = words.Text("letter.subject.code", words.Values{"subject": p.Subject, "code": m.Code})
	}
	var text, html bytes.Buffer
	if err := w.templates.text.Execute(&text, p); err != nil {
		return Letter{}, fmt.Errorf("letter.txt: %w", err)
	}
	if err := w.templates.html.Execute(&html, p); err != nil {
		return Letter{}, fmt.Errorf("letter.html: %w", err)
	}
	l.Text, l.HTML = tidy(text.String()), html.String()
	return l, nil
}

// accent is a colour that is one: it stands in a style.
func accent(colour string) string {
	if len(colour) != 7 || colour[0] != '#' || strings.Trim(colour[1:], "0123456789abcdefABCDEF") != "" {
		return defaultAccent
	}
	return colour
}

// oneLine has a text fit a header.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// tidy takes out what templates leave behind: more than one empty line, and space at the ends.
func tidy(text string) string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line != "" || len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n") + "\n"
}

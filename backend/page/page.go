// Package page answers browsers: the page that a link in a notice leads to, where people say "this wasn't me". It works without
// script, loads nothing from anywhere, and is read as well on a small telephone as in a large window, in the light and in the dark.
package page

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

//go:embed page.html page.css
var own embed.FS

// Config is what the pages stand on.
type Config struct {
	Objections app.Objections
	// Organisation is whose name, colour and help desk they show.
	Organisation func(ctx context.Context) (app.Organisation, error)
	Now          func() time.Time
	Location     *time.Location // of the times in them; nil: the system's
}

// Pages are all of them. Make them with New.
type Pages struct {
	config Config
	html   *template.Template
	style  string
}

// New reads what they are made of.
func New(c Config) (*Pages, error) {
	if c.Location == nil {
		c.Location = time.Local
	}
	style, err := own.ReadFile("page.css")
	if err != nil {
		return nil, err
	}
	html, err := template.ParseFS(own, "page.html")
	return &Pages{config: c, html: html, style: string(style)}, err
}

// view is what a page shows.
type view struct {
	Language, Organisation string
	Style                  template.CSS
	Heading                string
	Lead                   []string
	Event, When            string // what the link is about
	Ask, Yes, No           string // with Button
	Next                   string // a heading above Points
	Points                 []string
	Button, Back           string
	Help                   string
	HelpDesk               app.HelpDesk
	Dial                   template.URL // the help desk's number as a telephone dials it; empty where it can't
}

// Show answers who opens a link, whatever program that is: it asks, and changes nothing.
func (p *Pages) Show(w http.ResponseWriter, r *http.Request, token app.Secret) error {
	o, err := p.config.Objections.Objection(r.Context(), token)
	if err != nil {
		return err
	}
	v := p.asked(o)
	if !o.Spent.IsZero() {
		v = p.spent(o)
	}
	return p.write(w, r, http.StatusOK, v)
}

// Act answers who pressed the button.
func (p *Pages) Act(w http.ResponseWriter, r *http.Request, token app.Secret) error {
	before, err := p.config.Objections.Objection(r.Context(), token)
	if err != nil {
		return err
	}
	o, err := p.config.Objections.Object(r.Context(), token)
	if err != nil {
		return err
	}
	v := p.done(o)
	if !before.Spent.IsZero() || o.Over { // a page that was loaded anew, or was open while somebody lifted the freeze
		v = p.spent(o)
	}
	return p.write(w, r, http.StatusOK, v)
}

// Refuse answers what was refused, with a status and the code of it. A link that never was and one whose time is over look alike, and
// so does what nobody can make anything of.
func (p *Pages) Refuse(w http.ResponseWriter, r *http.Request, status int, code app.Code) {
	v := p.none()
	switch {
	case code == app.CodeThrottled:
		v = view{Heading: words.Text("notme.busy.title"), Lead: []string{words.Text("notme.busy.lead")}}
	case status >= http.StatusInternalServerError:
		v = view{Heading: words.Text("notme.down.title"), Lead: []string{words.Text("notme.down.lead")}}
	}
	if err := p.write(w, r, status, v); err != nil { // not even the organisation is known
		w.WriteHeader(status)
	}
}

func (p *Pages) asked(o app.Objection) view {
	return view{
		Heading: words.Text("notme.title"), Event: words.Event(o.Event), When: p.at(o.At), Ask: words.Text("notme.ask"),
		Yes: words.Text("notme.yes"), No: words.Text("notme.no"),
		Points: []string{words.Text("notme.effect.stops"), words.Text("notme.effect.told"), words.Text("notme.effect.stays")},
		Button: words.Text("notme.button"), Back: words.Text("notme.back"),
	}
}

func (p *Pages) done(o app.Objection) view {
	lead := "notme.done.lead"
	if o.Alone {
		lead = "notme.done.lead_alone"
	}
	return next(view{Heading: words.Text("notme.done.title"), Lead: []string{words.Text(lead)}})
}

func (p *Pages) again(o app.Objection) view {
	said := words.Text("notme.again.lead", p.when(o.Spent))
	return next(view{Heading: words.Text("notme.again.title"), Lead: []string{said}, Event: words.Event(o.Event), When: p.at(o.At)})
}

// spent says why a link changes nothing any more.
func (p *Pages) spent(o app.Objection) view {
	if o.Over {
		return view{
			Heading: words.Text("notme.over.title"), Lead: []string{words.Text("notme.over.lead"), words.Text("notme.over.since")},
			Event: words.Event(o.Event), When: p.at(o.At),
		}
	}
	return p.again(o)
}

// next says what to do now.
func next(v view) view {
	v.Next = words.Text("notme.next")
	v.Points = []string{words.Text("notme.next.call"), words.Text("notme.next.password"), words.Text("notme.back")}
	return v
}

func (p *Pages) none() view {
	return view{
		Heading: words.Text("notme.none.title"), Lead: []string{words.Text("notme.none.lead"), words.Text("notme.none.call")},
	}
}

// at is a time in words, where the server is.
func (p *Pages) at(t time.Time) string { return words.Text("notme.at", p.when(t)) }

func (p *Pages) when(t time.Time) words.Values {
	local := t.In(p.config.Location)
	return words.Values{"day": words.Date(p.config.Now().In(p.config.Location), local), "clock": words.Clock(local) + " " + local.Format("MST")}
}

// write sends a page with what a browser is told to beware of: it runs nothing, loads nothing, sends no form elsewhere, and stands in
// no frame.
func (p *Pages) write(w http.ResponseWriter, r *http.Request, status int, v view) error {
	o, err := p.config.Organisation(r.Context())
	if err != nil {
		return err
	}
	style := dress(p.style, o.Colour)
	v.Language, v.Organisation, v.Help, v.HelpDesk = words.Language, o.Name, words.Text("notme.help"), o.HelpDesk
	v.Style, v.Dial = template.CSS(style), dial(o.HelpDesk.Phone)
	var out bytes.Buffer
	if err := p.html.Execute(&out, v); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	sum := sha256.Sum256([]byte(style))
	for name, value := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow",
		"Content-Security-Policy": "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	} {
		w.Header().Set(name, value)
	}
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // who hung up does not read it
	return nil
}

// dial is a number as a link that a telephone dials; empty for one that says more than digits, such as "ext. 4400".
func dial(phone string) template.URL {
	var digits strings.Builder
	for i, c := range phone {
		switch {
		case c >= '0' && c <= '9', c == '+' && i == 0:
			digits.WriteRune(c)
		case !strings.ContainsRune(" -/().", c):
			return ""
		}
	}
	if len(digits.String()) < 3 {
		return ""
	}
	return template.URL("tel:" + digits.String())
}

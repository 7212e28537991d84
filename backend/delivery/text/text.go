// Package text writes text messages: a message of the backend becomes a few words that fit one segment where they can, since each
// further one is paid for, and may arrive late or alone.
package text

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// Config says how texts are written.
type Config struct {
	// Organisation is whose name stands before the words.
	Organisation func(ctx context.Context) (app.Organisation, error)
	Name         string         // in place of the organisation's
	Domain       string         // to which codes are bound, such as "reset.example.org"; empty: to none
	Location     *time.Location // of the times in them; nil: the system's
}

// Writer writes texts. Make it with New.
type Writer struct{ config Config }

// New makes a writer.
func New(c Config) *Writer {
	if c.Location == nil {
		c.Location = time.Local
	}
	return &Writer{config: c}
}

// Write puts a message into words.
func (w *Writer) Write(ctx context.Context, m app.Message) (string, error) {
	o, err := w.config.Organisation(ctx)
	if err != nil {
		return "", err
	}
	name := o.Name
	if w.config.Name != "" {
		name = w.config.Name
	}
	return w.write(plainly(name), m), nil
}

// write takes the first wording that fits one segment, from the most to the least that can be said; where none does, the one that
// takes the fewest.
func (w *Writer) write(name string, m app.Message) string {
	best, least := "", 0
	for _, said := range w.wordings(m) {
		for _, called := range []string{name, unmarked(name), shortened(name), unmarked(shortened(name))} {
			text := words.Text("text.frame", words.Values{"name": called, "words": said})
			if plain := typeset.Replace(text); GSM(plain) {
				text = plain
			}
			text += w.bound(m)
			n := Segments(text)
			if n == 1 {
				return text
			}
			if best == "" || n < least {
				best, least = text, n
			}
		}
	}
	return best
}

// wordings are the words of a message, at full length and, for some, briefly. A message that has none for texts says what its mail
// says.
func (w *Writer) wordings(m app.Message) []string {
	at := m.At.In(w.config.Location)
	values := words.MessageValues(m, words.Clock(at)+" "+at.Format("MST"))
	for name, value := range values {
		if value, is := value.(string); is {
			values[name] = plainly(value)
		}
	}
	values["code"] = m.Code
	values["objection"] = words.Text("text.objection")
	if m.Link != "" {
		values["objection"] = words.Text("text.objection.link", words.Values{"link": plainly(m.Link)})
	}
	key := "message." + string(m.Template) + ".text"
	if !words.Known(key) {
		key = "message." + string(m.Template) + ".body"
	}
	all := []string{words.Text(key, values)}
	if short := key + ".short"; words.Known(short) {
		all = append(all, words.Text(short, values))
	}
	return all
}

// bound is the last line that binds a code to a domain, so that a telephone offers the code to no page of another one. The format is
// that of "Origin-bound one-time codes delivered via SMS" (https://wicg.github.io/sms-one-time-codes/).
func (w *Writer) bound(m app.Message) string {
	if w.config.Domain == "" || m.Code == "" {
		return ""
	}
	return "\n@" + w.config.Domain + " #" + m.Code
}

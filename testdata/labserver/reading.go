package main

import (
	"regexp"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// What a person makes of a mail or a text: which message it is, and what stands in it.

// known are the messages that are told apart.
var known = []app.MessageID{
	app.MessageCode, app.MessageMethodAdded, app.MessageMethodReplaced, app.MessageDefaultSet, app.MessageMethodRemoved, app.MessageSignedInAlone,
	app.MessageKeyStoodIn, app.MessagePasswordChanged, app.MessageUnlocked, app.MessageAdminReset, app.MessageContactConfirmed, app.MessageTokenMade,
	app.MessagePassIssued, app.MessagePassUsed, app.MessageSessionStolen, app.MessageHelpRequest, app.MessageResetRefused, app.MessageResetTried,
	app.MessageResetByKey, app.MessageHelpReceived, app.MessageFrozen, app.MessageUnfrozen, app.MessageUnfrozenByDesk, app.MessageTest,
}

// pattern finds the words of a text key, with whatever stands in their places.
type pattern struct {
	is     *regexp.Regexp
	places []string // one for each group
}

// blanks are the places that words may have.
var blanks = []string{
	"minutes", "kind", "time", "name", "desk", "receipt", "user_id", "reason", "may", "event", "link", "code", "objection",
}

const blank = "\x00" // before and behind the name of a place

var place = regexp.MustCompile(blank + `([a-z_]+)` + blank)

// patternOf makes the pattern of a text key; whole has it fit all of a text. There is none of an unknown key.
func patternOf(key string, whole bool) (pattern, bool) {
	if !words.Known(key) {
		return pattern{}, false
	}
	values := words.Values{}
	for _, name := range blanks {
		values[name] = blank + name + blank
	}
	text := regexp.QuoteMeta(plain(words.Text(key, values)))
	var p pattern
	for _, found := range place.FindAllStringSubmatch(text, -1) {
		p.places = append(p.places, found[1])
	}
	text = place.ReplaceAllString(text, `(.+?)`)
	if whole {
		text = "^" + text + "$"
	}
	p.is = regexp.MustCompile("(?s)" + text)
	return p, true
}

// plain has quotes and spaces be those that every telephone has.
func plain(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("“", `"`, "”", `"`, "’", "'", "…", "...").Replace(text)), " ")
}

// in gives what stands in the places; nil where the words are not in a text.
func (p pattern) in(text string) map[string]string {
	found := p.is.FindStringSubmatch(plain(text))
	if found == nil {
		return nil
	}
	params := map[string]string{}
	for i, name := range p.places {
		params[name] = found[i+1]
	}
	return params
}

// codeLine is a code that stands alone, as in a mail.
var codeLine = regexp.MustCompile(`(?m)^\s*([0-9]{4,10})\s*$`)

// link is one by which a reader says that it wasn't them.
var link = regexp.MustCompile(`https://\S+` + regexp.QuoteMeta(app.ObjectionPath) + `\S+`)

// readMail says what a mail is, by its subject and its plain text.
func readMail(subject, text string) (m app.Message) {
	m.Params = map[string]string{}
	for _, id := range known {
		key := "message." + string(id)
		head, has := patternOf(key+".subject", true)
		body, bodied := patternOf(key+".body", false)
		if !has || !bodied {
			continue
		}
		above, below := head.in(subject), body.in(text)
		if above == nil || below == nil { // two messages may have the same subject
			continue
		}
		m.Template = id
		for _, params := range []map[string]string{above, below} {
			for name, value := range params {
				m.Params[name] = value
			}
		}
		break
	}
	if found := codeLine.FindStringSubmatch(text); m.Template == app.MessageCode && found != nil {
		m.Code = found[1]
	}
	m.Link = link.FindString(text)
	return m
}

// readText says what a text is. Before its words stands whose it is.
func readText(text string) (m app.Message) {
	m.Params = map[string]string{}
	_, said, _ := strings.Cut(text, ": ")
	for _, id := range known {
		for _, form := range []string{".text", ".text.short", ".body"} {
			p, has := patternOf("message."+string(id)+form, true)
			if !has {
				continue
			}
			if params := p.in(said); params != nil {
				m.Template, m.Params, m.Code, m.Link = id, params, params["code"], link.FindString(text)
				return m
			}
		}
	}
	return m
}

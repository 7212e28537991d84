package gateway

import (
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/prompt"
	"github.com/sparekey/sparekey/backend/port"
)

// callDialects are the APIs by which a provider calls, and speaks with a voice of its own what it is given. It can't wait for a key, no
// digits come back, and what became of a call is not told.
var callDialects = map[Kind]dialect{
	KindTwilio: {
		home: twilio.home, needs: []string{"user", "from"}, request: twilioCall, receipt: twilio.receipt, refusal: twilio.refusal,
	},
	KindWebhook: {knows: true, home: webhook.home, needs: webhook.needs, request: webhookCall, receipt: webhook.receipt, refusal: webhook.refusal},
}

// locales are the languages as Twilio names them.
var locales = map[string]string{"en": "en-GB", "de": "de-DE", "fr": "fr-FR", "es": "es-ES"}

// twilioCall asks for a call that speaks TwiML, which the request brings along (https://www.twilio.com/docs/voice/api/call-resource).
func twilioCall(g *Gateway, t text, secret string) (*http.Request, error) {
	var says strings.Builder
	says.WriteString(`<Response><Pause length="1"/>`)
	for _, sentence := range t.sentences {
		says.WriteString(`<Say language="` + locales[g.config.Language] + `">`)
		if err := xml.EscapeText(&says, []byte(sentence)); err != nil {
			return nil, err
		}
		says.WriteString(`</Say><Pause length="1"/>`)
	}
	says.WriteString(`</Response>`)
	form := url.Values{"To": {t.to}, "From": {g.config.From}, "Twiml": {says.String()}}
	if !t.expires.IsZero() { // they add up to five seconds
		rings := port.CallBy(t.expires).Sub(g.config.Clock.Now()) - 5*time.Second
		form.Set("Timeout", strconv.Itoa(int(min(max(rings, 5*time.Second), time.Minute)/time.Second)))
	}
	if t.extension != "" {
		form.Set("SendDigits", "ww"+t.extension) // each w is half a second
	}
	return twilioPost(g, "Calls.json", form, secret)
}

// webhookCall asks a server of the organisation's own for a call; docs/delivery/calls.md has the document.
func webhookCall(g *Gateway, t text, secret string) (*http.Request, error) {
	document := map[string]any{"type": "call.speak", "id": t.id, "to": t.to, "language": g.config.Language, "words": t.sentences}
	for name, value := range map[string]string{"from": g.config.From, "extension": t.extension} {
		if value != "" {
			document[name] = value
		}
	}
	if !t.expires.IsZero() {
		document["expires"] = t.expires.UTC().Format(time.RFC3339)
	}
	return g.signedPost(t.id, document, secret)
}

// errAsked says that a message asks for digits.
var errAsked = errors.New("digits that are typed do not come back by this provider")

// extensionForm is that of what is dialled within an office.
var extensionForm = regexp.MustCompile(`^[0-9]{0,8}$`)

// spoken puts a message into sentences: the code twice, its digits one by one. Errors are *Failure.
func (g *Gateway) spoken(m app.Message) (text, error) {
	t := text{id: m.ID, expires: m.Expires}
	t.to, t.extension, _ = strings.Cut(m.To, ";ext=")
	var err error
	say := func(clips ...prompt.Clip) {
		for _, c := range clips {
			words, failed := prompt.Words(g.config.Language, c)
			t.sentences, err = append(t.sentences, words), errors.Join(err, failed)
		}
	}
	switch m.Template {
	case app.MessageCode:
		_, err = prompt.Digits(m.Code)
		code := strings.Join(strings.Split(m.Code, ""), ", ") + "."
		say(prompt.Hello, prompt.Comes)
		t.sentences = append(t.sentences, code)
		say(prompt.Again)
		t.sentences = append(t.sentences, code)
		say(prompt.Type, prompt.Goodbye)
	case app.MessageTest:
		say(prompt.Hello, prompt.Test)
	default:
		err = errAsked
	}
	if err != nil {
		return text{}, g.fail(StepWords, err)
	}
	return t, nil
}

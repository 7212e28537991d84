package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Form is the request that a gateway of KindHTTP gets, and what its answer means. Endpoint, Body and the values of Headers may have
// placeholders: {{.to}}, {{.number}} (without its plus), {{.from}}, {{.text}}, {{.id}}; Headers {{.user}} and {{.secret}} besides.
type Form struct {
	Method  string // "POST" or "GET"
	Type    string // of the body: "json" or "form"
	Body    string
	Headers map[string]string
	Receipt string // where an answer in JSON has its name for the text: "messages.0.id"; empty: it has none
	TakenAt string // where an answer in JSON says whether it took the text; empty: its status does
	TakenIs string // what stands there then
}

// plainHTTP is a gateway that the settings describe.
var plainHTTP = dialect{
	home:  func(Config) string { return "" },
	needs: []string{"endpoint"},
	request: func(g *Gateway, t text, secret string) (*http.Request, error) {
		form := g.config.Form
		values := map[string]string{
			"to": t.to, "number": strings.TrimPrefix(t.to, "+"), "from": g.config.From, "text": t.words, "id": t.id,
			"user": g.config.User, "secret": secret,
		}
		body, contentType := fill(form.Body, values, inJSON), "application/json"
		if form.Type == "form" {
			body, contentType = fill(form.Body, values, url.QueryEscape), "application/x-www-form-urlencoded"
		}
		r, err := http.NewRequest(form.Method, fill(g.config.Endpoint, values, url.QueryEscape), strings.NewReader(body))
		if err != nil {
			return nil, errors.New("the request can't be made") // the error of net/url quotes the address, with the text
		}
		if r.Close = form.Method == http.MethodGet; !r.Close { // net/http sends a GET again where a kept connection ends
			r.Header.Set("Content-Type", contentType)
		}
		for name, value := range form.Headers {
			r.Header.Set(name, fill(value, values, asItIs))
		}
		if g.config.User != "" && r.Header.Get("Authorization") == "" {
			r.SetBasicAuth(g.config.User, secret)
		}
		return r, nil
	},
	receipt: func(g *Gateway, _ text, a answer) (string, error) {
		form := g.config.Form
		if form.TakenAt == "" && form.Receipt == "" {
			return "", nil
		}
		var document any
		if err := a.json(&document); err != nil {
			return "", err
		}
		if form.TakenAt != "" {
			if is := codeOf(within(document, form.TakenAt)); is != form.TakenIs {
				return "", &refusedWithin{refusal{code: is, said: string(a.body)}}
			}
		}
		return codeOf(within(document, form.Receipt)), nil
	},
	refusal: func(a answer) refusal {
		r := refusal{said: string(a.body)}
		if errors.Is(judgeStatus(a.status), theMessages) { // what its statuses mean is not known: the next provider is asked, too
			r.kind = theProviders
		}
		return r
	},
}

var placeholder = regexp.MustCompile(`\{\{\s*\.([a-z]+)\s*\}\}`)

// fill puts values in for placeholders, each escaped for where it stands.
func fill(template string, values map[string]string, escape func(string) string) string {
	return placeholder.ReplaceAllStringFunc(template, func(found string) string {
		return escape(values[placeholder.FindStringSubmatch(found)[1]])
	})
}

func asItIs(text string) string { return text }

// inJSON escapes a text for between two quotation marks of JSON.
func inJSON(text string) string {
	escaped, err := json.Marshal(text)
	if err != nil {
		return ""
	}
	return string(escaped[1 : len(escaped)-1])
}

// within finds a value in a document by its way: names, and numbers of a list.
func within(document any, way string) any {
	for step := range strings.SplitSeq(way, ".") {
		switch at := document.(type) {
		case map[string]any:
			document = at[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(at) {
				return nil
			}
			document = at[i]
		default:
			return nil
		}
	}
	return document
}

// codeOf writes a value of a document: a word, or a number as a code.
func codeOf(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case bool:
		return fmt.Sprint(value)
	}
	return ""
}

// bodyOf reads the body of a request that was made here.
func bodyOf(r *http.Request) ([]byte, error) {
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(body)
}

// What is wrong with the description of a gateway.
var (
	ErrMethod      = errors.New("it is neither POST nor GET")
	ErrType        = errors.New("it is neither json nor form")
	ErrPlaceholder = errors.New("it has a placeholder that is none")
	ErrBody        = errors.New("it is no JSON")
	ErrNothing     = errors.New("neither it nor the endpoint has the text and the number")
)

// CheckForm looks at the description of a gateway, and names the setting that is wrong.
func CheckForm(endpoint string, f Form) (setting string, err error) {
	known := []string{"to", "number", "from", "text", "id"}
	if f.Method != http.MethodPost && f.Method != http.MethodGet {
		return "method", ErrMethod
	}
	if f.Type != "json" && f.Type != "form" {
		return "type", ErrType
	}
	for setting, template := range map[string]string{"endpoint": endpoint, "body": f.Body} {
		if !placed(template, known) {
			return setting, ErrPlaceholder
		}
	}
	for _, template := range f.Headers {
		if !placed(template, append(known, "user", "secret")) {
			return "headers", ErrPlaceholder
		}
	}
	if f.Body != "" && f.Type == "json" && !json.Valid([]byte(fill(f.Body, map[string]string{}, asItIs))) {
		return "body", ErrBody
	}
	if !f.complete(endpoint) {
		return "body", ErrNothing
	}
	return "", nil
}

// complete reports whether a gateway is told what and to whom.
func (f Form) complete(endpoint string) bool {
	all := endpoint + f.Body
	for _, template := range f.Headers {
		all += template
	}
	has := placedIn(all)
	return has["text"] && (has["to"] || has["number"])
}

// placedIn are the placeholders of a text.
func placedIn(template string) map[string]bool {
	has := map[string]bool{}
	for _, found := range placeholder.FindAllStringSubmatch(template, -1) {
		has[found[1]] = true
	}
	return has
}

// placed reports whether each placeholder is one of those that are known.
func placed(template string, known []string) bool {
	for _, found := range placeholder.FindAllStringSubmatch(template, -1) {
		if !slices.Contains(known, found[1]) {
			return false
		}
	}
	return !strings.Contains(placeholder.ReplaceAllString(template, ""), "{{")
}

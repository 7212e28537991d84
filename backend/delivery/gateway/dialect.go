package gateway

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"

	"github.com/sparekey/sparekey/backend/port"
)

// Kind is an API by which texts, or calls, are handed over.
type Kind string

// The kinds.
const (
	KindTwilio  Kind = "twilio"
	KindVonage  Kind = "vonage"
	KindBird    Kind = "bird"
	KindSinch   Kind = "sinch"
	KindSNS     Kind = "sns"
	KindWebhook Kind = "webhook" // a server of the organisation's own
	KindHTTP    Kind = "http"    // one that the settings describe
)

// Kinds are those of texts, in their order.
func Kinds() []Kind { return slices.Sorted(maps.Keys(dialects)) }

// dialect is what one API has of its own.
type dialect struct {
	// home is its endpoint where the settings name none; empty: they have to.
	home func(Config) string
	// needs are the settings without which nothing is sent, by their keys.
	needs []string
	// request makes the request for a text.
	request func(g *Gateway, t text, secret string) (*http.Request, error)
	// receipt finds, in an answer with a good status, the provider's name for the text; an error says that it is no answer of the API.
	receipt func(g *Gateway, t text, a answer) (string, error)
	// refusal reads an answer that is no good one.
	refusal func(answer) refusal

	// verify looks at the signature of a receipt; nil: the API sends none.
	verify func(g *Gateway, in incoming, secret string) error
	// receipts reads what a receipt says, after that.
	receipts func(incoming) ([]found, error)
	// named: receipts have the message's own ID, so that one may say that a text was taken whose answer was lost.
	named bool
	// knows: a message that comes again is known by its ID, and carried once.
	knows bool
}

// answer is what a provider answered.
type answer struct {
	status int
	body   []byte
}

// good reports whether the status says that all is well.
func (a answer) good() bool { return a.status/100 == 2 }

// json reads the body; what is none leaves out as it is.
func (a answer) json(out any) error {
	if err := json.Unmarshal(a.body, out); err != nil {
		return errUnreadable
	}
	return nil
}

// refusal is what an answer says against a text.
type refusal struct {
	code string
	said string // in the provider's own words
	kind error  // whose trouble it is; nil: as the status says
}

// idIn has the provider's name for a text in a field of an answer.
func idIn(field string) func(*Gateway, text, answer) (string, error) {
	return func(_ *Gateway, _ text, a answer) (string, error) {
		var said map[string]any
		if err := a.json(&said); err != nil {
			return "", err
		}
		if id, is := said[field].(string); is && id != "" {
			return id, nil
		}
		return "", errUnreadable
	}
}

// codeAnd has a refusal's code in the field "code" of an answer, and its words in another one.
func codeAnd(words string, codes judged) func(answer) refusal {
	return func(a answer) refusal {
		var said map[string]any
		if a.json(&said) != nil {
			return refusal{}
		}
		code := codeOf(said["code"])
		text, _ := said[words].(string)
		return refusal{code: code, said: text, kind: codes.of(code)}
	}
}

// judged are a provider's codes by whose trouble they are.
type judged map[string]error

// of finds whose trouble a code is; nil where the status has to say.
func (j judged) of(code string) error { return j[code] }

// Whose trouble a code is.
var (
	theNumbers   = port.ErrUndeliverable
	theMessages  = port.ErrIncapable
	theProviders = errTheirs
)

// errTheirs stands for trouble of the provider, where a status would say otherwise.
var errTheirs = errors.New("trouble of the provider, or of the account there")

// refusedWithin is a refusal that an answer with a good status has in its body.
type refusedWithin struct{ refusal }

// Error implements error, in the provider's own words.
func (r *refusedWithin) Error() string { return r.said }

// plainReceipt is the form of a provider's name for a text. Anything else would be free words in the audit trail.
var plainReceipt = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,128}$`)

// needed gives the settings that a kind can't do without.
func (d dialect) needed(c Config) (missing []string) {
	for _, key := range d.needs {
		if is := map[string]string{"user": c.User, "from": c.From, "region": c.Region, "service": c.Service, "endpoint": c.Endpoint}[key]; is == "" {
			missing = append(missing, key)
		}
	}
	return missing
}

// Missing gives the settings that are missing, by their keys.
func Missing(c Config) []string {
	d, known := dialectOf(c)
	if !known {
		return nil
	}
	missing := d.needed(c)
	if c.Kind == KindTwilio && c.Language == "" && c.From == "" && c.Service == "" {
		missing = append(missing, "from")
	}
	return missing
}

// SendsReceipts reports whether a kind says later what became of a text.
func SendsReceipts(k Kind) bool { return dialects[k].verify != nil }

// SignsReceiptsApart reports whether the receipts of a provider are signed by another secret than the one that it is asked with.
func SignsReceiptsApart(c Config) bool {
	switch c.Kind {
	case KindTwilio:
		return c.Key != ""
	case KindWebhook:
		return false
	}
	return SendsReceipts(c.Kind)
}

// dialectOf is that of texts or of calls.
func dialectOf(c Config) (d dialect, known bool) {
	if c.Language != "" {
		d, known = callDialects[c.Kind]
		return d, known
	}
	d, known = dialects[c.Kind]
	return d, known
}

// dialects are the APIs of texts by kind, each in a file of its own.
var dialects = map[Kind]dialect{
	KindTwilio: twilio, KindVonage: vonage, KindBird: bird, KindSinch: sinch, KindSNS: sns, KindWebhook: webhook, KindHTTP: plainHTTP,
}

package entra

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// failure is an answer by which Graph says that it didn't do something. Its text is for logs; the message that came with it isn't
// in there, since it may quote what was sent.
type failure struct {
	status  int
	code    string
	message string
	request string // Microsoft's support asks for it
}

// Error implements error.
func (f *failure) Error() string {
	text := fmt.Sprintf("graph answered %d", f.status)
	if f.code != "" {
		text += " " + f.code
	}
	if f.request != "" {
		text += ", request " + f.request
	}
	switch f.status {
	case http.StatusUnauthorized:
		text += ": the app's token is refused"
	case http.StatusForbidden:
		text += ": the app lacks a permission, the consent to one, or a role that may do this"
	case http.StatusTooManyRequests:
		text += ": too many requests"
	}
	return text
}

// word is what a code or a request's ID may look like, to be logged.
var word = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// failure reads the error of an answer (Microsoft Graph, error responses). A body that isn't one leaves the status alone.
func (a answer) failure() error {
	var body struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	f := &failure{status: a.status}
	if json.Unmarshal(a.body, &body) == nil {
		if word.MatchString(body.Error.Code) {
			f.code = body.Error.Code
		}
		f.message = body.Error.Message
	}
	if id := a.header.Get("request-id"); word.MatchString(id) {
		f.request = id
	}
	return f
}

// notFound reports whether Graph says that there is no such object. A 404 without Graph's code is somebody else's.
func notFound(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.status == http.StatusNotFound && f.code == "Request_ResourceNotFound"
}

// refusal says what an answer to a new password means: a *port.Refusal where Graph says that it won't take it, else err as it is.
// Graph has one code for everything that is wrong with a request, so that its words decide; words that aren't known leave it open.
func refusal(err error, password app.Secret) error {
	var f *failure
	if !errors.As(err, &f) || f.status != http.StatusBadRequest || f.code != "Request_BadRequest" {
		return err
	}
	message := strings.ToLower(f.message)
	switch {
	case strings.Contains(message, "on-premises mastered"):
		return &port.Refusal{}
	case strings.Contains(message, "password") && (strings.Contains(message, "complexity") || strings.Contains(message, "too weak") ||
		strings.Contains(message, "banned") || strings.Contains(message, "requirements")):
		return &port.Refusal{Rule: rule(password.Reveal())}
	}
	return err
}

// The rules that hold for every password, unless the account is excepted (Microsoft Entra password policies).
const (
	minLength  = 8
	maxLength  = 256
	minClasses = 3
)

// rule names the rule that a refused password breaks, by those that are published. "simple" stands for the rest: the banned list,
// which nobody is shown.
func rule(password string) string {
	if n := utf8.RuneCountInString(password); n < minLength || n > maxLength {
		return "length"
	}
	var lower, upper, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	if lower+upper+digit+other < minClasses {
		return "complexity"
	}
	return "simple"
}

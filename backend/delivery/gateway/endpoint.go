package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/sparekey/sparekey/backend/delivery/server"
)

// ErrEndpoint says that a text is no address of a gateway.
var ErrEndpoint = errors.New("it is neither https://HOST nor, on this computer, http://HOST")

// CheckEndpoint looks at a gateway's address: over TLS, or on this computer. Its error is ErrEndpoint.
func CheckEndpoint(address string, k Kind) error {
	_, err := parseEndpoint(address, k)
	return err
}

func parseEndpoint(address string, k Kind) (*url.URL, error) {
	if k == KindHTTP { // its query may have placeholders
		if inHost.MatchString(address) { // whom a text is for would choose the host
			return nil, ErrEndpoint
		}
		address = placeholder.ReplaceAllString(address, "1")
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "" && k != KindHTTP {
		return nil, ErrEndpoint
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !server.IsHere(u.Hostname())) {
		return nil, ErrEndpoint
	}
	return u, nil
}

// inHost finds a placeholder before path and query.
var inHost = regexp.MustCompile(`^[^/?]*(//[^/?]*)?\{\{`)

// at is an address below the endpoint; each segment is escaped.
func (g *Gateway) address(segments ...string) string {
	escaped := make([]string, len(segments))
	for i, s := range segments {
		escaped[i] = url.PathEscape(s)
	}
	return strings.TrimRight(g.at.String(), "/") + "/" + strings.Join(escaped, "/")
}

// postForm makes a request with a form.
func postForm(address string, form url.Values) (*http.Request, error) {
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r, err
}

// postJSONAs is postJSON for who signs in by a header.
func postJSONAs(authorization, address string, document any) (*http.Request, error) {
	r, err := postJSON(address, document)
	if err == nil {
		r.Header.Set("Authorization", authorization)
	}
	return r, err
}

// postJSON makes a request with a document.
func postJSON(address string, document any) (*http.Request, error) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(document); err != nil {
		return nil, err
	}
	r, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(bytes.TrimSpace(body.Bytes())))
	if err == nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, err
}

package setup

import (
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/command/setup/managed"
)

// trust is whom the settings have a client believe, and which way they send it. The error is one of words.
func (s Settings) trust() (client.Trust, error) {
	proxy, err := s.proxy()
	if err != nil {
		return client.Trust{}, InWords(err)
	}
	pins, err := s.pins()
	if err != nil {
		return client.Trust{}, InWords(err)
	}
	t := client.Trust{Proxy: proxy, Pins: pins}
	if s.CAFile == "" {
		return t, nil
	}
	t.Authorities, err = readAuthorities(s.CAFile)
	return t, InWords(err)
}

// readAuthorities gives those of a file beside the system's.
func readAuthorities(path string) (*x509.CertPool, error) {
	data, err := managed.ReadTrusted(path)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, err
	}
	if !pool.AppendCertsFromPEM(data) {
		return nil, &config.Problems{File: path, List: []app.Problem{app.NewProblem("", "no_certificate")}}
	}
	return pool, nil
}

// proxy is the way that the settings name; nil where they leave it to the system. The error is an app.Problem.
func (s Settings) proxy() (func(*http.Request) (*url.URL, error), error) {
	switch s.Proxy {
	case "":
		return nil, nil
	case "direct":
		return func(*http.Request) (*url.URL, error) { return nil, nil }, nil
	}
	u, err := url.Parse(s.Proxy)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
		return nil, app.NewProblem("proxy", "proxy")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return http.ProxyURL(u), nil
	}
	return nil, app.NewProblem("proxy", "proxy")
}

// pins are the keys that the settings name. The error is an app.Problem.
func (s Settings) pins() ([]client.Pin, error) {
	var pins []client.Pin
	var wrong error
	for i, text := range s.Pins {
		pin, err := client.ReadPin(text)
		if err != nil {
			wrong = errors.Join(wrong, app.NewProblem("pins", "pin", "number", i+1))
		}
		pins = append(pins, pin)
	}
	if s.Pins != nil && len(pins) == 0 {
		return nil, app.NewProblem("pins", "no_pin")
	}
	return pins, wrong
}

//go:build !windows

package client

import (
	"net/http"
	"net/url"
)

// systemProxy is the environment's: HTTPS_PROXY and NO_PROXY.
func systemProxy() func(*http.Request) (*url.URL, error) { return http.ProxyFromEnvironment }

package client

import (
	"net/http"
	"net/url"
	"sync"

	"github.com/mattn/go-ieproxy"
)

// systemProxy is the environment's, or else that of Windows' settings, also where a script chooses it. They are read once.
var systemProxy = sync.OnceValue(func() func(*http.Request) (*url.URL, error) { return ieproxy.GetProxyFunc() })

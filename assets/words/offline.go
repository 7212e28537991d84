package words

// offline are the texts for the reasons of package client, each of which says what is wrong and what to do.
var offline = map[string]string{
	"resolve":             "error.offline.resolve",
	"no_network":          "error.offline.no_network",
	"refused":             "error.offline.refused",
	"timeout":             "error.offline.timeout",
	"proxy_unreachable":   "error.offline.proxy_unreachable",
	"proxy_password":      "error.offline.proxy_password",
	"proxy_refused":       "error.offline.proxy_refused",
	"handshake":           "error.offline.handshake",
	"certificate_unknown": "error.offline.certificate_unknown",
	"certificate_expired": "error.offline.certificate_expired",
	"certificate_early":   "error.offline.certificate_early",
	"certificate_name":    "error.offline.certificate_name",
	"certificate_pin":     "error.offline.certificate_pin",
	"certificate":         "error.offline.certificate",
	"answer":              "error.offline.answer",
	"redirect":            "error.offline.answer",
}

// Offline says why the server can't be used, and what helps. params are those of an error with app.CodeOffline.
func Offline(params map[string]string) string {
	key := offline[params["reason"]]
	if key == "" || params["server"] == "" {
		return Text("error.offline")
	}
	if key == "error.offline.certificate_name" && params["name"] == "" {
		key = "error.offline.certificate"
	}
	values := Values{}
	for name, value := range params {
		values[name] = value
	}
	return Text(key, values)
}

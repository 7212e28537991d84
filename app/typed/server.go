package typed

import (
	"net/url"
	"strings"
)

// Faults of a server's address.
const (
	ServerEmpty     = "empty"     // nothing was typed
	ServerInsecure  = "insecure"  // http, in clear
	ServerMalformed = "malformed" // not an address
	ServerPath      = "path"      // more than the server's name
)

// ServerAddress makes an https address of what was typed: such an address, or a host name, with a port where there is one.
// Otherwise it gives the fault.
func ServerAddress(given string) (address, fault string) {
	address = Identifier(given)
	if address == "" {
		return "", ServerEmpty
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	switch {
	case err == nil && strings.EqualFold(u.Scheme, "http"):
		return "", ServerInsecure
	case err != nil || u.Scheme != "https" || !hostName(u.Hostname()) || u.User != nil:
		return "", ServerMalformed
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", ServerPath
	}
	return "https://" + strings.ToLower(u.Host), ""
}

// hostName reports whether a name can be that of a server.
func hostName(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for _, r := range name {
		if strings.ContainsRune(" _,;!?@#$%&*()[]{}<>|\\\"'`^~=+", r) {
			return false
		}
	}
	return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "-") && !strings.Contains(name, "..")
}

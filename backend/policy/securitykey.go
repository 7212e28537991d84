package policy

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
)

// algorithms are those that keys may sign by, with COSE's numbers (RFC 9053, RFC 8812).
var algorithms = map[string]int{"ES256": -7, "EdDSA": -8, "RS256": -257}

var model = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// COSE gives the numbers of the algorithms, in their order.
func (k SecurityKey) COSE() []int {
	numbers := make([]int, len(k.Algorithms))
	for i, name := range k.Algorithms {
		numbers[i] = algorithms[name]
	}
	return numbers
}

// securityKey checks what keys are asked for. Domain and origin are missed only where keys are allowed.
func (c *checker) securityKey(k SecurityKey, allowed bool) {
	if k.RPID == "" && allowed {
		c.add("security_key.rp_id", "no_rp_id")
	}
	if k.RPID != "" && (!domain.MatchString(k.RPID) || len(k.RPID) > 253) {
		c.add("security_key.rp_id", "domain", "is", k.RPID)
	}
	if k.Origin == "" && allowed || k.Origin != "" && !within(k.Origin, k.RPID) {
		c.add("security_key.origin", "origin", "is", k.Origin)
	}
	c.algorithms(k.Algorithms)
	oneOf(c, "security_key.user_verification", k.Verification, app.VerifyRequired, app.VerifyPreferred, app.VerifyDiscouraged)
	c.attestation(k)
	c.models("security_key.allow", k.Allow)
	c.models("security_key.deny", k.Deny)
	for _, m := range k.Deny {
		if slices.Contains(k.Allow, m) {
			c.add("security_key.deny", "model_allowed", "is", m)
		}
	}
}

// within reports whether an origin is that of a domain or of a subdomain, in its only form.
func within(origin, rpID string) bool {
	u, err := url.Parse(origin)
	if err != nil || origin != "https://"+u.Host || u.Port() == "443" {
		return false
	}
	host := u.Hostname()
	return domain.MatchString(host) && (host == rpID || strings.HasSuffix(host, "."+rpID))
}

func (c *checker) algorithms(names []string) {
	if len(names) == 0 {
		c.add("security_key.algorithms", "no_algorithm")
	}
	for i, name := range names {
		switch {
		case algorithms[name] == 0:
			c.add("security_key.algorithms", "algorithm", "is", name)
		case slices.Contains(names[:i], name):
			c.add("security_key.algorithms", "twice", "is", name)
		}
	}
}

func (c *checker) attestation(k SecurityKey) {
	oneOf(c, "security_key.attestation", k.Attestation, app.AttestNone, app.AttestIndirect, app.AttestDirect)
	switch {
	case k.Attestation == app.AttestNone && k.Metadata != "":
		c.add("security_key.metadata", "metadata_unused")
	case k.Attestation == app.AttestDirect && k.Metadata == "":
		c.add("security_key.metadata", "no_metadata")
	}
	c.beside("security_key.metadata", k.Metadata)
}

// models checks a list of AAGUIDs.
func (c *checker) models(key string, list []string) {
	for i, m := range list {
		switch {
		case !model.MatchString(m):
			c.add(key, "model", "is", m)
		case slices.Contains(list[:i], m):
			c.add(key, "model_twice", "is", m)
		}
	}
}

package setup

import (
	"crypto/sha256"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// CheckedPolicy reads the policy in a file, and holds it and the files that it names against what this build can do.
func CheckedPolicy(path string) (policy.Policy, []byte, error) {
	document, err := policy.Read(path)
	if err != nil {
		return policy.Policy{}, nil, InWords(err)
	}
	sum := sha256.Sum256(document)
	p, err := usable(port.PolicyVersion{Source: path, Document: document, Hash: sum[:]})
	return p, document, err
}

// UsablePolicy reads a version of the policy as the backend does. The error says why this build can't use it.
func UsablePolicy(v app.PolicyVersion) (policy.Policy, error) {
	return usable(port.PolicyVersion{Number: v.Number, Source: v.Source, Document: v.Document, Hash: v.Hash})
}

func usable(v port.PolicyVersion) (policy.Policy, error) {
	p, r, err := backend.OpenPolicy(backend.Config{Methods: methods(), Resources: openResources}, v)
	if err != nil {
		return policy.Policy{}, InWords(err)
	}
	if r.Close != nil {
		err = r.Close()
	}
	return p, err
}

package setup

import (
	"crypto/sha256"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// CheckedPolicy is a policy in a file that this build can use.
type CheckedPolicy struct {
	policy.Policy
	Document []byte
	Notes    []error // what there is to know of the files that it names, in words
}

// CheckPolicy reads the policy in a file, and holds it and the files that it names against what this build can do.
func CheckPolicy(path string) (CheckedPolicy, error) {
	document, err := policy.Read(path)
	if err != nil {
		return CheckedPolicy{}, InWords(err)
	}
	sum := sha256.Sum256(document)
	p, notes, err := usable(port.PolicyVersion{Source: path, Document: document, Hash: sum[:]})
	return CheckedPolicy{Policy: p, Document: document, Notes: notes}, err
}

// ReadPolicy reads a policy document, and leaves it to a server to judge. The error is one of words.
func ReadPolicy(path string) ([]byte, error) {
	document, err := policy.Read(path)
	return document, InWords(err)
}

// UsablePolicy reads a version of the policy as the backend does. The error says why this build can't use it.
func UsablePolicy(v app.PolicyVersion) (policy.Policy, error) {
	p, _, err := usable(port.PolicyVersion{Number: v.Number, Source: v.Source, Document: v.Document, Hash: v.Hash})
	return p, err
}

func usable(v port.PolicyVersion) (p policy.Policy, notes []error, err error) {
	p, r, err := backend.OpenPolicy(backend.Config{Methods: methods(), Resources: openResources}, v)
	if err != nil {
		return policy.Policy{}, nil, InWords(err)
	}
	for _, note := range r.Notes {
		notes = append(notes, InWords(note))
	}
	return p, notes, r.CloseAll()
}

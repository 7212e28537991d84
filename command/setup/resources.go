package setup

import (
	"path/filepath"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/breached"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/methods/securitykey"
)

// openResources opens the files that a version of the policy names, beside the file that it came from. The error names
// the policy's line.
func openResources(v port.PolicyVersion, p policy.Policy) (backend.Resources, error) {
	if !filepath.IsAbs(v.Source) && (p.Organisation.Logo != "" || p.Password.Breached != "" || p.SecurityKey.Metadata != "") {
		return backend.Resources{}, app.NewProblem("", "no_folder")
	}
	logo, err := policy.ReadLogo(v.Source, v.Document, p)
	if err != nil {
		return backend.Resources{}, err
	}
	r := backend.Resources{Logo: logo}
	if p.SecurityKey.Metadata != "" {
		models, err := readMetadata(filepath.Join(filepath.Dir(v.Source), p.SecurityKey.Metadata))
		if err != nil {
			return backend.Resources{}, policy.Blame(v.Source, v.Document, "security_key.metadata", err)
		}
		r.Methods = []app.Method{securitykey.Method{Metadata: models}}
	}
	if p.Password.Breached == "" {
		return r, nil
	}
	path := filepath.Join(filepath.Dir(v.Source), p.Password.Breached)
	filter, err := breached.Open(path)
	if err != nil {
		return backend.Resources{}, policy.Blame(v.Source, v.Document, "password.breached", err)
	}
	for _, note := range filter.Missing().Notes(path) {
		r.Notes = append(r.Notes, policy.Blame(v.Source, v.Document, "password.breached", note))
	}
	r.Breached, r.Close = filter, filter.Close
	return r, nil
}

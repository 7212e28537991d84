package wire

import "github.com/sparekey/sparekey/app"

// Credential is the form of app.Credential: nothing in it helps to use it.
type Credential struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Variant  string `json:"variant,omitempty"`
	Masked   string `json:"masked,omitempty"`
	Added    Time   `json:"added,omitzero" format:"date-time"`
	LastUsed Time   `json:"last_used,omitzero" format:"date-time"`
	Default  bool   `json:"default,omitempty"`
	UsableAt Time   `json:"usable_at,omitzero" format:"date-time" doc:"while it can't serve a reset: until then"`
	Entered  bool   `json:"entered,omitempty" doc:"by the organisation, and not confirmed by a code yet"`
}

func newCredential(c app.Credential) Credential {
	return Credential{
		ID: string(c.ID), Kind: string(c.Kind), Variant: c.Variant, Masked: c.Masked, Added: Time(c.Added), LastUsed: Time(c.LastUsed),
		Default: c.Default, UsableAt: Time(c.UsableAt), Entered: c.Entered,
	}
}

func (w Credential) domain() app.Credential {
	return app.Credential{
		ID: app.CredentialID(w.ID), Kind: app.Kind(w.Kind), Variant: w.Variant, Masked: w.Masked,
		Added: w.Added.domain(), LastUsed: w.LastUsed.domain(), Default: w.Default, UsableAt: w.UsableAt.domain(), Entered: w.Entered,
	}
}

// Choice is the form of app.Choice.
type Choice struct {
	Kind        string `json:"kind"`
	Recommended bool   `json:"recommended,omitempty"`
	Have        bool   `json:"have,omitempty"`
	Double      bool   `json:"double,omitempty" doc:"counts as two gates, so that this one is enough"`
}

func newChoice(c app.Choice) Choice {
	return Choice{Kind: string(c.Kind), Recommended: c.Recommended, Have: c.Have, Double: c.Double}
}

func (w Choice) domain() app.Choice {
	return app.Choice{Kind: app.Kind(w.Kind), Recommended: w.Recommended, Have: w.Have, Double: w.Double}
}

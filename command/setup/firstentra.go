package setup

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/directory/entra"
	"github.com/sparekey/sparekey/backend/directory/examine"
)

// A directory in Entra ID: its tenant, the application there, and how that proves itself.

// The keys of the answers about that; the administrators' group is asked for as with any other.
const (
	askCloud       = "directory-cloud"
	askTenant      = "directory-tenant"
	askApplication = "directory-application"
	askAppProof    = "directory-certificate"
	askAppSecret   = "directory-secret-file"
)

const (
	kindEntra       = "entra"
	entraCredential = "directory" // as systemd hands the application's certificate over
)

func (d *Draft) isEntra() bool { return d.answers[askDirectory] == kindEntra }

// provesBySecret reports whether the application has no certificate.
func (d *Draft) provesBySecret() bool { return d.answers[askAppProof] == "" }

// appCertificate is the application's certificate, by its whole path; empty where there is none.
func (d *Draft) appCertificate() string {
	if !d.isEntra() || d.provesBySecret() {
		return ""
	}
	return d.machine.beside(d.answers[askAppProof])
}

func (d *Draft) entraQuestions() []Question {
	var clouds []Choice
	for _, cloud := range entra.Clouds() {
		clouds = append(clouds, Choice{string(cloud), words.Text("command.setup.cloud_" + string(cloud))})
	}
	proof := askAppProof
	if d.provesBySecret() {
		proof = askAppSecret
	}
	return []Question{
		{Key: askCloud, Title: words.Text("command.setup.cloud"), Suggested: string(entra.Global), Choices: clouds},
		{Key: askTenant, Title: words.Text("command.setup.tenant"), Help: words.Text("command.setup.tenant_help")},
		{Key: askApplication, Title: words.Text("command.setup.application"), Help: words.Text("command.setup.application_help")},
		{Key: askAppProof, Title: words.Text("command.setup.app_certificate"), Help: words.Text("command.setup.app_certificate_help"), Optional: true, try: tryAppCertificate},
		{Key: askAppSecret, Title: words.Text("command.setup.app_secret"), Help: words.Text("command.setup.app_secret_help"), Secret: true,
			asked: (*Draft).provesBySecret, try: tryAppSecret},
		{Key: askAdministrators, Title: words.Text("command.setup.administrators"), Help: words.Text("command.setup.administrators_entra"), after: proof, try: tryEntraGroup},
	}
}

// entraSettings are those of the directory; its secret is named by its file.
func (d *Draft) entraSettings(s *DirectorySettings) {
	s.Domain, s.Cloud, s.Tenant, s.Application = d.answers[askDomain], d.answers[askCloud], d.answers[askTenant], d.answers[askApplication]
	s.Certificate, s.Secret = d.appCertificate(), d.keptSecret(askAppSecret)
	if group := d.answers[askAdministrators]; group != "" {
		s.Administrators = []string{group}
	}
}

// tryAppCertificate reads the certificate, and signs in with it.
func tryAppCertificate(ctx context.Context, d *Draft) ([]string, error) {
	if err := d.wrong((*planner).checkDirectories, "directory.certificate"); err != nil {
		return nil, err
	}
	if err := d.machine.account.readable(d.appCertificate()); err != nil && !d.machine.packaged {
		return nil, err
	}
	return d.look(ctx, askAppProof, withoutGroups, examine.Examination{})
}

// tryAppSecret signs in with the client secret.
func tryAppSecret(ctx context.Context, d *Draft) ([]string, error) {
	if file := d.secretFile(askAppSecret); exists(file) {
		return nil, AgainError{askKeys, app.NewProblem("", "never_replaced", "file", file)}
	}
	return d.look(ctx, askAppSecret, withoutGroups, examine.Examination{})
}

// withoutGroups leaves out what is asked later, and may be left from an answer that was taken back.
func withoutGroups(s *DirectorySettings) { s.Administrators = nil }

func tryEntraGroup(ctx context.Context, d *Draft) ([]string, error) {
	if err := d.wrong((*planner).checkDirectories, "directory.administrators"); err != nil {
		return nil, err
	}
	return d.look(ctx, askAdministrators, nil, examine.Examination{})
}

// aboutEntra is the question that a finding is about.
func aboutEntra(d *Draft, f examine.Finding, asked string) string {
	switch f.Code {
	case examine.TokenTenant:
		return askTenant
	case examine.TokenApplication:
		return askApplication
	case examine.DomainUnknown, examine.DomainFederated:
		return askDomain
	}
	return asked
}

// openEntra opens the directory as the answers make it, but for what change says.
func (d *Draft) openEntra(change func(*DirectorySettings)) (examined, error) {
	s := d.settings(false).Directory
	if change != nil {
		change(&s)
	}
	proof := func() (app.Secret, error) { return d.secrets[askAppSecret], nil }
	if s.Certificate != "" {
		proof = func() (app.Secret, error) { return readAppCertificate(s.Certificate) }
	}
	return newEntra(commandParts, directoryBlock{DirectorySettings: s}, proof)
}

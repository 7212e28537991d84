package setup

import (
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
)

// TestSystemdHandsOverTheSecretsOfDelivery, each under a name of its own, and none that is not asked for any more.
func TestSystemdHandsOverTheSecretsOfDelivery(t *testing.T) {
	d := &Draft{machine: machine{config: PackagedSettings, packaged: true, units: "/etc/systemd/system"}, secrets: map[string]app.Secret{}, answers: map[string]string{
		askBase: "https://reset.example.org", askTLS: tlsFiles, askCertificate: "tls/cert.pem", askKey: "tls/key.pem", askListen: ":443", askKeys: "/etc/sparekey/keys",
		askData: "/var/lib/sparekey/data", askDirectory: "local", askDomain: "example.org",
		askMailServers: "smtps://mx1.example.org, smtp://mx2.example.org", askMailFrom: "reset@example.org", askMailUser: "sparekey",
		askTexts: "bird", askTextUser: "workspace", askTextService: "channel", askTextFrom: "+15005550006", askTextRegion: "us",
	}}
	d.hold(Question{Key: askMailSecret, Secret: true}, "keeper")
	d.hold(Question{Key: askTextSecret, Secret: true}, "keeper")
	document, err := d.serverDocument()
	if err != nil {
		t.Fatal(err)
	}
	var s ServerSettings
	if _, problems := config.DecodeLines("server.toml", document, &s); problems.OrNil() != nil {
		t.Fatal(problems)
	}
	m, x := s.Delivery.Mail, s.Delivery.Text
	if strings.Join(m.Servers, " ") != "smtps://mx1.example.org smtp://mx2.example.org" || m.Auth != "password" || m.User != "sparekey" || m.Secret != "credential:mail" {
		t.Errorf("mails: %+v", m)
	}
	if x.Kind != "bird" || x.User != "workspace" || x.Service != "channel" || x.Secret != "credential:text" || x.From != "" || x.Region != "" {
		t.Errorf("texts have what the kind takes: %+v", x)
	}
	unit := d.units()["/etc/systemd/system/sparekey.service.d/setup.conf"]
	if !strings.Contains(unit, "LoadCredential=mail:/etc/sparekey/keys/mail\nLoadCredential=text:/etc/sparekey/keys/text\n") {
		t.Errorf("the unit: %s", unit)
	}
	d.answers[askMailUser], d.answers[askTexts] = "", noTexts // thought better of
	if kept := d.keptSecrets(); len(kept) != 0 {
		t.Errorf("kept are %v", kept)
	}
	if s := d.settings(true).Delivery; s.Mail.Auth != "none" || s.Mail.Secret != "" || s.Text.Kind != "" || s.Text.Secret != "" {
		t.Errorf("%+v", s)
	}
}

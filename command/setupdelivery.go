package command

import "strings"

// setupDelivery are the flags of a server's set-up about who carries its messages.
type setupDelivery struct {
	MailServers      []string `help:"A mail server, smtps://HOST[:PORT] or smtp://HOST[:PORT] (STARTTLS). May be given several times." placeholder:"URL"`
	MailTrust        string   `help:"The roots by which they are known, in PEM." placeholder:"FILE" type:"path"`
	MailFrom         string   `help:"The sender's address." placeholder:"MAIL"`
	MailUser         string   `help:"Who signs in there." placeholder:"ACCOUNT"`
	MailPasswordFile string   `help:"A file with the password, one line, that not everybody may read. It is copied beside the keys." placeholder:"FILE" type:"path"`
	MailTest         string   `help:"Where a test mail goes, at once." placeholder:"MAIL"`
	Texts            string   `help:"Who carries texts: none, twilio, vonage, bird, sinch, sns, or webhook." placeholder:"KIND"`
	TextEndpoint     string   `help:"With webhook: its address." placeholder:"URL"`
	TextUser         string   `help:"The account there." placeholder:"ACCOUNT"`
	TextService      string   `help:"With twilio: a messaging service. With bird: the channel." placeholder:"ID"`
	TextRegion       string   `help:"With sns and sinch: the region." placeholder:"REGION"`
	TextFrom         string   `help:"Whom people see as the sender: a number, or a word." placeholder:"SENDER"`
	TextSecretFile   string   `help:"A file with its token or key, one line, that not everybody may read. It is copied beside the keys." placeholder:"FILE" type:"path"`
	TextTest         string   `help:"Where a test text goes, at once." placeholder:"NUMBER"`
}

// given are the answers that came as flags, by question.
func (c setupDelivery) given() map[string]string {
	return map[string]string{
		"mail-servers": strings.Join(c.MailServers, ", "), "mail-trust": c.MailTrust, "mail-from": c.MailFrom, "mail-user": c.MailUser,
		"mail-password-file": c.MailPasswordFile, "mail-test": c.MailTest, "texts": c.Texts, "text-endpoint": c.TextEndpoint,
		"text-user": c.TextUser, "text-service": c.TextService, "text-region": c.TextRegion, "text-from": c.TextFrom,
		"text-secret-file": c.TextSecretFile, "text-test": c.TextTest,
	}
}

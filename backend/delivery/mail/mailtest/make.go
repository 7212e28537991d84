package mailtest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Making says which Postfix is made, by a test or by a lab.
type Making struct {
	// Dir has cert.pem and key.pem, and nothing of Postfix yet. The account postfix may walk through it.
	Dir                      string
	STARTTLS, TLS            string   // where it listens, HOST:PORT; empty: it doesn't
	Account, Realm, Password string   // who may send: they sign in as ACCOUNT@REALM
	Domains                  string   // whose mail it keeps, as virtual_mailbox_domains says it
	Mailboxes                []string // lines of an address and a Maildir beneath Dir/mail
	Else                     string   // the Maildir of all other addresses of these domains; empty: there are none
}

// MakePostfix makes a mail server that relays nothing, and gives the command that starts it in the foreground, with its log on the
// standard output. Only root may start it: it goes on as the account postfix. StopPostfix ends it.
func MakePostfix(m Making) (start *exec.Cmd, err error) {
	account, err := user.Lookup("postfix")
	if err != nil {
		return nil, err
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	for _, sub := range []string{"queue", "data", "mail", "conf", "conf/sasl"} {
		if err := os.Mkdir(filepath.Join(m.Dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	for _, sub := range []string{"data", "mail"} {
		if err := os.Chown(filepath.Join(m.Dir, sub), uid, gid); err != nil {
			return nil, err
		}
	}
	if err := m.account(uid, gid); err != nil {
		return nil, err
	}
	if err := m.configure(account); err != nil {
		return nil, err
	}
	conf := filepath.Join(m.Dir, "conf")
	start = exec.Command("postfix", "-c", conf, "start-fg")
	start.Env = append(os.Environ(), "MAIL_CONFIG="+conf)
	start.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return start, nil
}

// StopPostfix asks one to end that was made in a folder.
func StopPostfix(dir string) error {
	return exec.Command("postfix", "-c", filepath.Join(dir, "conf"), "stop").Run()
}

// account makes the one who may send.
func (m Making) account(uid, gid int) error {
	db := filepath.Join(m.Dir, "conf", "sasl", "sasldb2")
	cmd := exec.Command("saslpasswd2", "-p", "-c", "-f", db, "-u", m.Realm, m.Account)
	cmd.Stdin = strings.NewReader(m.Password)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("saslpasswd2: %w\n%s", err, out)
	}
	if err := os.Chown(db, uid, gid); err != nil {
		return err
	}
	// Debian's Postfix looks beside main.cf, whatever cyrus_sasl_config_path says.
	return write(filepath.Join(m.Dir, "conf", "sasl", "smtpd.conf"), "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: "+db+
		"\nmech_list: PLAIN LOGIN SCRAM-SHA-256\n")
}

const mainSettings = `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
mail_owner = postfix
myhostname = relay.%[4]s
mydestination =
inet_interfaces = loopback-only
alias_maps =
alias_database =
virtual_mailbox_domains = %[5]s
virtual_mailbox_maps = texthash:%[1]s/conf/mailboxes %[6]s
virtual_mailbox_base = %[1]s/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:%[2]s
virtual_gid_maps = static:%[3]s
smtputf8_enable = yes
smtpd_tls_cert_file = %[1]s/cert.pem
smtpd_tls_key_file = %[1]s/key.pem
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = %[4]s
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unauth_destination
message_size_limit = 100000
maillog_file = /dev/stdout
`

const services = `pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

func (m Making) configure(account *user.User) error {
	conf, others, listen := filepath.Join(m.Dir, "conf"), "", ""
	if m.Else != "" {
		others = "static:" + m.Else
	}
	if m.STARTTLS != "" {
		listen += m.STARTTLS + " inet n - n - - smtpd\n"
	}
	if m.TLS != "" {
		listen += m.TLS + " inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n"
	}
	for name, content := range map[string]string{
		"mailboxes": strings.Join(m.Mailboxes, "\n") + "\n",
		"main.cf":   fmt.Sprintf(mainSettings, m.Dir, account.Uid, account.Gid, m.Realm, m.Domains, others),
		"master.cf": listen + services,
	} {
		if err := write(filepath.Join(conf, name), content); err != nil {
			return err
		}
	}
	return nil
}

func write(path, content string) error { return os.WriteFile(path, []byte(content), 0o644) }

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
)

// The organisation's domain controller, which the lab's own /etc/hosts leads to this computer, and who administers the domain.
const (
	controller     = "dc1.harbour.example"
	keeper         = `HARBOUR\Administrator`
	keeperPassword = "Quay-side 2026 keeper"
)

// The service account, with the rights that the guide gives it and no more.
const (
	service         = "svc-sparekey"
	servicePassword = "Service-bell 88 anchor"
)

// directorySettings are the server's, of a real directory.
const directorySettings = `[directory]
kind = "active-directory"
domain = "harbour.example"
servers = ["ldaps://` + controller + `"]
trust = "domain/ca.pem"
user = "` + service + `@harbour.example"
password = "directory.secret"
base = "` + people + `"
group_base = "` + groups + `"
administrators = ["` + administrators + `"]
`

// domain is the organisation's domain controller at work: a Samba of this computer, whose folder has etc/smb.conf.
type domain struct {
	samba *exec.Cmd
	ended chan error
}

// startDomain makes a domain with the sample people in it, and leaves its controller at work. A service account's password is put
// where the server's settings look for it.
func startDomain(folder string) (*domain, error) {
	dir := filepath.Join(folder, "domain")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=0700"); err != nil { // a domain's databases wait for the disk at each step
		return nil, err
	}
	if err := errors.Join(
		certify(dir, controller),
		os.WriteFile(filepath.Join(folder, "directory.secret"), []byte(servicePassword+"\n"), 0o600),
	); err != nil {
		return nil, err
	}
	start, err := ldaptest.MakeSamba(dir, keeperPassword, asController)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "samba.log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	d := &domain{samba: asController(start), ended: make(chan error, 1)}
	d.samba.Stdout, d.samba.Stderr = log, log
	d.samba.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the server, which is ended before it
	if err := d.samba.Start(); err != nil {
		return nil, err
	}
	go func() { d.ended <- d.samba.Wait() }()
	if err := settleDomain(dir, d.ended); err != nil {
		said, _ := os.ReadFile(log.Name()) // the folder is gone with the lab
		return nil, errors.Join(err, d.end(), errors.New(string(said)))
	}
	return d, nil
}

// asController makes a command of lines of a shell whose host is the controller's.
func asController(lines string) *exec.Cmd {
	return exec.Command("unshare", "--uts", "sh", "-c", "hostname dc1\n"+lines)
}

// end ends the controller; nil has none.
func (d *domain) end() error {
	if d == nil {
		return nil
	}
	_ = d.samba.Process.Signal(syscall.SIGTERM)
	select {
	case end := <-d.ended:
		d.ended <- end
		return nil
	case <-time.After(10 * time.Second):
		return errors.Join(errors.New("the domain controller did not end"), d.samba.Process.Kill())
	}
}

// rule sets the domain's rules, and gives the service account its rights, by the guide's own lines.
func rule(dir string) error {
	guide, err := os.ReadFile("docs/directories/active-directory.md")
	if err != nil {
		return err
	}
	_, rights, _ := strings.Cut(string(guide), "```sh\n")
	rights, _, found := strings.Cut(rights, "```")
	if !found {
		return errors.New("the guide has no lines for Samba")
	}
	lines := exec.Command("bash", "-ec", fmt.Sprintf(`samba-tool() { command samba-tool "$@" --configfile=%q; }
samba-tool domain passwordsettings set --complexity=on --min-pwd-length=12 --history-length=10 --min-pwd-age=1 \
  --account-lockout-threshold=%d --account-lockout-duration=43200 --reset-account-lockout-after=30
%s`, filepath.Join(dir, "etc", "smb.conf"), threshold, strings.ReplaceAll(rights, "DC=example,DC=org", base)))
	if said, err := lines.CombinedOutput(); err != nil {
		return fmt.Errorf("rule the domain: %w\n%s", err, said)
	}
	return nil
}

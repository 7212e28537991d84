package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/vault"
)

// FirstDone is a server that is set up.
type FirstDone struct {
	Code  app.Pass // of the first administrator
	Files []string // that were made
	Notes []string // what there is to know that keeps nothing from being served, in words
}

// writing is a set-up that is being written. What was made is taken away again unless all of it is.
type writing struct {
	*Draft
	made   []string // in the order in which it was made
	inside string   // a folder that was empty before, or was not there: what is in it was made
}

// Write makes folders, keys, settings, policy, store and first administrator: all of it or nothing, and nothing that was there is
// replaced. The settings come last: without them there is no server.
func (d *Draft) Write(ctx context.Context) (done FirstDone, err error) {
	w := &writing{Draft: d}
	defer func() {
		if err != nil {
			done, err = FirstDone{}, errors.Join(err, w.undo())
		}
	}()
	if err := w.files(); err != nil {
		return done, InWords(err)
	}
	staged := d.machine.config + ".new"
	if err := w.put(staged, 0o644, d.serverDocument); err != nil {
		return done, InWords(err)
	}
	plan, err := PlanBeside(staged)
	if err != nil {
		return done, errors.New(strings.ReplaceAll(err.Error(), staged, d.machine.config))
	}
	plan.path = d.machine.config
	if done.Code, err = w.beginAdministrator(ctx, plan); err != nil {
		return done, InWords(err)
	}
	if err := w.handOver(); err != nil {
		return done, err
	}
	if err := ctx.Err(); err != nil { // the last moment to leave
		return done, err
	}
	if err := w.put(d.machine.config, 0o644, d.serverDocument); err != nil {
		return done, InWords(err)
	}
	done.Files = w.told()
	for _, note := range plan.Notes {
		done.Notes = append(done.Notes, strings.ReplaceAll(note, staged, d.machine.config))
	}
	return done, os.Remove(staged)
}

// files makes what the server's start takes.
func (w *writing) files() error {
	k := w.keyFiles()
	if err := w.folder(filepath.Dir(w.machine.config), 0o755); err != nil {
		return err
	}
	for _, folder := range []string{filepath.Dir(k.data), k.data, filepath.Dir(k.master.path)} {
		if err := w.folder(folder, 0o700); err != nil {
			return err
		}
	}
	// Of two that set up the same server one makes the heads, and what they belong to is its own.
	if err := w.put(k.heads, 0o600, func() ([]byte, error) { return nil, nil }); err != nil {
		return err
	}
	w.made = append(w.made, audit.LockFile(k.heads))
	if err := empty(k.data); err != nil {
		return err
	}
	w.inside = k.data
	for _, key := range []keyFile{k.master, k.audit} {
		if _, err := vault.CreateMaster(key.path, rand.Reader); err != nil {
			return err
		}
		w.made = append(w.made, key.path)
	}
	for _, ask := range w.keptSecrets() {
		if err := w.put(w.secretFile(ask), 0o600, func() ([]byte, error) { return []byte(w.secrets[ask].Reveal() + "\n"), nil }); err != nil {
			return err
		}
	}
	for path, content := range w.units() {
		if err := w.folder(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := w.put(path, 0o644, func() ([]byte, error) { return []byte(content), nil }); err != nil {
			return err
		}
	}
	return w.put(w.machine.beside(policyName), 0o644, w.policy)
}

// folder makes a folder, and those around it, where they are missing.
func (w *writing) folder(path string, mode fs.FileMode) error {
	if exists(path) {
		return nil
	}
	if err := w.folder(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(path, mode); err != nil {
		return err
	}
	w.made = append(w.made, path)
	return os.Chmod(path, mode) // whatever the mask is
}

// put writes a file that is not there yet.
func (w *writing) put(path string, mode fs.FileMode, content func() ([]byte, error)) error {
	text, err := content()
	if err != nil {
		return err
	}
	err = files.Add(path, mode, func(out io.Writer) error { _, err := out.Write(text); return err })
	if errors.Is(err, fs.ErrExist) {
		return app.NewProblem("", "never_replaced", "file", path)
	}
	if err == nil {
		w.made = append(w.made, path)
	}
	return err
}

// beginAdministrator makes the store, enters the first administrator, unless the directory has them, and makes their code.
func (w *writing) beginAdministrator(ctx context.Context, plan *ServerPlan) (code app.Pass, err error) {
	s, err := begin(ctx, plan)
	if err != nil {
		return code, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if w.enters() {
		if _, err := s.service.AddPerson(asOperator(ctx), w.administrator()); err != nil {
			return code, err
		}
	}
	return s.service.IssueFirstCode(asOperator(ctx), w.answers[askAdmin], Operator())
}

// handOver gives the service's account what it keeps, and the keys where it reads them itself. A folder that was there stays its
// owner's, but for the one of the data.
func (w *writing) handOver() error {
	if w.machine.account == nil {
		return nil
	}
	k := w.keyFiles()
	own := []string{k.heads, audit.LockFile(k.heads), k.data}
	inside, err := os.ReadDir(k.data)
	if err != nil {
		return err
	}
	for _, e := range inside {
		own = append(own, filepath.Join(k.data, e.Name()))
	}
	around := []string{filepath.Dir(k.data)}
	if !w.machine.packaged {
		own, around = append(own, k.master.path, k.audit.path), append(around, filepath.Dir(k.master.path))
		for _, ask := range w.keptSecrets() {
			own = append(own, w.secretFile(ask))
		}
	}
	for _, folder := range around {
		if slices.Contains(w.made, folder) {
			own = append(own, folder)
		}
	}
	for _, path := range own {
		if err := os.Lchown(path, w.machine.account.uid, w.machine.account.gid); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if w.machine.packaged { // systemd opens folders and keys
		return nil
	}
	var all error
	for _, path := range []string{k.heads, k.data, k.master.path, k.audit.path} {
		all = errors.Join(all, w.machine.account.readable(path))
	}
	return InWords(all)
}

// undo takes away what was made, the last first, and of folders that were there before nothing.
func (w *writing) undo() error {
	var all error
	if w.inside != "" {
		inside, err := os.ReadDir(w.inside)
		if !errors.Is(err, fs.ErrNotExist) {
			all = err
		}
		for _, e := range inside {
			all = errors.Join(all, os.RemoveAll(filepath.Join(w.inside, e.Name())))
		}
	}
	for _, path := range slices.Backward(w.made) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, fmt.Errorf("%s: %w", words.Text("command.setup.left_over"), err))
		}
	}
	return all
}

// told are the files that people are told of.
func (w *writing) told() []string {
	k := w.keyFiles()
	files := []string{w.machine.config, w.machine.beside(policyName), k.master.path, k.audit.path}
	for _, ask := range w.keptSecrets() {
		files = append(files, w.secretFile(ask))
	}
	files = append(files, k.data)
	return append(files, slices.Sorted(maps.Keys(w.units()))...)
}

// units are what has to be dropped in beside the packages' units, by path: where they would load a file that there is not, or listen
// elsewhere.
func (d *Draft) units() map[string]string {
	if !d.machine.packaged {
		return nil
	}
	k, made := d.keyFiles(), map[string]string{}
	key, secrets := "", ""
	if d.answers[askTLS] == tlsFiles {
		key = d.machine.beside(d.answers[askKey])
	}
	if key != "/etc/sparekey/tls/key.pem" || filepath.Dir(k.master.path) != "/etc/sparekey/keys" {
		secrets = "LoadCredential=\nLoadCredential=master:" + k.master.path + "\nLoadCredential=audit:" + k.audit.path + "\n"
		if key != "" {
			secrets += "LoadCredential=tls:" + key + "\n"
		}
	}
	if file := d.appCertificate(); file != "" {
		secrets += "LoadCredential=" + entraCredential + ":" + file + "\n"
	}
	for _, ask := range d.keptSecrets() {
		secrets += "LoadCredential=" + filepath.Base(d.secretFile(ask)) + ":" + d.secretFile(ask) + "\n"
	}
	if secrets != "" {
		made[filepath.Join(d.machine.units, "sparekey.service.d", "setup.conf")] = "# Made by \"sparekey setup\": where the server's secrets lie.\n[Service]\n" + secrets
	}
	if address := d.answers[askListen]; address != ":443" {
		if address[0] == ':' {
			address = address[1:]
		}
		made[filepath.Join(d.machine.units, "sparekey.socket.d", "setup.conf")] =
			"# Made by \"sparekey setup\": where people's computers, or the proxy, reach the server.\n[Socket]\nListenStream=\nListenStream=" + address + "\n"
	}
	return made
}

// serverDocument is server.toml.
func (d *Draft) serverDocument() ([]byte, error) {
	s := d.settings(d.machine.packaged)
	values := map[string]string{
		"base_url": quote(s.BaseURL), "listen.address": quote(s.Listen.Address), "listen.certificate": quote(s.Listen.Certificate),
		"listen.key": quote(s.Listen.Key), "listen.behind_proxy": quoteAll(s.Listen.BehindProxy),
		"acme.directory": quote(s.ACME.Directory), "acme.agree_terms": strconv.FormatBool(s.ACME.AgreeTerms), "acme.contact": quote(s.ACME.Contact),
		"acme.folder": quote(s.ACME.Folder), "admin.address": quote(s.Admin.Address), "data.folder": quote(s.Data.Folder),
		"keys.master": quote(s.Keys.Master), "keys.audit": quote(s.Keys.Audit), "keys.heads": quote(s.Keys.Heads),
		"policy.file": quote(s.Policy.File), "directory.kind": quote(s.Directory.Kind), "directory.file": quote(s.Directory.File),
		"directory.domain": quote(s.Directory.Domain), "directory.servers": quoteAll(s.Directory.Servers), "directory.trust": quote(s.Directory.Trust),
		"directory.user": quote(s.Directory.User), "directory.password": quote(s.Directory.Password), "directory.base": quote(s.Directory.Base),
		"directory.group_base": quote(s.Directory.GroupBase), "directory.administrators": quoteAll(s.Directory.Administrators),
		"directory.password_policy": quote(s.Directory.PasswordPolicy), "directory.cloud": quote(s.Directory.Cloud), "directory.tenant": quote(s.Directory.Tenant),
		"directory.application": quote(s.Directory.Application), "directory.certificate": quote(s.Directory.Certificate), "directory.secret": quote(s.Directory.Secret), "log.format": quote(s.Log.Format),
	}
	maps.Copy(values, s.Delivery.document())
	return fill(assets.ServerSettings, values)
}

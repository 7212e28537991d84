package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/listen"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

// checkFiles tries each file that the settings name. Nothing is made or written.
func (p *planner) checkFiles() {
	s := p.plan.settings
	p.checkCertificate(s.Listen)
	p.prepareACME(s)
	p.plan.keys = p.keyFiles()
	if p.plan.keys.data != "" {
		p.checkData()
	}
	p.checkDirectories()
	p.checkDelivery()
	p.checkPolicy(s.Policy.File)
}

// keyFiles are those that the settings name.
func (p *planner) keyFiles() keyFiles {
	s := p.plan.settings
	return keyFiles{
		master: p.secret("keys.master", s.Keys.Master), audit: p.secret("keys.audit", s.Keys.Audit),
		heads: p.file("keys.heads", s.Keys.Heads), data: p.file("data.folder", s.Data.Folder),
	}
}

func (p *planner) checkCertificate(s ListenSettings) {
	if s.Certificate == "" || s.Key == "" {
		return
	}
	key := p.secret("listen.key", s.Key)
	if key.path == "" {
		return
	}
	p.checkExposed("listen.key", key)
	certificate, err := listen.OpenFiles(p.plan.beside(s.Certificate), key.path, slog.New(slog.DiscardHandler))
	for _, found := range app.ProblemsOf(err) {
		if err != nil {
			p.report("listen."+found.Key, found)
		}
	}
	if err != nil {
		return
	}
	if err := certificate.Check(p.plan.name, p.clock.Now()); p.plan.name != "" && err != nil {
		p.report("listen.certificate", err)
	}
	p.plan.certificate = certificate
}

// prepareACME prepares what an authority issues. Nobody is asked yet.
func (p *planner) prepareACME(s ServerSettings) {
	if s.ACME.Directory == "" || s.Listen.Certificate != "" {
		return
	}
	folder := p.file("acme.folder", s.ACME.Folder)
	if folder == "" {
		return
	}
	trust := s.ACME.Trust
	if trust != "" {
		trust = p.plan.beside(trust)
	}
	issued, err := listen.NewIssued(listen.Authority{
		Directory: s.ACME.Directory, Contact: s.ACME.Contact, Folder: folder, Trust: trust, Host: p.plan.name,
	})
	if err != nil {
		p.report("acme.trust", err)
		return
	}
	p.plan.certificate, p.plan.issued = issued, issued
}

// checkData looks at keys and store, as far as they are there.
func (p *planner) checkData() {
	k := p.plan.keys
	if info, err := os.Stat(k.data); err == nil && !info.IsDir() {
		p.report("data.folder", app.NewProblem("", "no_folder_there", "file", k.data))
		return
	}
	p.checkOpen("data.folder", k.data)
	if p.checkGone(k) {
		return
	}
	fresh := !exists(k.database())
	master := p.readKey("keys.master", k.master, fresh)
	p.readKey("keys.audit", k.audit, fresh)
	if fresh {
		return
	}
	if !master.Empty() {
		if _, err := vault.Open(k.wrapped(), master, rand.Reader); err != nil {
			p.report("keys.master", k.explainKeys(err))
		}
	}
	if _, err := os.Stat(k.heads); k.heads != "" && err != nil {
		p.report("keys.heads", err)
	}
	err := store.Read(context.Background(), k.database(), func(port.Tx) error { return nil })
	if err != nil && !errors.Is(err, store.ErrOlder) { // which the start brings up to date
		p.report("data.folder", err)
	}
}

// checkGone reports that the store of a server which has run is not where the settings say, and whether that is so. Begun anew there, it
// would know nobody, and count no wrong try.
func (p *planner) checkGone(k keyFiles) bool {
	switch {
	case hasContent(k.database()):
		return false
	case exists(k.database() + restoring):
		p.report("data.folder", app.NewProblem("", "restore_cut_short", "folder", k.data))
	case hasContent(k.heads):
		p.report("data.folder", app.NewProblem("", "store_gone", "file", k.database(), "heads", k.heads))
	default:
		return false
	}
	return true
}

// hasContent reports whether there is a file that something was written to. Heads have content once the store has kept something.
func hasContent(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 0
}

// checkOpen says that everybody on this computer may put something else in the place of what is in a folder.
func (p *planner) checkOpen(setting, folder string) {
	if info, err := os.Stat(folder); err == nil && filepath.Separator == '/' && info.Mode().Perm()&0o002 != 0 {
		p.report(setting, app.NewProblem("", "folder_open", "folder", folder))
	}
}

// readKey tries a key, which a new store may be without.
func (p *planner) readKey(setting string, key keyFile, fresh bool) app.Secret {
	if key.path == "" {
		return app.Secret{}
	}
	secret, err := p.plan.keys.read(key)
	switch {
	case errors.Is(err, fs.ErrNotExist) && fresh && !key.held:
		p.note(app.NewProblem(setting, "key_made", "file", key.path))
	case errors.Is(err, fs.ErrNotExist):
		p.report(setting, app.NewProblem("", "key_gone", "file", key.path))
	case errors.Is(err, vault.ErrExposed) && openToOthers(key.path):
		p.report(setting, app.NewProblem("", "key_open", "file", key.path))
	case err != nil:
		p.report(setting, err)
	}
	return secret
}

func (p *planner) checkPolicy(name string) {
	path := p.file("policy.file", name)
	if path == "" {
		return
	}
	if _, err := os.Stat(path); err != nil {
		p.report("policy.file", err)
		return
	}
	checked, err := CheckPolicy(path)
	if err != nil {
		p.others = append(p.others, err)
		return
	}
	p.plan.policy = checked
	for _, note := range checked.Notes {
		p.plan.Notes = append(p.plan.Notes, note.Error())
	}
	for _, kind := range checked.Methods.Allowed {
		if slices.Contains(sendingKinds, kind) && !p.plan.carries(kind) {
			p.note(app.NewProblem("", "undelivered", "method", kind))
		}
	}
	if slices.Contains(checked.Methods.Allowed, app.KindVoice) && checked.Calls.Confirm == policy.TwoDigits && p.plan.carries(app.KindVoice) && !p.asksForDigits() {
		p.note(app.NewProblem("", "nobody_asks"))
	}
}

// checkExposed says that everybody on this computer may read a secret.
func (p *planner) checkExposed(setting string, key keyFile) {
	if info, err := os.Stat(key.path); err == nil && !key.held && exposedToAll(info.Mode()) {
		p.report(setting, app.NewProblem("", "key_exposed", "file", key.path))
	}
}

// openToOthers reports whether anybody but its owner may read a file.
func openToOthers(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o077 != 0
}

// exposedToAll reports whether everybody on this computer may read a file.
func exposedToAll(mode os.FileMode) bool { return filepath.Separator == '/' && mode.Perm()&0o007 != 0 }

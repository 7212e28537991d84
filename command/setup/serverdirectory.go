package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/directory/several"
	"github.com/sparekey/sparekey/backend/port"
)

// openedDirectory is a directory that is in use.
type openedDirectory struct {
	port.Directory
	opened  []namedDirectory // each of those that it is made of
	closers []func() error
}

// namedDirectory is one of several.
type namedDirectory struct {
	name string
	port.Directory
}

// directoryKind is a kind of directory that a server may have.
type directoryKind struct {
	check func(*planner, directoryBlock)
	open  func(context.Context, *ServerPlan, ServerParts, directoryBlock) (openedDirectory, error)
	// passOnly says that it verifies no passwords (port.Cannot), so that its people sign in by pass.
	passOnly bool
}

// directories are the kinds.
var directories = map[string]directoryKind{
	"local":            {check: checkLocal, open: openLocal},
	"active-directory": {check: checkLDAP, open: openLDAP},
	"openldap":         {check: checkLDAP, open: openLDAP},
	"389":              {check: checkLDAP, open: openLDAP},
	"freeipa":          {check: checkLDAP, open: openLDAP},
	"entra":            {check: checkEntra, open: openEntra, passOnly: true},
}

// peopleOf is the half of a directory that people are entered by; nil where they are entered elsewhere. Of several it is that of
// the local one, whose IDs have no name before them.
func peopleOf(d openedDirectory) port.People {
	for _, one := range d.opened {
		if people, is := one.Directory.(port.People); is && one.name == "" {
			return people
		}
	}
	return nil
}

func directoryKinds() []string { return slices.Sorted(maps.Keys(directories)) }

// directoryBlock is one table of the settings: [directory], whose name is empty, or [directories.NAME].
type directoryBlock struct {
	DirectorySettings
	name string
	key  string // of the table
}

// directoryBlocks are those that the settings have. Beside named ones, the one without a name is there where it is written.
func directoryBlocks(s ServerSettings, written bool) []directoryBlock {
	var all []directoryBlock
	if written || len(s.Directories) == 0 {
		all = append(all, directoryBlock{s.Directory, "", "directory"})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Directories)) {
		all = append(all, directoryBlock{s.Directories[name], name, "directories." + name})
	}
	return all
}

// checkDirectories looks at what each block says, as far as nobody has to be asked.
func (p *planner) checkDirectories() {
	_, written := p.lines["directory"]
	p.plan.directories = directoryBlocks(p.plan.settings, written)
	domains := map[string]string{}
	for _, b := range p.plan.directories {
		if b.name != "" && !directoryName.MatchString(b.name) {
			p.report(b.key, app.NewProblem("", "directory_name", "is", b.name))
		}
		kind, known := directories[b.Kind]
		if !known {
			p.report(b.key+".kind", app.NewProblem("", "directory_kind", "is", b.Kind, "known", strings.Join(directoryKinds(), ", ")))
			continue
		}
		kind.check(p, b)
		for _, domain := range b.claims() {
			if other, taken := domains[domain]; taken {
				p.report(b.key+".domain", app.NewProblem("", "directory_domain", "is", domain, "other", other))
			}
			domains[domain] = b.key
		}
	}
}

var directoryName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// claims are the domains that a directory alone answers for.
func (b directoryBlock) claims() []string {
	var all []string
	prefix := b.Prefix
	if prefix == "" {
		prefix, _, _ = strings.Cut(b.Domain, ".")
	}
	for _, domain := range []string{typed.Fold(b.Domain), typed.Fold(prefix)} {
		if domain != "" && !slices.Contains(all, domain) {
			all = append(all, domain)
		}
	}
	return all
}

// passOnly reports whether some directory verifies no passwords.
func (p *ServerPlan) passOnly() bool {
	return slices.ContainsFunc(p.directories, func(b directoryBlock) bool { return directories[b.Kind].passOnly })
}

// openDirectories opens all, as one.
func openDirectories(ctx context.Context, p *ServerPlan, parts ServerParts, sealer port.Sealer) (openedDirectory, error) {
	var all openedDirectory
	var of []several.Part
	for _, b := range p.directories {
		opened, err := directories[b.Kind].open(ctx, p, parts, b)
		if err != nil {
			return openedDirectory{}, errors.Join(err, all.close())
		}
		all.opened = append(all.opened, namedDirectory{b.name, opened.Directory})
		all.closers = append(all.closers, opened.close)
		of = append(of, several.Part{Name: b.name, Domains: b.claims(), Directory: opened.Directory})
	}
	if len(of) == 1 && of[0].Name == "" {
		all.Directory = of[0].Directory
		return all, nil
	}
	index := func(name string) []byte { return sealer.Index("nobody_directory", name) }
	var err error
	if all.Directory, err = several.New(index, of...); err != nil {
		return openedDirectory{}, errors.Join(err, all.close())
	}
	return all, nil
}

func (d openedDirectory) close() error {
	var all error
	for _, end := range d.closers {
		all = errors.Join(all, end())
	}
	return all
}

// checkLocal looks at what a local directory needs. There is one, whose file a backup has.
func checkLocal(p *planner, b directoryBlock) {
	if b.name != "" {
		p.report(b.key+".kind", app.NewProblem("", "directory_local"))
	}
	if k := p.plan.keys; hasContent(k.database()) && hasContent(k.heads) && !exists(p.plan.localFile(b)) {
		p.report(b.key+".file", app.NewProblem("", "directory_gone", "file", p.plan.localFile(b)))
	}
}

// localFile is where a local directory lies: named from the data folder.
func (p *ServerPlan) localFile(b directoryBlock) string {
	if filepath.IsAbs(b.File) {
		return b.File
	}
	return filepath.Join(p.keys.data, b.File)
}

// openLocal opens a directory in a file of its own, beside the store.
func openLocal(ctx context.Context, p *ServerPlan, parts ServerParts, b directoryBlock) (openedDirectory, error) {
	d, err := local.Open(ctx, p.localFile(b), localConfig(parts.Clock, parts.Hasher, b.Domain))
	if err != nil {
		return openedDirectory{}, err
	}
	return openedDirectory{Directory: d, closers: []func() error{d.Close}}, nil
}

// localConfig is how a local directory behaves: as many do. Hashes take turns, so that a crowd takes the memory of a few.
func localConfig(clock port.Clock, hasher local.Hasher, domain string) local.Config {
	if hasher == nil {
		hasher = local.DefaultArgon2(rand.Reader)
	}
	return local.Config{
		Clock: clock, Hasher: hasher, Parallel: port.HashesAtOnce(),
		Threshold: 15, LockFor: 30 * time.Minute, Window: 30 * time.Minute, History: 10, MinLength: 8, Domain: domain,
	}
}

// nobodysName is a user ID that nobody has. Asking for it shows whether the directory answers.
const nobodysName = "sparekey-readiness"

// checkDirectory asks the directory something.
func checkDirectory(ctx context.Context, d port.Directory) error {
	_, err := d.Find(ctx, nobodysName)
	if errors.Is(err, port.ErrNotFound) {
		return nil
	}
	return err
}

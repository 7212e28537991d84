package setup

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/listen"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/command/systemd"
)

// ServerPlan is a server as server.toml wants it, every setting and every file of which was looked at.
type ServerPlan struct {
	Notes []string // what there is to know that keeps nothing from being served, in words

	settings    ServerSettings
	path        string // of server.toml, absolute
	host        string // of the base URL, as requests name it
	name        string // of the host alone, as a certificate names it
	proxies     []netip.Prefix
	shared      []netip.Prefix
	certificate listen.Certificate // nil: a proxy ends TLS
	issued      *listen.Issued     // nil: it is no authority that issues it
	keys        keyFiles
	policy      CheckedPolicy
	level       slog.Level
	directories []directoryBlock
	carriers    []carrier                             // of each channel in the order in which they are asked
	passwords   map[string]func() (app.Secret, error) // of service accounts and applications, by table
}

// Plan reads server.toml and tries all that it names. The error says everything that is wrong, in words, each with file, line
// and key. A nil clock is the system's.
func Plan(path string, clock port.Clock) (*ServerPlan, error) { return plan(path, clock, false) }

// PlanBeside is Plan for a command that works beside the service, or looks: what systemd would hand over it reads where the unit
// loads it from, if it may.
func PlanBeside(path string) (*ServerPlan, error) { return plan(path, nil, true) }

func plan(path string, clock port.Clock, beside bool) (*ServerPlan, error) {
	if clock == nil {
		clock = systemClock{}
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	settings, lines, problems, err := readServerSettings(path)
	if err != nil {
		return nil, InWords(err)
	}
	p := &planner{plan: &ServerPlan{settings: settings, path: path, passwords: map[string]func() (app.Secret, error){}}, clock: clock, lines: lines, problems: problems, unread: *problems, beside: beside}
	p.checkSettings()
	p.checkFiles()
	if err := problems.OrNil(); err != nil {
		p.others = append([]error{InWords(err)}, p.others...)
	}
	return p.plan, errors.Join(p.others...)
}

// planner collects what is wrong on the way to a plan.
type planner struct {
	plan     *ServerPlan
	clock    port.Clock
	lines    config.Lines
	problems *config.Problems
	unread   config.Problems // of the document: nothing is said of a setting that could not be read
	others   []error         // in words, with places of their own
	beside   bool            // secrets are read where the unit loads them from
}

// report says that a setting is wrong.
func (p *planner) report(key string, err error) {
	if p.unread.Cover(key) {
		return
	}
	for _, found := range app.ProblemsOf(err) {
		found.Key, found.Line = key, p.lines.Of(key)
		p.problems.List = append(p.problems.List, found)
	}
}

// note says what there is to know of a setting.
func (p *planner) note(found app.Problem) {
	found.Line = p.lines.Of(found.Key)
	p.plan.Notes = append(p.plan.Notes, words.ProblemIn(p.plan.path, found))
}

// file gives the place of a file that a setting names; empty, and reported, where it names none.
func (p *planner) file(key, name string) string {
	if name == "" {
		p.report(key, app.NewProblem("", "required"))
		return ""
	}
	return p.plan.beside(name)
}

// beside gives the place of a file that is named from the folder of server.toml.
func (p *ServerPlan) beside(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(p.path), name)
}

// credential begins the name of a secret that systemd hands over.
const credential = "credential:"

// onDisk finds what the unit loads a credential from; tests replace it.
var onDisk = systemd.OnDisk

// secret gives the place of a secret's file.
func (p *planner) secret(key, name string) keyFile {
	held, is := strings.CutPrefix(name, credential)
	if !is {
		return keyFile{path: p.file(key, name)}
	}
	path, err := systemd.Credential(held)
	if p.beside && errors.Is(err, systemd.ErrNoCredentials) {
		if from := onDisk(held); from != "" {
			path, err = from, nil
		}
	}
	switch {
	case errors.Is(err, systemd.ErrNoCredentials):
		err = app.NewProblem("", "credentials_none")
	case errors.Is(err, fs.ErrNotExist):
		err = app.NewProblem("", "credential_name", "is", held)
	}
	if err != nil {
		p.report(key, err)
	}
	return keyFile{path: path, held: true}
}

// hostOf gives the host of a base URL as requests name it, and without its port.
func hostOf(base string) (host, name string) {
	u, err := url.Parse(base)
	if err != nil {
		return "", ""
	}
	return strings.TrimSuffix(strings.ToLower(u.Host), ":443"), u.Hostname()
}

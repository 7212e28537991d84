package setup

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/directory/examine"
)

// DirectoryExamination says which of a server's directories to examine, and how far.
type DirectoryExamination struct {
	Config string // server.toml
	Name   string // of one directory; empty: all
	Person string // a name to look up, or empty
	Reset  string // a test account that gets another password, or empty
}

// DirectoryFinding is what one step found, in words.
type DirectoryFinding struct {
	Directory string // its name; empty for the one without
	Step      string
	About     string
	What      string // what was found
	Do        string // what helps; empty where all is well
	Failed    bool   // a reset can't be done before it is mended
}

// ExamineDirectories walks through the directories that server.toml names, and tells each finding as it is found. The error says
// that the settings are wrong, or have no such directory.
func ExamineDirectories(ctx context.Context, e DirectoryExamination, tell func(DirectoryFinding)) error {
	plan, err := PlanBeside(e.Config)
	if err != nil {
		return err
	}
	var names []string
	for _, b := range plan.directories {
		names = append(names, b.table())
	}
	if e.Name != "" && !slices.Contains(names, e.Name) {
		return errors.New(words.Text("command.directory.unknown", words.Values{"name": e.Name, "names": strings.Join(names, ", ")}))
	}
	for _, b := range plan.directories {
		if e.Name != "" && e.Name != b.table() {
			continue
		}
		if err := plan.examine(ctx, b, e, tell); err != nil {
			return err
		}
	}
	return nil
}

// table is how a directory is called where it has to have a name.
func (b directoryBlock) table() string {
	if b.name == "" {
		return "directory"
	}
	return b.name
}

func (p *ServerPlan) examine(ctx context.Context, b directoryBlock, e DirectoryExamination, tell func(DirectoryFinding)) error {
	opened, err := directories[b.Kind].open(ctx, p, commandParts, b)
	if err != nil {
		return err
	}
	if d, can := opened.Directory.(examine.Directory); can {
		d.Examine(ctx, examine.Examination{Groups: b.Administrators, Person: e.Person, Reset: e.Reset}, func(f examine.Finding) { tell(findingInWords(b.name, f)) })
	} else {
		tell(DirectoryFinding{Directory: b.name, Step: words.Text("directory.step.servers"), What: words.Text("directory.local")})
	}
	return opened.close()
}

// findingInWords says a finding.
func findingInWords(directory string, f examine.Finding) DirectoryFinding {
	values := words.Values{}
	for name, value := range f.Params {
		values[name] = value
	}
	said := DirectoryFinding{Directory: directory, Step: words.Text("directory.step." + string(f.Step)), About: f.About, Failed: f.Failed}
	if f.Code == "" {
		said.What = words.Text("directory.step."+string(f.Step)+".ok", values)
		return said
	}
	said.What, said.Do = words.Text("directory."+string(f.Code), values), words.Text("directory."+string(f.Code)+".do", values)
	if f.Remedy != "" {
		said.Do = words.Text("directory.grant", words.Values{"do": said.Do, "command": f.Remedy})
	}
	if f.Cause != nil {
		said.Do = words.Text("directory.said", words.Values{"why": f.Cause.Error()}) + ". " + said.Do
	}
	return said
}

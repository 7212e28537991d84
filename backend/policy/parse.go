package policy

import (
	"bytes"
	_ "embed"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"path/filepath"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/app/files"
)

//go:embed sample.toml
var sample []byte

// Sample is a commented policy to begin with. It parses, and sets what Default sets.
func Sample() []byte { return bytes.Clone(sample) }

// Parse reads a policy and checks it as a whole; file is its name in problems. What the document leaves out is as
// Default has it. The error is a *config.Problems.
func Parse(file string, data []byte) (Policy, error) {
	p := Default()
	lines, problems := config.DecodeLines(file, data, &p)
	unread := *problems
	for _, found := range p.Check() {
		if unread.Cover(found.Key) {
			continue
		}
		found.Line = lines.Of(found.Key)
		problems.List = append(problems.List, found)
	}
	if err := problems.OrNil(); err != nil {
		return Policy{}, err
	}
	return p, nil
}

// The largest files that are read, in bytes.
const (
	maxPolicy = 256 << 10
	maxLogo   = 1 << 20
)

// Read reads a policy document from a file. What is wrong with its text is a *config.Problems.
func Read(path string) ([]byte, error) { return config.Read(path, maxPolicy) }

// ReadLogo reads the logo that a policy names; nil when it names none. path is the file of its document, in whose folder
// the logo lies. The error is a *config.Problems.
func ReadLogo(path string, document []byte, p Policy) ([]byte, error) {
	if p.Organisation.Logo == "" {
		return nil, nil
	}
	logo, err := files.Read(filepath.Join(filepath.Dir(path), p.Organisation.Logo), maxLogo)
	if err == nil {
		err = checkLogo(logo)
	}
	if err != nil {
		return nil, Blame(path, document, "organisation.logo", err)
	}
	return logo, nil
}

// Blame puts what is wrong with a file that a policy names at the line that names it. The error is a *config.Problems.
func Blame(path string, document []byte, key string, reason error) error {
	p := app.ProblemOf(reason)
	p.Key, p.Line = key, config.LinesOf(document).Of(key)
	return &config.Problems{File: path, List: []app.Problem{p}}
}

// maxPixels bounds a logo's width and height.
const maxPixels = 4096

// checkLogo reports whether data is a PNG or SVG picture.
func checkLogo(data []byte) error {
	if c, err := png.DecodeConfig(bytes.NewReader(data)); err == nil {
		if c.Width > maxPixels || c.Height > maxPixels {
			return app.NewProblem("", "logo_large", "width", c.Width, "height", c.Height, "most", maxPixels)
		}
		return nil
	}
	if isSVG(data) {
		return nil
	}
	return app.NewProblem("", "logo_kind")
}

// isSVG reports whether data is well-formed XML with an svg element around everything.
func isSVG(data []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(data))
	root := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return root == "svg"
		}
		if err != nil {
			return false
		}
		if start, ok := token.(xml.StartElement); ok && root == "" {
			root = start.Name.Local
		}
	}
}

package policy

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/assets/words"
)

// least is the shortest policy that holds.
const least = `[organisation]
name = "Harbour Hospital"
domains = ["harbour.example"]
[help_desk]
name = "IT help desk"
`

func TestSampleIsTheDefault(t *testing.T) {
	got, err := Parse("sample.toml", Sample())
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Organisation.Name, want.Organisation.Domains = "Example Organisation", []string{"example.com"}
	want.HelpDesk.Name = "IT help desk"
	want.Feature.Groups, want.Feature.HelpfulNetworks = []string{}, []string{}
	want.Password.Forbidden, want.Password.Banned, want.Questions.Own = []string{}, []string{}, []Words{}
	want.Calls.Countries = []string{}
	want.SecurityKey.Allow, want.SecurityKey.Deny = []string{}, []string{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the sample gives\n%+v, the default is\n%+v", got, want)
	}
	for _, name := range settings(reflect.TypeFor[Policy](), "") {
		if config.LinesOf(sample)[name] == 0 {
			t.Errorf("the sample leaves out %s", name)
		}
	}
}

// settings lists the keys below a type.
func settings(typ reflect.Type, path string) []string {
	var names []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		name := strings.TrimPrefix(path+"."+f.Tag.Get("toml"), ".")
		if f.Type.Kind() == reflect.Struct {
			names = append(names, settings(f.Type, name)...)
		} else {
			names = append(names, name)
		}
	}
	return names
}

func TestDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range settings(reflect.TypeFor[Policy](), "") {
		if !bytes.Contains(doc, []byte("`"+name+"`")) {
			t.Errorf("docs/policy.md says nothing of %s", name)
		}
	}
}

func TestLeast(t *testing.T) {
	p, err := Parse("policy.toml", []byte(least))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Organisation = Organisation{Name: "Harbour Hospital", Domains: []string{"harbour.example"}}
	want.HelpDesk = HelpDesk{Name: "IT help desk"}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("left out settings are\n%+v, not\n%+v", p, want)
	}
}

// said are the problems in an error as a command says them; none where it holds none.
func said(err error) (lines []string) {
	var problems *config.Problems
	if errors.As(err, &problems) {
		for _, p := range problems.List {
			lines = append(lines, words.ProblemIn(problems.File, p))
		}
	}
	return lines
}

// TestProblems wants every line that is wrong, in order, and no other.
func TestProblems(t *testing.T) {
	for document, want := range map[string][]string{
		"": {`p: help_desk.name: must give the help desk's name: every refusal names it`,
			`p: organisation.domains: must name the organisation's own mail domains, since "email" is allowed: mail that needs the forgotten password is no way back in`,
			`p: organisation.name: must give the organisation's name`},
		least + "[methods]\ngates = 3\nregister = 5\nalowed = []\n": {
			`p:7: methods.gates: must be 1 or 2, is 3`,
			`p:8: methods.register: must be 1 to 4, is 5`,
			`p:8: methods.register: must be at most 2, the number of allowed methods, is 5`,
			`p:9: methods.alowed: is not a setting; did you mean "allowed"?`},
		least + "[codes]\nlifetime = 300\ntries = \"5\"\nresend_after = \"1h\"\nconfirm_destination = 1\n": {
			`p:7: codes.lifetime: must be a duration in quotes, such as "90s", "5m", "24h" or "180d"`,
			`p:8: codes.tries: must be a whole number`,
			`p:9: codes.resend_after: must be 10s to 5m, is 1h`,
			`p:10: codes.confirm_destination: must be true or false`},
		least + "[methods]\nallowed = [\"authapp\", \"securitykey\", \"fax\", \"authapp\"]\n": {
			`p: security_key.origin: must be "https://" and security_key.rp_id, or a subdomain of it, is ""`,
			`p: security_key.rp_id: must give the domain that keys are registered for, since "securitykey" is allowed`,
			`p:7: methods.allowed: "fax" is no method`,
			`p:7: methods.allowed: names "authapp" twice`},
		least + "methods = { gates = 2, register = 1 }\n[feature]\nreset = \"groups\"\n": {
			`p:6: help_desk.methods: is not a setting`,
			`p:7: feature.groups: must name a group, since the reset is on for groups`},
		"methods = { gates = 2, register = 1 }\n" + least: {
			`p:1: methods.register: must be at least methods.gates, which is 2, is 1`},
		"methods.gates = 9\n" + least + "nmae = 1\n\n[pasword]\n\"a\\nb\" = 1\n": {
			`p:1: methods.gates: must be 1 or 2, is 9`,
			`p:1: methods.register: must be at least methods.gates, which is 9, is 2`,
			`p:7: help_desk.nmae: is not a setting; did you mean "name"?`,
			`p:9: pasword: is not a setting; did you mean "password"?`},
		least + "\"a\\nb\" = 1\n":                       {"p:6: help_desk.a\uFFFDb: is not a setting"},
		"organisation = 5\n[help_desk]\nname = \"x\"\n": {`p:1: organisation: must be a table`},
		least + "phone = \"a\nb\"\n":                    {"p:6: help_desk.phone: "},
		least + "name = \"twice\"\n":                    {"p:6: help_desk.name: "},
		least + "[organisation]\n":                      {"p:6: organisation: "},
		"\xff":                                          {"p: line 1 is not UTF-8, but in an older encoding such as Windows-1252: save the file as UTF-8"},
	} {
		_, err := Parse("p", []byte(document))
		var problems *config.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%q: %v", document, err)
			continue
		}
		got := said(err)
		same := len(got) == len(want)
		for i := 0; same && i < len(got); i++ {
			same = got[i] == want[i] || strings.HasSuffix(want[i], ": ") && strings.HasPrefix(got[i], strings.TrimSuffix(want[i], " "))
		}
		if !same {
			t.Errorf("%q:\n%s\nwant\n%s", document, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestReadLogo(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, data []byte) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	picture := func(side int) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewPaletted(image.Rect(0, 0, side, 1), color.Palette{color.Black})); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		logo []byte
		want string
	}{
		"a.png":    {picture(3), ""},
		"b.svg":    {[]byte("<?xml version=\"1.0\"?>\n<!-- x --><svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>\n"), ""},
		"c.png":    {picture(5000), "more than 4096"},
		"d.svg":    {[]byte("<html><svg/></html>"), "neither"},
		"e.svg":    {[]byte("<svg>"), "neither"},
		"f.png":    {nil, "neither"},
		"g.png":    {make([]byte, maxLogo+1), "larger than 1024 KiB"},
		"none.png": {nil, "no such file"},
	} {
		path := write("policy.toml", []byte(strings.Replace(least, "[help_desk]", "logo = \""+name+"\"\n[help_desk]", 1)))
		if name != "none.png" {
			write(name, c.logo)
		}
		document, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Parse(path, document)
		if err != nil {
			t.Fatal(err)
		}
		logo, err := ReadLogo(path, document, p)
		if c.want == "" {
			if err != nil || !bytes.Equal(logo, c.logo) || p.Organisation.Logo != name {
				t.Errorf("%s: %d bytes, %v", name, len(logo), err)
			}
			continue
		}
		if got := said(err); len(got) != 1 || !strings.Contains(got[0], c.want) || !strings.HasPrefix(got[0], path+":4: organisation.logo: ") {
			t.Errorf("%s: %v, said %q; want %q", name, err, got, c.want)
		}
	}
	if logo, err := ReadLogo(filepath.Join(folder, "plain.toml"), []byte(least), sound()); err == nil || logo != nil {
		t.Errorf("a logo that is not there: %d bytes, %v", len(logo), err)
	}
	if logo, err := ReadLogo("", []byte(least), Default()); err != nil || logo != nil {
		t.Errorf("without a logo: %d bytes, %v", len(logo), err)
	}
	if _, err := Read(filepath.Join(folder, "missing.toml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing policy: %v", err)
	}
	if _, err := Read(write("big.toml", bytes.Repeat([]byte("#\n"), maxPolicy))); err == nil {
		t.Error("an endless policy was read")
	}
}

// FuzzParse holds that a document is a policy that passes its own check, or has problems, each on a line of its own that
// the document has.
func FuzzParse(f *testing.F) {
	f.Add(string(sample))
	for _, s := range []string{least, "a.b.c = [[1],{x=2}]", "[[x]]\n[[x.y]]", "\"\" = 1", "methods = {gates = 1", "x = 1979-05-27"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, document string) {
		p, err := Parse("p", []byte(document))
		if err == nil {
			if found := p.Check(); len(found) > 0 {
				t.Fatalf("accepted with %v", found)
			}
			again, err := Parse("p", Effective(p))
			if err != nil || !bytes.Equal(Effective(again), Effective(p)) {
				t.Fatalf("written out, it is another one: %v\n%s", err, Effective(p))
			}
			return
		}
		var problems *config.Problems
		if !errors.As(err, &problems) || len(problems.List) == 0 || !reflect.DeepEqual(p, Policy{}) {
			t.Fatalf("%v", err)
		}
		for _, problem := range problems.List {
			line := words.ProblemIn(problems.File, problem)
			if !strings.HasPrefix(line, "p:") || strings.ContainsAny(line, "\n\r") || problem.Line > strings.Count(document, "\n")+1 {
				t.Fatalf("%q", line)
			}
		}
	})
}

// TestWordsByLanguage reads questions as a text, as a table in line, and as tables of their own.
func TestWordsByLanguage(t *testing.T) {
	for document, want := range map[string][]Words{
		"[questions]\nown = [\"Which?\", { en = \"Who?\", pt-BR = \"Quem?\" }]\n":                  {{"": "Which?"}, {"en": "Who?", "pt-BR": "Quem?"}},
		"[[questions.own]]\nen = \"Who?\"\nde = \"Wer da?\"\n[[questions.own]]\nen = \"Which?\"\n": {{"en": "Who?", "de": "Wer da?"}, {"en": "Which?"}},
	} {
		p, err := Parse("p", []byte(least+document))
		if err != nil || !reflect.DeepEqual(p.Questions.Own, want) {
			t.Errorf("%q gives %v, %v", document, p.Questions.Own, err)
		}
	}
	for _, bad := range []string{"own = \"Which?\"", "own = [5]", "own = [{ en = 5 }]", "own = [[\"Which?\"]]", "own = { en = \"Which?\" }"} {
		_, err := Parse("p", []byte(least+"[questions]\n"+bad+"\n"))
		if want := "p:7: questions.own: must be a list; each of its items a text, or a table of texts by language"; len(said(err)) == 0 || !strings.HasPrefix(said(err)[0], want) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

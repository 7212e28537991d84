package main

import (
	"embed"
	"fmt"
	"path"
	"regexp"
	"strings"
	"text/template"

	"github.com/alecthomas/kong"
)

//go:embed shells
var templates embed.FS

// shells are those that get completions, each with how it quotes a text.
var shells = map[string]func(string) string{"bash": quoted, "zsh": quoted, "fish": fishQuoted}

// place is where a command line may have got to, and what may come next there.
type place struct {
	Path     string // "" where nothing was said yet, else such as "/policy/check"
	Commands []word
	Flags    []flag
	Files    bool // a file may be named
}

// word is one that may be said, and what it means.
type word struct{ Name, Help string }

// flag is a word that begins with two hyphens, and the value that follows it.
type flag struct {
	word
	Value  bool // it has one
	File   bool // the value names a file
	Values []string
}

// completion is the script by which a shell completes the program's command lines.
func completion(shell string, app *kong.Application) (string, error) {
	if shells[shell] == nil {
		return "", fmt.Errorf("%s is no shell of bash, zsh and fish", shell)
	}
	file := "shells/completion." + shell
	t, err := template.New(path.Base(file)).Funcs(template.FuncMap{"quote": shells[shell], "join": strings.Join, "bracketed": bracketed}).ParseFS(templates, file)
	if err != nil {
		return "", err
	}
	var script strings.Builder
	err = t.Execute(&script, map[string]any{
		"Name": app.Name, "Function": "_" + regexp.MustCompile(`\W`).ReplaceAllString(app.Name, "_"), "Places": places(app.Node, ""),
	})
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return script.String(), nil
}

// places lists the command at path and all below it. What is hidden stays hidden.
func places(node *kong.Node, path string) []place {
	here := place{Path: path, Files: namesFile(node)}
	below := []place{}
	for _, child := range node.Children {
		if !child.Hidden {
			here.Commands = append(here.Commands, word{child.Name, child.Help})
			below = append(below, places(child, path+"/"+child.Name)...)
		}
	}
	for _, group := range node.AllFlags(true) {
		here.Flags = append(here.Flags, flags(group)...)
	}
	if node.DefaultCmd != nil {
		here.Flags = append(here.Flags, flags(node.DefaultCmd.Flags)...)
	}
	return append([]place{here}, below...)
}

func flags(of []*kong.Flag) []flag {
	var out []flag
	for _, f := range of {
		if f.Hidden {
			continue
		}
		one := flag{word: word{f.Name, f.Help}, Value: !f.IsBool() && !f.IsCounter(), File: f.Tag.Type == "path"}
		if f.Enum != "" {
			for _, value := range f.EnumSlice() {
				if value != "" {
					one.Values = append(one.Values, value)
				}
			}
		}
		out = append(out, one)
	}
	return out
}

func namesFile(node *kong.Node) bool {
	for _, argument := range node.Positional {
		if argument.Tag.Type == "path" {
			return true
		}
	}
	return false
}

// quoted is the text as one word of a POSIX shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// fishQuoted is the text as one word of fish, in whose quotes a backslash means something.
func fishQuoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}

// bracketed is the text in the brackets of zsh's _arguments.
func bracketed(text string) string {
	return "[" + strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(text) + "]"
}

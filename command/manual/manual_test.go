package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/command"
)

var all = []string{"man", "bash", "zsh", "fish"}

// made gives the file with what is written of a kind.
func made(t *testing.T, name, what string) string {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	text, err := written(name, what)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), what)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestThePageAndTheCompletionsNameEveryCommandAndFlag of the grammar, and nothing that is hidden.
func TestThePageAndTheCompletionsNameEveryCommandAndFlag(t *testing.T) {
	grammar, err := command.Grammar("sparekey")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, leaf := range grammar.Model.Leaves(true) {
		want[leaf.Name] = true
		for _, f := range leaf.Flags {
			want[f.Name] = !f.Hidden
		}
	}
	if len(want) < 20 {
		t.Fatalf("the grammar has %d words", len(want))
	}
	for _, what := range all {
		text := strings.ReplaceAll(read(t, made(t, "sparekey", what)), `\-`, "-") // roff writes a hyphen so
		for name, seen := range want {
			if strings.Contains(text, name) != seen {
				t.Errorf("%s: %s is named: %v", what, name, !seen)
			}
		}
		if strings.Contains(text, "doctor-window") {
			t.Errorf("%s names a hidden command", what)
		}
	}
}

func TestTwoBuildsOfOneDayAreTheSame(t *testing.T) {
	for _, what := range all {
		first := read(t, made(t, "sparekey-server", what))
		if read(t, made(t, "sparekey-server", what)) != first {
			t.Errorf("%s differs", what)
		}
	}
	if !strings.Contains(read(t, made(t, "sparekey-server", "man")), "2023-11-14") {
		t.Error("the page is not of the day that it was given")
	}
}

func TestAShellThatIsNone(t *testing.T) {
	if text, err := written("sparekey", "tcsh"); err == nil {
		t.Errorf("tcsh gets %q", text)
	}
}

func TestADayThatIsNone(t *testing.T) {
	if _, err := buildDate("yesterday"); err == nil {
		t.Error("a day that is none is taken")
	}
	if day, err := buildDate(""); err != nil || day.Before(time.Unix(1700000000, 0)) {
		t.Errorf("no day is %v (%v)", day, err)
	}
}

// How each shell is asked what may follow the words on its command line, the last of which is being typed. zsh's own
// functions say what they were given.
var askers = map[string]string{
	"bash": `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); [ $# -lt 2 ] || prev=${COMP_WORDS[COMP_CWORD-1]}
		_"${1//-/_}" "$1" "${COMP_WORDS[COMP_CWORD]}" "$prev"; printf '%s\n' "${COMPREPLY[@]}"`,
	"zsh": `file=$0; words=("$@"); CURRENT=$#; PREFIX=${words[-1]}; _describe() { print -rl -- $commands }; _arguments() { print -rl -- "$@" }
		ask() { source $file }; ask`,
	"fish": `source $argv[1]; complete -C (string join ' ' -- $argv[2..-1])`,
}

// TestShellsCompleteWhatMayComeNext asks the shells that this computer has.
func TestShellsCompleteWhatMayComeNext(t *testing.T) {
	files := t.TempDir()
	if err := os.WriteFile(filepath.Join(files, "mine.toml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for shell, ask := range askers {
		if _, err := exec.LookPath(shell); err != nil {
			t.Logf("there is no %s here", shell)
			continue
		}
		script := made(t, "sparekey", shell)
		for _, c := range []struct {
			name     string
			line     []string
			want, no []string
		}{
			{"nothing said", []string{""}, []string{"policy", "doctor", "try"}, []string{"check", "doctor-window"}},
			{"a command with commands", []string{"policy", ""}, []string{"check", "apply"}, []string{"doctor", "verify"}},
			{"a command of another's name", []string{"breached", ""}, []string{"import"}, []string{"check", "microsoft"}},
			{"flags", []string{"doctor", "--"}, []string{"--json", "--settings"}, []string{"--comment", "policy"}},
			{"flags of what a bare program does", []string{"--"}, []string{"--settings"}, []string{"--json"}},
			{"one of some values", []string{"try", "--appearance", ""}, []string{"system", "light", "dark"}, []string{"policy"}},
			{"nothing more", []string{"version", ""}, nil, []string{"policy", "mine.toml"}},
			{"a file", []string{"policy", "check", files + "/mi"}, []string{"mine.toml"}, []string{"apply"}},
			{"a file for a flag", []string{"doctor", "--settings", files + "/mi"}, []string{"mine.toml"}, []string{"--json"}},
		} {
			completesAs(t, shell+": "+c.name, shell, ask, script, c.line, c.want, c.no)
		}
	}
}

func completesAs(t *testing.T, name, shell, ask, script string, line, want, no []string) {
	t.Helper()
	args := append([]string{"-c", ask, script, "sparekey"}, line...)
	out, err := exec.Command(shell, args...).CombinedOutput()
	if err != nil && shell != "fish" { // fish fails where nothing may follow
		t.Errorf("%s: %v: %s", name, err, out)
		return
	}
	said := string(out)
	if shell == "zsh" && slices.Contains(want, "mine.toml") { // zsh looks for files itself
		want, no = []string{"_files"}, nil
	}
	if shell == "zsh" && slices.Contains(line, "--appearance") { // and picks what belongs to a flag
		want, no = []string{":value:(system light dark)"}, nil
	}
	for _, word := range want {
		if !strings.Contains(said, word) {
			t.Errorf("%s: %s is not offered: %s", name, word, said)
		}
	}
	for _, word := range no {
		for _, line := range strings.Split(said, "\n") {
			if offered, _, _ := strings.Cut(strings.NewReplacer(":", "\t", "[", "\t", "=", "\t").Replace(line), "\t"); offered == word {
				t.Errorf("%s: %s is offered: %s", name, word, said)
			}
		}
	}
}

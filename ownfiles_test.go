package main

import (
	"go/ast"
	"testing"
)

// ownFiles are the rooms, or files of one, that read or write files by themselves: files that the program makes, and nobody
// else names. All others go through app/files, so that what one reader knows of encodings, and what one writer must not
// write over, the others do as well.
var ownFiles = map[string]string{
	"app/files":                       "the one place",
	"backend/audit":                   "the signed heads are added to; a copy of them goes through app/files",
	"backend/store":                   "the turnstile before the database",
	"backend/delivery/call/calltest":  "settings and recordings of softphones under test",
	"backend/delivery/mail/mailtest":  "settings and certificates of servers under test",
	"backend/directory/ldap/ldaptest": "settings and certificates of servers under test",
	"backend/sqlite":                  "its database is made for its owner alone",
	"backend/vault":                   "keys are bytes, with a mode that is looked at",
	"command/desktop/instance":        "the number of the process that has the claim",
	"command/desktop/sound":           "a temporary file for the system's player",
	"command/setup/folders.go":        "an empty file, to see whether the folder can be written",
	"command/filepages":               "what the system says of this process (/proc)",
	"command/systemd/unit.go":         "the service manager's units",
	"command/setup/movein.go":         "keys and heads are moved as the bytes that they are",
	"command/setup/restore.go":        "databases and heads of the program's own are renamed",
	"command/setup/unpack.go":         "databases of a backup, under names of the program's own",
	"command/setup/become_unix.go":    "a file is opened to be given to its account, and no byte of it read or written",
	"command/setup/keys.go":           "the file of signed heads is made empty",
	"backend/certtest":                "what a test keeps",
	"methods/methodtest":              "what a test keeps",
	"ui/tour":                         "pictures and a transcript, in a folder that the command has looked at",
}

// filing are the functions of package os by which a file is read or written.
var filing = map[string]bool{
	"Open": true, "OpenFile": true, "Create": true, "CreateTemp": true, "ReadFile": true, "WriteFile": true, "Rename": true, "OpenRoot": true,
}

func TestFilesThatPeopleNameGoThroughOnePlace(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, is := n.(*ast.SelectorExpr)
			if !is {
				return true
			}
			if id, is := sel.X.(*ast.Ident); !is || id.Name != "os" || !filing[sel.Sel.Name] {
				return true
			}
			used[s.pkg], used[s.path] = true, true
			if ownFiles[s.pkg] == "" && ownFiles[s.path] == "" {
				t.Errorf("%s calls os.%s: a file that somebody names is read and replaced by app/files", s.path, sel.Sel.Name)
			}
			return true
		})
	}
	for place := range ownFiles {
		if !used[place] {
			t.Errorf("%s reads and writes no file any more", place)
		}
	}
}

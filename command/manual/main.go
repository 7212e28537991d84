// Manual writes what a package of Sparekey has beside the program: its manual page, and its completions for bash, zsh and
// fish. All of it is made of the grammar that parses the command line. It runs when a package is made, and no program that
// people get has it or its libraries inside:
//
//	go run ./command/manual sparekey FOLDER
//	go run -tags headless ./command/manual sparekey-server FOLDER
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/sparekey/sparekey/command"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: manual NAME FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(1)
	}
}

// write makes the files of the program that is called name: NAME.1, NAME.bash, NAME.zsh and NAME.fish in the folder.
func write(name, folder string) error {
	grammar, err := command.Grammar(name)
	if err != nil {
		return err
	}
	date, err := buildDate(os.Getenv("SOURCE_DATE_EPOCH"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	files := map[string]string{name + ".1": manualPage(grammar.Model, date)}
	for shell := range shells {
		script, err := completion(shell, grammar.Model)
		if err != nil {
			return err
		}
		files[name+"."+shell] = script
	}
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// buildDate is the day that a build says it is of, in seconds since 1970 (reproducible-builds.org, SOURCE_DATE_EPOCH), or now.
func buildDate(epoch string) (time.Time, error) {
	if epoch == "" {
		return time.Now().UTC(), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

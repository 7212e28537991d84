// Manual prints what a package of Sparekey has beside the program: its manual page, or its completions for bash, zsh or fish.
// All of it is made of the grammar that parses the command line. It runs when a package is made, and no program that people
// get has it or its libraries inside:
//
//	go run ./command/manual sparekey man
//	go run -tags headless ./command/manual sparekey-server bash
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/sparekey/sparekey/command"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: manual NAME man|bash|zsh|fish")
		os.Exit(2)
	}
	text, err := written(os.Args[1], os.Args[2])
	if err == nil {
		_, err = fmt.Print(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(1)
	}
}

// written is the manual page of the program that is called name, or its completions for a shell.
func written(name, what string) (string, error) {
	grammar, err := command.Grammar(name)
	if err != nil {
		return "", err
	}
	if what != "man" {
		return completion(what, grammar.Model)
	}
	date, err := buildDate(os.Getenv("SOURCE_DATE_EPOCH"))
	if err != nil {
		return "", err
	}
	return manualPage(grammar.Model, date), nil
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

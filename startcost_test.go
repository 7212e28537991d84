package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// mostAtStart is how many bytes a package may allocate before main, which every command pays for, whatever it needs.
const mostAtStart = 300_000

// costlyAtStart are the libraries that take more, and can't be told to wait.
var costlyAtStart = map[string]int{
	"fyne.io/fyne/v2/lang":            1_200_000, // the toolkit's texts in every language
	"github.com/nyaruka/phonenumbers": 3_000_000, // the numbering plans of every country
}

// TestNothingIsReadBeforeMain starts this program, with all that it is made of, and looks what each package allocates first.
func TestNothingIsReadBeforeMain(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, said.Bytes())
	}
	all := regexp.MustCompile(`(?m)^init (\S+) @.* clock, (\d+) bytes`).FindAllStringSubmatch(said.String(), -1)
	if len(all) < 100 {
		t.Fatalf("%d packages told what they allocate:\n%s", len(all), said.Bytes())
	}
	for _, told := range all {
		most := mostAtStart
		if allowed, is := costlyAtStart[told[1]]; is {
			most = allowed
		}
		if n, err := strconv.Atoi(told[2]); err != nil || n > most {
			t.Errorf("%s allocates %s bytes before main, more than %d", told[1], told[2], most)
		}
	}
}

package guess

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/trustelem/zxcvbn/frequency"
)

var writeList = flag.Bool("write-list", false, "write words.list from zxcvbn's lists")

// ranks gives each word of zxcvbn's lists its lowest rank.
func ranks() map[string]int {
	all := map[string]int{}
	for _, words := range frequency.FrequencyLists {
		for i, word := range words {
			word = strings.ToLower(word)
			if before, is := all[word]; !is || i+1 < before {
				all[word] = i + 1
			}
		}
	}
	return all
}

// TestTheListIsZxcvbns holds the list against zxcvbn's; with -args -write-list it makes it.
func TestTheListIsZxcvbns(t *testing.T) {
	var made strings.Builder
	all := ranks()
	for _, word := range slices.Sorted(maps.Keys(all)) {
		made.WriteString(word)
		for shift := (rankBytes - 1) * rankBits; shift >= 0; shift -= rankBits {
			made.WriteByte(byte(all[word] >> shift & (1<<rankBits - 1)))
		}
	}
	if *writeList {
		if err := os.WriteFile("words.list", []byte(made.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if made.String() != list {
		t.Error("words.list is another than zxcvbn's lists make")
	}
}

// look gives the rank of a text in the list.
func look(text string) int {
	s, ok := span{high: len(list)}, true
	for _, r := range text {
		if s, ok = s.narrow(r); !ok {
			return 0
		}
	}
	return s.rank()
}

func TestEveryWordIsFound(t *testing.T) {
	for word, rank := range ranks() {
		if got := look(word); got != rank {
			t.Fatalf("%q has rank %d, want %d", word, got, rank)
		}
	}
}

func TestWhatIsNoWordIsNotFound(t *testing.T) {
	all := ranks()
	for word := range all {
		for _, other := range []string{word[1:], word[:len(word)-1], word + "q", word + word, "\x00" + word, word + "\x01", word + "é"} {
			if got := look(other); got != all[other] {
				t.Fatalf("%q has rank %d, want %d", other, got, all[other])
			}
		}
	}
}

// TestLookingUpAllocatesNothing: the words are read where they lie.
func TestLookingUpAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { look("correcthorse"); look("password") }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

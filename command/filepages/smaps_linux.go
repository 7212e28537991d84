package filepages

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// span is a range of addresses.
type span struct{ from, to uintptr }

// mapping is an entry of /proc/PID/smaps.
type mapping struct {
	span
	file               string // device and inode
	access             string // as in "r-xp"
	anonymous, swapped string // as in "0 kB": pages that are this process's alone, so that what stands there is in no file
}

const none = "0 kB"

// unwritten finds what may be unmapped of the program that has code at an address: what can't be written, of which no page ever was.
// Relocations, which the linker writes and then protects (RELRO), are read-only, too, and can be told by their anonymous pages
// alone. "Private_Dirty" would not do: it counts pages that the system has yet to write to the file, besides.
func unwritten(smaps io.Reader, code uintptr) (found []span) {
	for _, m := range program(mappings(smaps), code) {
		if (m.access == "r-xp" || m.access == "r--p") && m.anonymous == none && m.swapped == none {
			found = append(found, m.span)
		}
	}
	return found
}

// program are those of the mappings that lie side by side around code and are of the same file. What else is mapped of that file may go
// at any moment, and something else lie there.
func program(all []mapping, code uintptr) []mapping {
	for i, m := range all {
		if code < m.from || m.to <= code {
			continue
		}
		first, after := i, i+1
		for first > 0 && all[first-1].to == all[first].from && all[first-1].file == m.file {
			first--
		}
		for after < len(all) && all[after].from == all[after-1].to && all[after].file == m.file {
			after++
		}
		return all[first:after]
	}
	return nil
}

// mappings reads /proc/PID/smaps (proc_pid_smaps(5)), as far as it can be read, by rising addresses. What is of no file is not among them.
func mappings(smaps io.Reader) (all []mapping) {
	lines := bufio.NewScanner(smaps)
	var m mapping
	add := func() {
		if m.file != "" {
			all = append(all, m)
		}
	}
	for lines.Scan() {
		line := lines.Text()
		if name, value, _ := strings.Cut(line, ":"); name != "" && 'A' <= name[0] && name[0] <= 'Z' {
			switch value = strings.TrimSpace(value); name {
			case "Anonymous":
				m.anonymous = value
			case "Swap":
				m.swapped = value
			}
			continue
		}
		add()
		m = mapping{}
		var offset, device, inode string
		if n, _ := fmt.Sscanf(line, "%x-%x %s %s %s %s", &m.from, &m.to, &m.access, &offset, &device, &inode); n == 6 && inode != "0" {
			m.file = device + " " + inode
		}
	}
	add()
	return all
}

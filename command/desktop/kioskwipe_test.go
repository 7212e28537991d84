//go:build linux

package desktop

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// typed is something that was typed, by what it is called.
type typed struct{ what, text string }

// TestNothingTypedIsInMemoryAfterAWipe goes up to the last page of a reset by real keys and the mouse, looks for all that was
// typed in the memory of the process, and does so again after somebody tapped Start over: with the toolkit's own caches, within
// half a minute.
func TestNothingTypedIsInMemoryAfterAWipe(t *testing.T) {
	t.Parallel() // it mostly waits
	o := newOrganisation(t)
	st := newStation(newScreen(t, 1024, 768), o.address, "SSL_CERT_FILE="+o.certificate, "SSL_CERT_DIR=/nonexistent", "HOME="+t.TempDir())
	ben := person(t, "registered")

	st.tap("kiosk.forgot")
	st.at("user_id")
	st.s.write(ben.UserID)
	st.s.press(codeEnter)
	st.at("choose")
	st.tap("choose.email")
	st.at("address")
	st.s.write(ben.Mail)
	st.s.press(codeEnter)
	st.at("code")
	code := o.mailed(st, ben.Mail)
	st.s.write(code)
	st.says("authenticator")
	app := ben.Code(time.Now())
	st.s.write(app)
	st.at("new_password")
	const password, other = "Quokka-lemon-7-wharf", "Quokka-lemon-8-wharf"
	st.s.write(password)
	st.has("password.new", password)
	st.tap("password.again")
	st.s.write(other)
	st.has("password.again", other)

	needles := []typed{{"user ID", ben.UserID}, {"address", ben.Mail}, {"first code", code}, {"code of an app", app}, {"password", password}, {"password, again", other}}
	before := st.found(needles)
	for _, must := range []string{"password", "password, again"} { // the search finds what is there
		if !slices.ContainsFunc(before, func(at string) bool { return strings.HasPrefix(at, must+" ") }) {
			t.Errorf("%s is not found where it must be: the search sees too little", must)
		}
	}
	st.tap("kiosk.start_over")
	st.at("kiosk")
	wiped := time.Now()
	var left []string
	for {
		if left = st.found(needles); len(left) == 0 {
			t.Logf("gone after %v", time.Since(wiped).Round(time.Second))
			return
		}
		if time.Since(wiped) > 45*time.Second { // looking takes a while, too
			break
		}
		time.Sleep(time.Second)
	}
	t.Errorf("after %v there is still, of %d places before:\n%s", time.Since(wiped), len(before), strings.Join(left, "\n"))
}

// has waits until a field has taken a text.
func (st *station) has(key, text string) {
	st.t.Helper()
	st.await(strconv.Itoa(len(text)), "length", key)
}

// found lists where texts stand in the memory of the kiosk that can be written.
func (st *station) found(needles []typed) []string {
	st.t.Helper()
	pid := st.pid
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		st.t.Fatal(err)
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		st.t.Fatal(err)
	}
	defer func() { _ = memory.Close() }()
	var found []string
	lines := bufio.NewScanner(bytes.NewReader(maps))
	for lines.Scan() {
		var from, to int64
		var mode string
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &mode); n != 3 || !strings.HasPrefix(mode, "rw") {
			continue
		}
		part := make([]byte, to-from)
		n, err := memory.ReadAt(part, from)
		if err != nil && n == 0 {
			continue // nothing can be read there
		}
		for _, needle := range needles {
			for _, form := range forms(needle.text) {
				for at := 0; ; {
					i := bytes.Index(part[at:n], form.bytes)
					if i < 0 {
						break
					}
					at += i
					around := part[max(0, at-24):min(n, at+len(form.bytes)+24)]
					found = append(found, fmt.Sprintf("%s (%s) at %x in %s: %q", needle.what, form.name, from+int64(at), lines.Text(), around))
					at += len(form.bytes)
				}
			}
		}
	}
	return found
}

type form struct {
	name  string
	bytes []byte
}

// forms are how a program may hold a text.
func forms(text string) []form {
	var wide, runes []byte
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for _, r := range text {
		runes = append(runes, byte(r), byte(r>>8), byte(r>>16), byte(r>>24))
	}
	return []form{{"UTF-8", []byte(text)}, {"UTF-16", wide}, {"runes", runes}}
}

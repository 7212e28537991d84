package kit

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
)

// cleanPaste gives what a field of one line takes of a clipboard. Programs put line ends around what is copied, and marks
// that nobody sees; spreadsheets put a tab between two cells. Such ends are dropped, real spaces stay. lines is how many
// lines or cells are left, apart from the empty ones at the ends: inside the text a break becomes a blank.
func cleanPaste(clipboard string) (text string, lines int) {
	all := strings.FieldsFunc(clipboard, breaksLine)
	for len(all) > 0 && unseen(all[0]) {
		all = all[1:]
	}
	for len(all) > 0 && unseen(all[len(all)-1]) {
		all = all[:len(all)-1]
	}
	return strings.TrimFunc(strings.Join(all, " "), mark), len(all)
}

// breaksLine reports whether a line, or a cell, ends with r.
func breaksLine(r rune) bool { return strings.ContainsRune("\t\n\v\f\r\u0085\u2028\u2029", r) }

// unseen reports whether nobody would see the line.
func unseen(line string) bool { return strings.TrimSpace(strings.TrimFunc(line, mark)) == "" }

// mark reports whether r is a sign without a shape of its own that programs put around what is copied: zero-width spaces, a
// byte order mark, marks of direction.
func mark(r rune) bool {
	return strings.ContainsRune("\u200b\u2060\ufeff", r) || unicode.Is(unicode.Bidi_Control, r)
}

// pasted is a clipboard that holds what a field takes of another one.
type pasted string

var _ fyne.Clipboard = pasted("")

// Content implements fyne.Clipboard.
func (p pasted) Content() string { return string(p) }

// SetContent implements fyne.Clipboard: nothing is copied there.
func (pasted) SetContent(string) {}

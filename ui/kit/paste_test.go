package kit

import (
	"testing"

	"fyne.io/fyne/v2"
)

// paste pastes into a field as the keyboard and the menu do.
func paste(f *Field, clipboard string) {
	f.entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: pasted(clipboard)})
}

// TestAPasteBringsNoLineEnd: what nobody sees around it is no part of what was copied; real spaces are.
func TestAPasteBringsNoLineEnd(t *testing.T) {
	useTheme(t)
	const word = "violet-crane-tundra-58"
	for _, end := range []string{"\n", "\r\n", "\r", "\t", "\u2028", "\u2029", "\u0085", "\v", "\n\n", "\n  \n", "\u200b", "\ufeff", "\u200e", "\u202a", ""} {
		for _, clipboard := range []string{word + end, end + word, end + word + end} {
			for _, masked := range []bool{true, false} {
				f := NewField("f", "Password")
				if masked {
					f.SetPassword("more than one line")
				}
				if paste(f, clipboard); f.Text() != word || f.Error() != "" {
					t.Errorf("masked %v: %q becomes %q, said %q", masked, clipboard, f.Text(), f.Error())
				}
			}
		}
	}
	for clipboard, want := range map[string]string{" two words \n": " two words ", "\u00a0x\u3000": "\u00a0x\u3000", "\n": "", "  ": "", "a\u200db": "a\u200db"} {
		f := NewField("f", "Password")
		f.SetPassword("more than one line")
		if paste(f, clipboard); f.Text() != want {
			t.Errorf("%q becomes %q, want %q", clipboard, f.Text(), want)
		}
	}
}

// TestAMaskedFieldTakesOneLine: more of them are not taken, and said; what stood there stays, revealed or not. Where the text
// can be read, breaks become blanks.
func TestAMaskedFieldTakesOneLine(t *testing.T) {
	useTheme(t)
	for _, clipboard := range []string{"one\ntwo", "one\r\ntwo\r\n", "ana\tcopper lantern", "one\u2028two", "one\n\n\ntwo", "one\rtwo"} {
		for _, revealed := range []bool{false, true} {
			f := NewField("f", "Password")
			f.SetPassword("more than one line")
			f.SetText("before")
			if revealed {
				f.toggle()
			}
			if paste(f, clipboard); f.Text() != "before" || f.Error() != "more than one line" {
				t.Errorf("%q: holds %q, says %q", clipboard, f.Text(), f.Error())
			}
		}
		f := NewField("f", "User ID")
		if paste(f, clipboard); len([]rune(f.Text())) == 0 || f.Error() != "" || f.Text() != map[bool]string{true: "ana copper lantern", false: "one two"}[clipboard[0] == 'a'] {
			t.Errorf("%q becomes %q", clipboard, f.Text())
		}
	}
}

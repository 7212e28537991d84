package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
)

// wide is a text in UTF-16.
func wide(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

func TestATextIsUTF8WithOrWithoutAMark(t *testing.T) {
	for _, text := range []string{"", "a = 1\n", "name = \"Hôpital\"\r\n", "x\ufeffy"} {
		for _, given := range []string{text, mark + text} {
			got, err := Text([]byte(given))
			if err != nil || string(got) != text {
				t.Errorf("%q: %q, %v", given, got, err)
			}
			if got, err := readAll(given); err != nil || got != text {
				t.Errorf("%q, as it comes: %q, %v", given, got, err)
			}
		}
	}
}

// readAll reads a text that is too long to be held.
func readAll(given string) (string, error) {
	in, err := NewReader(strings.NewReader(given))
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(in)
	return string(data), err
}

func TestWhatIsNoUTF8IsNamed(t *testing.T) {
	long := strings.Repeat("server = 1\n", 100)
	for name, c := range map[string]struct{ given, want string }{
		"UTF-16 of Windows":      {wide(mark+"a = 1", binary.LittleEndian), "text_encoding{is=UTF-16}"},
		"UTF-16, big-endian":     {wide(mark+"a = 1", binary.BigEndian), "text_encoding{is=UTF-16}"},
		"UTF-16 without a mark":  {wide(long, binary.LittleEndian), "text_encoding{is=UTF-16}"},
		"the same, big-endian":   {wide(long, binary.BigEndian), "text_encoding{is=UTF-16}"},
		"UTF-32":                 {"\xff\xfe\x00\x00a\x00\x00\x00", "text_encoding{is=UTF-32}"},
		"a workbook":             {"PK\x03\x04\x14\x00", "text_workbook"},
		"a workbook of old":      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "text_workbook"},
		"a gzip file":            {"\x1f\x8b\x08\x00", "text_packed{is=gzip}"},
		"a 7-Zip file":           {"7z\xbc\xaf\x27\x1c\x00\x04", "text_packed{is=7-Zip}"},
		"bytes":                  {"\x7fELF\x02\x01\x01\x00\x00\x00\x00", "text_binary"},
		"a zero byte at the end": {long + "\x00", "text_binary"},
		"Windows-1252":           {"a = 1\nname = \"H\xf4pital\"\n", "text_line{line=2}"},
	} {
		if _, err := Text([]byte(c.given)); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if later := strings.HasPrefix(c.given, "a = 1\n") || strings.HasPrefix(c.given, long); later {
			continue // who reads a long text sees that itself
		}
		if _, err := readAll(c.given); err == nil || err.Error() != c.want {
			t.Errorf("%s, as it comes: %v, want %s", name, err, c.want)
		}
	}
}

func TestLinesMayEndAsOnMacs(t *testing.T) {
	for given, want := range map[string]string{"a\rb\r": "a\nb\n", "a\r\nb\r": "a\r\nb\r"} {
		if got, err := Text([]byte(mark + given)); err != nil || string(got) != want {
			t.Errorf("%q is %q, %v", given, got, err)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte(mark + "a"))
	f.Add([]byte("a\x00b\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		text, err := Text(data)
		if err != nil {
			return
		}
		lines := bytes.ReplaceAll(text, []byte("\n"), []byte("\r"))
		if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 || !bytes.HasSuffix(data, text) && !bytes.HasSuffix(data, lines) {
			t.Fatalf("%q became %q", data, text)
		}
	})
}

func TestAFileHasItsBounds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte(mark+"12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := ReadText(path, 8); err != nil || string(text) != "12345" {
		t.Errorf("%q, %v", text, err)
	}
	var large app.Problem
	if _, err := ReadText(path, 7); !errors.As(err, &large) || large.Code != "file_large" {
		t.Errorf("a file that is too large: %v", err)
	}
	if _, err := Read(path+".none", 8); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

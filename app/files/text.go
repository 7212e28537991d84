// Package files reads and replaces the files that people name. What may be wrong with any of them (its encoding, its size,
// that it is somebody else's) is known here, once.
package files

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
)

// mark is the byte order mark in UTF-8 (RFC 3629, section 6), which Windows' editors and spreadsheets put before a text.
const mark = "\ufeff"

// encodings are told by how a text in them begins; the longer one first.
var encodings = []beginning{
	{"\xff\xfe\x00\x00", "UTF-32"}, {"\x00\x00\xfe\xff", "UTF-32"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"},
}

// packings are told by how a file of theirs begins.
var packings = []beginning{
	{"\x1f\x8b", "gzip"}, {"7z\xbc\xaf\x27\x1c", "7-Zip"}, {"BZh", "bzip2"}, {"\xfd7zXZ\x00", "xz"}, {"\x28\xb5\x2f\xfd", "Zstandard"},
}

// workbooks are those of spreadsheets; a ZIP archive begins as one.
var workbooks = []beginning{{"PK\x03\x04", "ZIP"}, {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"}}

// beginning is how files of a kind begin.
type beginning struct{ bytes, kind string }

func kindOf(data []byte, kinds []beginning) string {
	for _, k := range kinds {
		if bytes.HasPrefix(data, []byte(k.bytes)) {
			return k.kind
		}
	}
	return ""
}

// headSize is how much of a file tells its kind, in bytes.
const headSize = 512

// Text gives the text of a file without a byte order mark, in lines that end with LF or CR LF. Anything but UTF-8 is refused
// with an app.Problem, which names what it is, as far as that can be told, and what to do.
func Text(data []byte) ([]byte, error) {
	if err := checkHead(data[:min(len(data), headSize)]); err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte(mark))
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, app.NewProblem("", "text_binary")
	}
	if !bytes.Contains(data, []byte("\n")) {
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n")) // as Macs of old ended lines, and a spreadsheet still can
	}
	line := 1
	for rest := range bytes.Lines(data) {
		if !utf8.Valid(rest) {
			return nil, app.NewProblem("", "text_line", "line", line)
		}
		line++
	}
	return data, nil
}

// NewReader is Text for a file that is too long to be held: it looks at the beginning alone. The error is an app.Problem,
// or that of reading.
func NewReader(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, headSize)
	head, err := in.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := checkHead(head); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte(mark)) {
		_, err = in.Discard(len(mark))
		return in, err
	}
	return in, nil
}

// checkHead refuses what can't be the beginning of a text in UTF-8.
func checkHead(head []byte) error {
	if kind := kindOf(head, encodings); kind != "" {
		return app.NewProblem("", "text_encoding", "is", kind)
	}
	if kind := kindOf(head, packings); kind != "" {
		return app.NewProblem("", "text_packed", "is", kind)
	}
	if kindOf(head, workbooks) != "" {
		return app.NewProblem("", "text_workbook")
	}
	switch even, odd := zeros(head); {
	case even == 0 && odd == 0:
		return nil
	case (even == 0 || odd == 0) && 4*(even+odd) >= len(head): // Latin letters in UTF-16, without a mark
		return app.NewProblem("", "text_encoding", "is", "UTF-16")
	}
	return app.NewProblem("", "text_binary")
}

// zeros counts the zero bytes at even and at odd places.
func zeros(data []byte) (even, odd int) {
	for i, b := range data {
		switch {
		case b != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	return even, odd
}

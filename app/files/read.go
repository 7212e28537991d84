package files

import (
	"io"

	"github.com/sparekey/sparekey/app"
)

// Read reads a file of at most so many bytes. The error is that of the operating system, which names the file, or an
// app.Problem where the file is larger.
func Read(path string, most int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, app.NewProblem("", "file_large", "file", path, "most", most>>10)
	}
	return data, nil
}

// ReadText is Read for a text: see Text.
func ReadText(path string, most int64) ([]byte, error) {
	data, err := Read(path, most)
	if err != nil {
		return nil, err
	}
	return Text(data)
}

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

const (
	maxBody  = 64 << 10 // bytes, where an operation says nothing else
	maxDepth = 8        // of nested objects; a submission with security answers needs 4
)

// fieldName is how our fields are written, and WebAuthn's (camel case). What encoding/json would take for the same counts
// as the same field.
var fieldName = regexp.MustCompile(`^[a-z][a-zA-Z_]{0,63}$`)

// checkBody reads a body of at most limit bytes, refuses one that is not strict JSON of ours, and puts it back for the
// operation to decode. With a limit of 0 none is wanted.
func checkBody(w http.ResponseWriter, r *http.Request, limit int64) error {
	if limit == 0 && r.ContentLength == 0 {
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return app.Errorf(app.CodeBadRequest, "read the body: %w", err)
	}
	if limit == 0 {
		return nil
	}
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" || !isUTF8(params["charset"]) {
		return app.Errorf(app.CodeBadRequest, "not application/json")
	}
	if err := checkJSON(body); err != nil {
		return app.Errorf(app.CodeBadRequest, "body: %w", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

func isUTF8(name string) bool { return name == "" || strings.EqualFold(name, "utf-8") }

// checkJSON accepts one JSON object in valid UTF-8 (RFC 8259), whose escapes stand for characters: no null, no NUL, no field
// twice, no deep nesting. Its errors don't quote the body.
func checkJSON(body []byte) error {
	if !utf8.Valid(body) || !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
		return errors.New("not an object in UTF-8")
	}
	if wire.HasHalfCharacter(body) {
		return errors.New("half of a character")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := checkValue(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

func checkValue(d *json.Decoder, depth int) error {
	token, err := d.Token()
	if err != nil {
		return errors.New("not JSON")
	}
	switch v := token.(type) {
	case nil:
		return errors.New("null")
	case string:
		if strings.ContainsRune(v, 0) {
			return errors.New("NUL in a string")
		}
	case json.Delim:
		if depth == maxDepth {
			return errors.New("nested too deep")
		}
		return checkContainer(d, v, depth+1)
	}
	return nil
}

func checkContainer(d *json.Decoder, open json.Delim, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			token, err := d.Token()
			if err != nil {
				return errors.New("not JSON")
			}
			key, _ := token.(string)
			same := strings.ToLower(key)
			if !fieldName.MatchString(key) || seen[same] {
				return errors.New("a field with a strange name, or twice")
			}
			seen[same] = true
		}
		if err := checkValue(d, depth); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return errors.New("not JSON")
	}
	return nil
}

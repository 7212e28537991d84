package api_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// witness is a transport that checks every exchange with the served document.
type witness struct {
	t       *testing.T
	doc     map[string]any
	schemas *jsonschema.Compiler
	seen    map[string]bool // "operation status"
}

func newWitness(t *testing.T) *witness {
	doc, _ := document(t)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return &witness{t: t, doc: doc, schemas: c, seen: map[string]bool{}}
}

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, _ := io.ReadAll(r.Body)
	if r.Body = http.NoBody; len(sent) > 0 { // a body that is there, and empty, has no length
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(a.Body)
	if err != nil {
		return nil, err
	}
	_ = a.Body.Close()
	a.Body = io.NopCloser(bytes.NewReader(got))
	w.check(r, sent, a, got)
	return a, nil
}

var (
	flowID        = regexp.MustCompile(`^/v1/flows/[^/]+`)
	versionNumber = regexp.MustCompile(`^/v1/admin/policy/versions/[^/]+`)
)

// check finds the operation in the document and validates what was sent and what came.
func (w *witness) check(r *http.Request, sent []byte, a *http.Response, got []byte) {
	path := flowID.ReplaceAllString(r.URL.Path, "/v1/flows/{id}")
	path = versionNumber.ReplaceAllString(path, "/v1/admin/policy/versions/{number}")
	item, ok := w.doc["paths"].(map[string]any)[path].(map[string]any)
	op, _ := item[strings.ToLower(r.Method)].(map[string]any)
	if !ok || op == nil {
		w.t.Errorf("%s %s is not described", r.Method, path)
		return
	}
	at := "openapi.json#/paths/" + pointer(path) + "/" + strings.ToLower(r.Method)
	if op["requestBody"] != nil {
		w.validate(at+"/requestBody/content/application~1json/schema", sent)
	}
	status := strconv.Itoa(a.StatusCode)
	w.seen[op["operationId"].(string)+" "+status] = true
	response, _ := op["responses"].(map[string]any)[status].(map[string]any)
	if response == nil {
		w.t.Errorf("%s %s: status %s is not described", r.Method, path, status)
		return
	}
	content, _ := response["content"].(map[string]any)
	if content == nil {
		if len(got) != 0 {
			w.t.Errorf("%s %s: %s has no content, got %s", r.Method, path, status, got)
		}
		return
	}
	media := a.Header.Get("Content-Type")
	if content[media] == nil {
		w.t.Errorf("%s %s: %s as %s is not described", r.Method, path, status, media)
		return
	}
	w.validate(at+"/responses/"+status+"/content/"+pointer(media)+"/schema", got)
}

// pointer escapes a token of a JSON pointer in a URI fragment.
func pointer(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B").Replace(s)
}

func (w *witness) validate(location string, data []byte) {
	schema, err := w.schemas.Compile(location)
	if err != nil {
		w.t.Errorf("%s: %v", location, err)
		return
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		w.t.Errorf("%s: %v in %s", location, err, data)
		return
	}
	if err := schema.Validate(value); err != nil {
		w.t.Errorf("%s: %v\nin %s", location, err, data)
	}
}

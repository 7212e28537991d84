package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/sparekey/sparekey/client/wire"
)

const schemas = "#/components/schemas/"

// describe gives huma's configuration: JSON only, none of its extra routes, no "$schema" in replies.
func describe(version string) huma.Config {
	registry := huma.NewMapRegistry(schemas, huma.DefaultSchemaNamer)
	registry.RegisterTypeAlias(reflect.TypeFor[wire.Step](), reflect.TypeFor[stepUnion]())
	registry.RegisterTypeAlias(reflect.TypeFor[wire.Input](), reflect.TypeFor[inputUnion]())
	bearer := func(what string) *huma.SecurityScheme {
		return &huma.SecurityScheme{Type: "http", Scheme: "bearer", Description: what}
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Sparekey", Version: version, License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}},
			Components: &huma.Components{Schemas: registry, SecuritySchemes: map[string]*huma.SecurityScheme{
				"flow":    bearer("a flow's token, from the answer to start-flow"),
				"session": bearer("a session's access token"),
				"script":  bearer("a token for scripts that has the operation's scope (x-scope)"),
			}},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
	}
}

// serveDescription serves the finished document at /openapi.json. It is no operation: it calls no service.
func (s *server) serveDescription(mux *http.ServeMux) {
	document, err := json.Marshal(s.huma.OpenAPI())
	if err != nil {
		panic("api: the description can't be written: " + err.Error())
	}
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) {
		noteRoute(r.Context(), "GET /openapi.json")
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(document) // a caller that hung up does not read it
	})
}

// stepUnion and inputUnion describe the tagged unions of package wire.
type (
	stepUnion  struct{}
	inputUnion struct{}
)

// Schema lists the forms of a step.
func (stepUnion) Schema(r huma.Registry) *huma.Schema { return oneOf(r, wire.Steps()) }

// Schema lists the forms of an input.
func (inputUnion) Schema(r huma.Registry) *huma.Schema { return oneOf(r, wire.Inputs()) }

func oneOf(r huma.Registry, forms map[string]any) *huma.Schema {
	s := &huma.Schema{Discriminator: &huma.Discriminator{PropertyName: "type", Mapping: map[string]string{}}}
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		ref := r.Schema(reflect.TypeOf(forms[name]), true, name)
		s.OneOf = append(s.OneOf, ref)
		s.Discriminator.Mapping[name] = ref.Ref
	}
	return s
}

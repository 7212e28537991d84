package api

import (
	"context"
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/sparekey/sparekey/app"
)

func TestAnOperationWithoutRolesCannotBeRegistered(t *testing.T) {
	for name, roles := range map[string][]app.Role{"none": nil, "empty": {}, "unknown": {"root"}} {
		s := &server{huma: humago.New(http.NewServeMux(), describe("test"))}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: registered", name)
				}
			}()
			register(s, get("odd", "/v1/odd", "odd", roles),
				func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
		}()
	}
}

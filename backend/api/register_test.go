package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"reflect"
	"strconv"
	"testing"

	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
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

// The bounds of a file in its form, and of the body around it, are those that wire names: in base64, as it travels.
func TestTheLargestFileFits(t *testing.T) {
	for form, field := range map[reflect.Type]struct {
		name       string
		most, body int
	}{
		reflect.TypeFor[wire.PolicyDraft]():  {"Document", wire.MaxPolicy, policyBody},
		reflect.TypeFor[wire.ContactsFile](): {"Content", wire.MaxContacts, contactsBody},
	} {
		sent := base64.StdEncoding.EncodedLen(field.most)
		f, _ := form.FieldByName(field.name)
		if f.Tag.Get("maxLength") != strconv.Itoa(sent) {
			t.Errorf("%s.%s: maxLength %s, the largest file is %d long", form, f.Name, f.Tag.Get("maxLength"), sent)
		}
		if rest := field.body - sent; rest < 60<<10 || rest > maxBody {
			t.Errorf("%s: %d bytes of the body are left for other fields", form, rest)
		}
	}
}

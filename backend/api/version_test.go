package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

func TestTheVersionIsAgreedOnBeforeAnythingElse(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	asking := func(said ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/v1/organisation", nil)
		r.Header[http.CanonicalHeaderKey(wire.VersionHeader)] = said
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get(wire.VersionHeader); got != wire.Spoken.String() {
			t.Errorf("%q: the server says %q of itself", said, got)
		}
		return w
	}
	newer := wire.Versions{Oldest: wire.Spoken.Newest + 1, Newest: wire.Spoken.Newest + 3}
	wantProblem(t, "a newer app", asking(newer.String()), app.CodeServerOld)
	for _, odd := range [][]string{{"odd"}, {"0-0"}, {"2-1"}, {wire.Spoken.String(), wire.Spoken.String()}} {
		wantProblem(t, odd[0], asking(odd...), app.CodeBadRequest)
	}
	if n := f.reached(); n != 0 {
		t.Errorf("%d calls reached a service", n)
	}
	wider := wire.Versions{Oldest: wire.Spoken.Oldest, Newest: wire.Spoken.Newest + 3}
	for _, good := range [][]string{nil, {wire.Spoken.String()}, {wider.String()}} {
		if w := asking(good...); w.Code != http.StatusOK {
			t.Errorf("%q: %d", good, w.Code)
		}
	}
}

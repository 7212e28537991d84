package api

import (
	"net/http"
	"strings"

	"github.com/sparekey/sparekey/app"
)

// Pages answer browsers below app.ObjectionPath. They are admitted as any request is.
type Pages interface {
	// Show answers GET and HEAD, and Act POST. An error of theirs, when nothing was answered, goes to Refuse.
	Show(w http.ResponseWriter, r *http.Request, token app.Secret) error
	Act(w http.ResponseWriter, r *http.Request, token app.Secret) error
	Refuse(w http.ResponseWriter, r *http.Request, status int, code app.Code)
}

// maxForm is how many bytes the body of a page's form may have: there is nothing in it that is read.
const maxForm = 4 << 10

// servePages serves them, if there are any. The token is the right to what the page does, so no log, figure or trace has the path.
func (s *server) servePages(mux *http.ServeMux) {
	if s.Pages == nil {
		return
	}
	for method, serve := range map[string]func(http.ResponseWriter, *http.Request, app.Secret) error{
		http.MethodGet: s.Pages.Show, http.MethodPost: s.Pages.Act,
	} {
		route := method + " " + app.ObjectionPath + "{token}"
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
			noteRoute(r.Context(), route)
			if r.ContentLength > maxForm {
				s.refuse(w, r, app.Errorf(app.CodeBadRequest, "a large form"))
				return
			}
			caller := app.Caller{Role: app.RoleAnyone, Origin: s.origin(r), Request: noteOf(r.Context()).id}
			token := app.NewSecret(r.PathValue("token"))
			if err := serve(w, r.WithContext(app.WithCaller(r.Context(), caller)), token); err != nil {
				s.refuse(w, r, err)
			}
		})
	}
}

// isPage reports whether a browser asks for a page, so that a refusal has to be one.
func (s *server) isPage(r *http.Request) bool {
	return s.Pages != nil && strings.HasPrefix(r.URL.Path, app.ObjectionPath)
}

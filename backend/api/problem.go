package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// Problem is a wire.Problem as huma wants its errors.
type Problem struct{ wire.Problem }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType gives the media type of problems (RFC 9457, section 3).
func (p *Problem) ContentType(string) string { return wire.ProblemType }

// Error gives the code.
func (p *Problem) Error() string { return p.Code }

// problem turns err, and the flow as it stands beside it, into what leaves: the code, never the cause, which only the
// log gets. What is no *app.Error leaves as CodeInternal.
func (s *server) problem(ctx context.Context, err error, f app.Flow) error {
	p, werr := wire.NewProblem(err, f)
	if werr != nil {
		err = werr
		p, _ = wire.NewProblem(err, app.Flow{})
	}
	if p.At.IsZero() {
		p.At = wire.Time(s.Clock.Now())
	}
	if p.Support == "" {
		p.Support = f.Support
	}
	noteProblem(ctx, p, err)
	if p.Support == "" {
		p.Support = noteOf(ctx).id
	}
	return &Problem{p}
}

// refuse answers with err where no operation is at work.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var p *Problem
	if !errors.As(s.problem(r.Context(), err, app.Flow{}), &p) {
		return
	}
	if s.isPage(r) {
		s.Pages.Refuse(w, r, p.Status, app.Code(p.Code))
		return
	}
	w.Header().Set("Content-Type", wire.ProblemType)
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(w).Encode(p) // a caller that hung up does not read it
	}
}

// humaError stands in for huma's own errors, which would echo what was sent. Whatever they are, the request was
// malformed, unless the fault is ours.
func humaError(status int, _ string, errs ...error) huma.StatusError {
	code := app.CodeBadRequest
	if status >= http.StatusInternalServerError {
		code = app.CodeInternal
	}
	p, _ := wire.NewProblem(&app.Error{Code: code}, app.Flow{}) // can't fail without a flow
	return &Problem{p}
}

func humaErrorIn(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	e := humaError(status, msg, errs...)
	noteProblem(ctx.Context(), e.(*Problem).Problem, errors.New("refused before the operation: "+msg))
	return e
}

// problemStatuses lists the statuses that a problem may have.
func problemStatuses() []int {
	var statuses []int
	for _, code := range wire.Codes() {
		if status := wire.StatusOf(code); !slices.Contains(statuses, status) {
			statuses = append(statuses, status)
		}
	}
	return statuses
}

package wire

import (
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
)

// ProblemType is the media type of a Problem (RFC 9457, section 3).
const ProblemType = "application/problem+json"

const problemURN = "urn:sparekey:problem:"

// Problem is an *app.Error as an RFC 9457 problem. It has no "detail": the reply is a code, and the words are the
// window's. The error's cause does not cross.
type Problem struct {
	Type      string            `json:"type" doc:"urn:sparekey:problem:<code>"`
	Title     string            `json:"title" doc:"the code"`
	Status    int               `json:"status" minimum:"400" maximum:"599"`
	Code      string            `json:"code"`
	Field     string            `json:"field,omitempty" doc:"the input's field that caused it"`
	At        Time              `json:"at,omitzero" format:"date-time"`
	RetryAt   Time              `json:"retry_at,omitzero" format:"date-time"`
	TriesLeft int               `json:"tries_left,omitempty" minimum:"0"`
	Params    map[string]string `json:"params,omitempty"`
	Support   string            `json:"support,omitempty" doc:"finds the audit trail"`
	Flow      *Flow             `json:"flow,omitempty" doc:"the flow as it now stands"`
}

// NewProblem gives the problem for err, and beside it the flow as it stands (one without an ID is left out). An err
// that is no *app.Error becomes CodeInternal and says nothing else.
func NewProblem(err error, flow app.Flow) (Problem, error) {
	var e *app.Error
	if !errors.As(err, &e) {
		e = &app.Error{Code: app.CodeInternal}
	}
	p := Problem{
		Type: problemURN + string(e.Code), Title: string(e.Code), Status: StatusOf(e.Code), Code: string(e.Code),
		Field: e.Field, At: Time(e.At), RetryAt: Time(e.RetryAt), TriesLeft: e.TriesLeft,
		Params: e.Params, Support: e.Support,
	}
	if flow.ID == "" {
		return p, nil
	}
	f, ferr := NewFlow(flow)
	if ferr != nil {
		return Problem{}, ferr
	}
	p.Flow = &f
	return p, nil
}

// Domain gives the error and the flow beside it. A code that this program does not know becomes the one that stands
// for the HTTP status.
func (p Problem) Domain() (*app.Error, app.Flow) {
	e := &app.Error{
		Code: app.Code(p.Code), Field: p.Field, At: time.Time(p.At), RetryAt: time.Time(p.RetryAt),
		TriesLeft: p.TriesLeft, Params: p.Params, Support: p.Support,
	}
	if !known(e.Code) {
		e.Code = CodeOf(p.Status)
	}
	if p.Flow == nil {
		return e, app.Flow{}
	}
	return e, p.Flow.Domain()
}

func known(code app.Code) bool {
	for _, row := range table {
		if row.code == code {
			return true
		}
	}
	return false
}

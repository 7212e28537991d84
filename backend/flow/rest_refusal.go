package flow

import (
	"encoding/json"
	"time"

	"github.com/sparekey/sparekey/app"
)

// refusalForm is the form of the refusal that a flow's last submission got. Its cause is not kept.
type refusalForm struct {
	Code      app.Code          `json:"Code"`
	Field     string            `json:"Field"`
	At        time.Time         `json:"At"`
	RetryAt   time.Time         `json:"RetryAt"`
	TriesLeft int               `json:"TriesLeft"`
	Params    map[string]string `json:"Params"`
	Support   string            `json:"Support"`
	Cause     error             `json:"-"`
}

func encodeRefusal(e *app.Error) ([]byte, error) {
	data, err := json.Marshal((*refusalForm)(e))
	if err != nil {
		return nil, app.Errorf(app.CodeInternal, "encode an answer: %w", err)
	}
	return data, nil
}

func decodeRefusal(data []byte) (*app.Error, error) {
	var w refusalForm
	if err := json.Unmarshal(data, &w); err != nil {
		return nil, app.Errorf(app.CodeInternal, "decode an answer: %w", err)
	}
	return (*app.Error)(&w), nil
}

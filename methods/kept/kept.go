// Package kept is what a method keeps at rest: the state of a conversation between two turns, and a credential. Both are
// JSON that says whose it is, and a state says what it was made for. What belongs to another person or another use, and
// what holds more than its method writes, is refused.
package kept

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/sparekey/sparekey/app"
)

// Use is the half of a method that a state was made for.
type Use string

// The uses.
const (
	Enrol Use = "enrol"
	Prove Use = "prove"
)

// Owned says whose a state or a credential is; both embed it.
type Owned struct {
	Owner app.AccountID `json:"owner"`
}

// By is what is kept for the person of a turn.
func By(t app.Turn) Owned { return Owned{Owner: t.Person.Account} }

func (o Owned) owner() app.AccountID { return o.Owner }

// For says what a state was made for; each state embeds it.
type For struct {
	Use Use `json:"use"`
}

func (f For) use() Use { return f.Use }

// Credential is the secret part of a credential, in the form of its method: a struct that embeds Owned.
type Credential interface{ owner() app.AccountID }

// State is a method's state between two turns, in the form of its method: a struct that embeds Owned and For.
type State interface {
	Credential
	madeFor
}

type madeFor interface{ use() Use }

// Encode writes a state or a credential.
func Encode(c Credential) ([]byte, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("keep %T: %w", c, err)
	}
	return data, nil
}

// Result is a turn that keeps a state and goes on with step; nil for none.
func Result(s State, step app.Step) (app.Result, error) {
	data, err := Encode(s)
	if err != nil {
		return app.Result{}, err
	}
	return app.Result{State: data, Step: step}, nil
}

// ReadState takes the turn's state, made for the same person and this use. CodeNotNow where nothing began.
func ReadState[S State](t app.Turn, use Use) (S, error) {
	var none S
	if t.State == nil {
		return none, &app.Error{Code: app.CodeNotNow}
	}
	s, err := readOwned[S](t, t.State)
	if err != nil {
		return none, err
	}
	if s.use() != use {
		return none, app.Errorf(app.CodeInternal, "%T: made for another use", s)
	}
	return s, nil
}

// ReadCredential takes the secret part of a credential of the turn's person.
func ReadCredential[C Credential](t app.Turn, secret []byte) (C, error) {
	return readOwned[C](t, secret)
}

func readOwned[C Credential](t app.Turn, data []byte) (C, error) {
	c, err := Decode[C](data)
	if err != nil {
		return c, err
	}
	if c.owner() != t.Person.Account {
		var none C
		return none, app.Errorf(app.CodeInternal, "%T: made for another person", c)
	}
	return c, nil
}

// Decode reads what Encode wrote for any owner, and nothing else. The cause names no content.
func Decode[C Credential](data []byte) (C, error) {
	var c, none C
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(&c) != nil || d.InputOffset() != int64(len(data)) {
		return none, app.Errorf(app.CodeInternal, "%T: malformed", c)
	}
	return c, nil
}

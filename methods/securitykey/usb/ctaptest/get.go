package ctaptest

import (
	"bytes"
)

type getRequest struct {
	RPID     string          `cbor:"1,keyasint"`
	Hash     []byte          `cbor:"2,keyasint"`
	Allow    []descriptor    `cbor:"3,keyasint"`
	Options  map[string]bool `cbor:"5,keyasint"`
	Auth     *[]byte         `cbor:"6,keyasint"`
	Protocol int             `cbor:"7,keyasint"`
}

type getAnswer struct {
	Credential descriptor `cbor:"1,keyasint"`
	AuthData   []byte     `cbor:"2,keyasint"`
	Signature  []byte     `cbor:"3,keyasint"`
	User       *user      `cbor:"4,keyasint,omitempty"`
	Count      int        `cbor:"5,keyasint,omitempty"`
}

// assertion is what getNextAssertion goes on with.
type assertion struct {
	hash []byte
	flag byte
	left []*credential
	many bool
}

// getAssertion is authenticatorGetAssertion (section 6.2).
func (c *call) getAssertion(r getRequest) (any, error) {
	k := c.k
	if r.RPID == "" || len(r.Hash) == 0 {
		return nil, errMissingParameter
	}
	verified, err := c.verify(verification{r.Auth, r.Protocol, r.Hash, mayGet, r.RPID, r.Options["uv"]})
	if err != nil {
		return nil, err
	}
	found := k.find(r.RPID, r.Allow, verified)
	if len(found) == 0 {
		return nil, errNoCredentials
	}
	if len(r.Allow) > 0 {
		found = found[:1]
	}
	a := &assertion{hash: r.Hash, left: found, many: len(found) > 1}
	if verified {
		a.flag |= flagVerified
	}
	if up, is := r.Options["up"]; !is || up {
		if err := c.wait(k.touch); err != nil {
			return nil, err
		}
		a.flag |= flagPresent
		k.now.token.may = 0
	}
	answer := k.assert(a)
	if a.many {
		answer.Count = len(found)
		k.now.asserting = a
	}
	return answer, nil
}

// nextAssertion is authenticatorGetNextAssertion (section 6.3).
func (c *call) nextAssertion() (any, error) {
	a := c.k.now.asserting
	if a == nil || len(a.left) == 0 {
		return nil, errNotAllowed
	}
	return c.k.assert(a), nil
}

// assert signs with the next credential. Who it belongs to shows only to somebody verified.
func (k *Key) assert(a *assertion) getAnswer {
	c := a.left[0]
	a.left = a.left[1:]
	data := k.authData(c.rp.ID, a.flag, nil)
	answer := getAnswer{
		Credential: descriptor{ID: c.id, Type: "public-key"}, AuthData: data,
		Signature: sign(c.private, append(bytes.Clone(data), a.hash...)),
	}
	if c.discoverable {
		answer.User = &user{ID: c.user.ID}
		if a.many && a.flag&flagVerified != 0 {
			*answer.User = c.user
		}
	}
	return answer
}

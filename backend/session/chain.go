package session

import (
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// A refresh token names its session and its generation, which a keyed hash vouches for: one that was rotated away is known
// at any length of the chain, though hashes of the last two alone are kept (docs/adr/0017). What it gives a right to, its 256
// random bits do, and the kept hash of the whole of it.
//
//	<session>.<generation>.<256 random bits>.<keyed hash of what stands before>

// refreshToken is a refresh token that somebody presents.
type refreshToken struct {
	hash       []byte
	session    app.SessionID // empty where it is none of ours, or of a version that put no name into it
	generation int
}

// newRefresh makes a refresh token of the session's generation.
func (o *operation) newRefresh(rec port.SessionRecord) (app.Secret, []byte, error) {
	random, _, err := o.NewToken()
	if err != nil {
		return app.Secret{}, nil, err
	}
	named := fmt.Sprintf("%s.%d.%s", rec.ID, rec.Generation, random.Reveal())
	token := named + "." + o.vouch(named)
	return app.NewSecret(token), core.Digest(token), nil
}

func (o *operation) vouch(named string) string {
	return base64.RawURLEncoding.EncodeToString(o.Sealer.Index("refresh", named))
}

// readRefresh reads a token that is presented.
func (o *operation) readRefresh(presented app.Secret) refreshToken {
	t := refreshToken{hash: core.Digest(presented.Reveal())}
	cut := strings.LastIndexByte(presented.Reveal(), '.')
	if cut < 0 {
		return t
	}
	named, vouched := presented.Reveal()[:cut], presented.Reveal()[cut+1:]
	parts := strings.Split(named, ".")
	if len(parts) != 3 || !hmac.Equal([]byte(vouched), []byte(o.vouch(named))) {
		return t
	}
	if n, err := strconv.Atoi(parts[1]); err == nil {
		t.session, t.generation = app.SessionID(parts[0]), n
	}
	return t
}

// use is what presenting a token amounts to.
type use int

const (
	unknown  use = iota // it stands for no session
	over                // its session has ended
	present             // the next pair is due
	again               // the answer with the present pair may have been lost
	replaced            // never received, since another was given in its place, or the session's level rose meanwhile
	reused              // it was rotated away, and somebody holds a later one
)

// placeOf says where in the session's chain a token stands.
func (o *operation) placeOf(rec port.SessionRecord, t refreshToken) use {
	switch {
	case !o.Good(rec):
		return over
	case hmac.Equal(rec.RefreshHash, t.hash):
		return present
	case hmac.Equal(rec.PreviousHash, t.hash) && !rec.Used:
		return again
	case hmac.Equal(rec.PreviousHash, t.hash):
		return reused
	case t.session != rec.ID:
		return unknown
	case !rec.Used && t.generation >= rec.Generation-1:
		return replaced
	}
	return reused
}

package ctaptest

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// Subcommands of credentialManagement (section 6.8).
const (
	manageCount     = 1
	manageRPs       = 2
	manageNextRP    = 3
	manageOfRP      = 4
	manageNextOfRP  = 5
	manageDelete    = 6
	manageUpdateOne = 7
)

// listing is an enumeration under way.
type listing struct {
	rps   []relyingParty
	creds []*credential
}

type manageRequest struct {
	Sub      int             `cbor:"1,keyasint"`
	Params   cbor.RawMessage `cbor:"2,keyasint"`
	Protocol int             `cbor:"3,keyasint"`
	Auth     []byte          `cbor:"4,keyasint"`
}

type manageParams struct {
	RPHash     []byte     `cbor:"1,keyasint"`
	Credential descriptor `cbor:"2,keyasint"`
	User       user       `cbor:"3,keyasint"`
}

type manageAnswer struct {
	Existing   *int          `cbor:"1,keyasint,omitempty"`
	Left       *int          `cbor:"2,keyasint,omitempty"`
	RP         *relyingParty `cbor:"3,keyasint,omitempty"`
	RPHash     []byte        `cbor:"4,keyasint,omitempty"`
	RPs        int           `cbor:"5,keyasint,omitempty"`
	User       *user         `cbor:"6,keyasint,omitempty"`
	Credential *descriptor   `cbor:"7,keyasint,omitempty"`
	Public     map[int]any   `cbor:"8,keyasint,omitempty"`
	Count      int           `cbor:"9,keyasint,omitempty"`
	Protect    int           `cbor:"10,keyasint,omitempty"`
}

// manage is authenticatorCredentialManagement.
func (c *call) manage(r manageRequest) (any, error) {
	k := c.k
	switch r.Sub {
	case manageNextRP:
		return k.nextRP(0)
	case manageNextOfRP:
		return k.nextOfRP(0)
	}
	if err := k.verified(r.Protocol, append([]byte{byte(r.Sub)}, r.Params...), r.Auth, mayManage, ""); err != nil {
		return nil, err
	}
	var p manageParams
	if len(r.Params) > 0 {
		if err := cbor.Unmarshal(r.Params, &p); err != nil {
			return nil, err
		}
	}
	switch r.Sub {
	case manageCount:
		if k.o.NoMetadata {
			return nil, errInvalidSub
		}
		kept, left := k.kept(), k.o.Room-k.kept()
		return manageAnswer{Existing: &kept, Left: &left}, nil
	case manageRPs:
		k.now.listing.rps = k.relyingParties()
		return k.nextRP(total(len(k.now.listing.rps), k.o.NoTotalRPs))
	case manageOfRP:
		k.now.listing.creds = k.ofRP(p.RPHash)
		return k.nextOfRP(total(len(k.now.listing.creds), k.o.NoTotalOfRP))
	case manageDelete:
		return nil, k.remove(p.Credential.ID)
	case manageUpdateOne:
		return nil, k.update(p)
	}
	return nil, errInvalidSub
}

func (k *Key) relyingParties() []relyingParty {
	var all []relyingParty
	for _, c := range k.store.credentials {
		if c.discoverable && !slices.ContainsFunc(all, func(rp relyingParty) bool { return rp.ID == c.rp.ID }) {
			all = append(all, c.rp)
		}
	}
	return all
}

func (k *Key) ofRP(hash []byte) []*credential {
	var all []*credential
	for _, c := range k.store.credentials {
		if is := sha256.Sum256([]byte(c.rp.ID)); c.discoverable && bytes.Equal(is[:], hash) {
			all = append(all, c)
		}
	}
	return all
}

func (k *Key) nextRP(total int) (any, error) {
	l := &k.now.listing
	if len(l.rps) == 0 {
		return k.o.none(errNoCredentials)
	}
	rp := l.rps[0]
	l.rps = l.rps[1:]
	hash := sha256.Sum256([]byte(rp.ID))
	rp.ID = k.o.listed(rp.ID)
	return manageAnswer{RP: &rp, RPHash: hash[:], RPs: total}, nil
}

func (k *Key) nextOfRP(total int) (any, error) {
	l := &k.now.listing
	if len(l.creds) == 0 {
		return k.o.none(errNoCredentials)
	}
	c := l.creds[0]
	l.creds = l.creds[1:]
	return manageAnswer{
		User: &c.user, Credential: &descriptor{ID: c.id, Type: "public-key"}, Public: c.cose(), Count: total,
		Protect: max(c.protect, 1),
	}, nil
}

func (k *Key) at(id []byte) int {
	return slices.IndexFunc(k.store.credentials, func(c *credential) bool { return bytes.Equal(c.id, id) })
}

func (k *Key) remove(id []byte) error {
	i := k.at(id)
	if i < 0 {
		return errNoCredentials
	}
	k.store.credentials = slices.Delete(k.store.credentials, i, i+1)
	return nil
}

func (k *Key) update(p manageParams) error {
	i := k.at(p.Credential.ID)
	if i < 0 {
		return errNoCredentials
	}
	k.store.credentials[i].user = p.User
	return nil
}

package ctaptest

import (
	"bytes"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// Subcommands of bioEnrollment (section 6.7).
const (
	bioBegin  = 1
	bioNext   = 2
	bioCancel = 3
	bioList   = 4
	bioName   = 5
	bioRemove = 6
	bioSensor = 7
)

// Status of a sample (section 6.7.4).
const (
	sampleGood   = 0x00
	samplePoor   = 0x07
	sampleNobody = 0x0d
)

const (
	samples    = 4 // good ones that make a template
	maxFingers = 5
	maxName    = 64 // bytes
)

type template struct {
	id   []byte
	name string
}

// enrolment is one under way.
type enrolment struct {
	id   []byte
	left int
}

type bioRequest struct {
	Modality int             `cbor:"1,keyasint"`
	Sub      int             `cbor:"2,keyasint"`
	Params   cbor.RawMessage `cbor:"3,keyasint"`
	Protocol int             `cbor:"4,keyasint"`
	Auth     []byte          `cbor:"5,keyasint"`
	Get      bool            `cbor:"6,keyasint"`
}

type bioParams struct {
	ID   []byte `cbor:"1,keyasint"`
	Name string `cbor:"2,keyasint"`
}

type bioFinger struct {
	ID   []byte `cbor:"1,keyasint"`
	Name string `cbor:"2,keyasint,omitempty"`
}

type bioAnswer struct {
	Modality int         `cbor:"1,keyasint,omitempty"`
	Kind     int         `cbor:"2,keyasint,omitempty"`
	Samples  int         `cbor:"3,keyasint,omitempty"`
	ID       []byte      `cbor:"4,keyasint,omitempty"`
	Status   *int        `cbor:"5,keyasint,omitempty"`
	Left     *int        `cbor:"6,keyasint,omitempty"`
	Fingers  []bioFinger `cbor:"7,keyasint,omitempty"`
	MaxName  int         `cbor:"8,keyasint,omitempty"`
}

// bio is authenticatorBioEnrollment.
func (c *call) bio(r bioRequest) (any, error) {
	k := c.k
	switch {
	case r.Get:
		return bioAnswer{Modality: 1}, nil
	case r.Sub == bioSensor:
		return bioAnswer{Modality: 1, Kind: 1, Samples: samples, MaxName: maxName}, nil
	case r.Sub == bioCancel:
		k.now.enrolling = nil
		return nil, nil
	}
	if err := k.verified(r.Protocol, append([]byte{1, byte(r.Sub)}, r.Params...), r.Auth, mayEnrol, ""); err != nil {
		return nil, err
	}
	var p bioParams
	if len(r.Params) > 0 {
		if err := cbor.Unmarshal(r.Params, &p); err != nil {
			return nil, err
		}
	}
	switch r.Sub {
	case bioBegin:
		if len(k.store.fingers) >= maxFingers {
			return nil, errFingersFull
		}
		k.now.enrolling = &enrolment{id: random(2), left: samples}
		return c.sample()
	case bioNext:
		return c.sample()
	case bioList:
		return k.fingerList()
	case bioName, bioRemove:
		return nil, k.changeFinger(r.Sub, p)
	}
	return nil, errInvalidSub
}

// sample takes one: what the gate does not grant is a poor sample, or nobody.
func (c *call) sample() (any, error) {
	e := c.k.now.enrolling
	if e == nil {
		return nil, errNotAllowed
	}
	how := sampleGood
	switch err := c.wait(c.k.finger); err {
	case nil:
		e.left--
	case errUVInvalid:
		how = samplePoor
	case errActionTimeout:
		how = sampleNobody
	default:
		return nil, err
	}
	if e.left == 0 {
		c.k.store.fingers = append(c.k.store.fingers, &template{id: e.id})
		c.k.now.enrolling = nil
	}
	return bioAnswer{ID: e.id, Status: &how, Left: &e.left}, nil
}

func (k *Key) fingerList() (any, error) {
	var a bioAnswer
	for _, t := range k.store.fingers {
		a.Fingers = append(a.Fingers, bioFinger{ID: t.id, Name: t.name})
	}
	if a.Fingers == nil {
		return k.o.none(errInvalidOption)
	}
	return a, nil
}

func (k *Key) changeFinger(sub int, p bioParams) error {
	i := slices.IndexFunc(k.store.fingers, func(t *template) bool { return bytes.Equal(t.id, p.ID) })
	switch {
	case i < 0, len(p.Name) > maxName:
		return errInvalidOption
	case sub == bioName:
		k.store.fingers[i].name = p.Name
	default:
		k.store.fingers = slices.Delete(k.store.fingers, i, i+1)
	}
	return nil
}

package wire

import "github.com/sparekey/sparekey/app"

// ProveWork is the form of app.ProveWork.
type ProveWork struct {
	Type    string    `json:"type" const:"prove_work"`
	Salt    Base64URL `json:"salt"`
	Memory  int       `json:"memory" doc:"KiB"`
	Passes  int       `json:"passes"`
	Bits    int       `json:"bits"`
	Expires Time      `json:"expires,omitzero" format:"date-time"`
}

func newProveWork(s app.ProveWork) ProveWork {
	return ProveWork{Salt: s.Salt, Memory: s.Memory, Passes: s.Passes, Bits: s.Bits, Expires: Time(s.Expires)}
}

func (w ProveWork) domain() app.ProveWork {
	return app.ProveWork{Salt: w.Salt, Memory: w.Memory, Passes: w.Passes, Bits: w.Bits, Expires: w.Expires.domain()}
}

// GiveWork is the form of app.GiveWork.
type GiveWork struct {
	Type  string `json:"type" const:"give_work"`
	Nonce int64  `json:"nonce" minimum:"0" maximum:"9007199254740991"`
}

func newGiveWork(in app.GiveWork) GiveWork { return GiveWork{Nonce: in.Nonce} }

func (w GiveWork) domain() app.GiveWork { return app.GiveWork{Nonce: w.Nonce} }

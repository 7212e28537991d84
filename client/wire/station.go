package wire

import (
	"crypto/ed25519"

	"github.com/sparekey/sparekey/app"
)

// EnrolStation is the form of app.EnrolStation.
type EnrolStation struct {
	Code  string `json:"code" maxLength:"64"`
	Key   []byte `json:"key" maxLength:"44" doc:"the station's public key: Ed25519 (RFC 8032), 32 bytes"`
	Proof []byte `json:"proof" maxLength:"88" doc:"that the station has the private key: its signature, docs/stations.md says of what"`
}

// NewEnrolStation gives the form of e.
func NewEnrolStation(e app.EnrolStation) EnrolStation {
	return EnrolStation{Code: e.Code.Reveal(), Key: e.Key, Proof: e.Proof}
}

// Domain gives what is asked for.
func (w EnrolStation) Domain() app.EnrolStation {
	return app.EnrolStation{Code: app.NewSecret(w.Code), Key: ed25519.PublicKey(w.Key), Proof: w.Proof}
}

// OwnStation is what a station may know of itself.
type OwnStation struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// NewOwnStation gives the form of s.
func NewOwnStation(s app.Station) OwnStation { return OwnStation{ID: string(s.ID), Name: s.Name} }

// Domain gives the station, as far as it knows itself.
func (w OwnStation) Domain() app.Station {
	return app.Station{ID: app.StationID(w.ID), Name: w.Name}
}

// Station is the form of app.Station.
type Station struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Invited   Time           `json:"invited,omitzero" format:"date-time"`
	InvitedBy string         `json:"invited_by,omitempty"`
	CodeEnds  Time           `json:"code_ends,omitzero" format:"date-time" doc:"the last instant of its one-time code"`
	Enrolled  Time           `json:"enrolled,omitzero" format:"date-time" doc:"left out while it is only invited"`
	Used      Time           `json:"used,omitzero" format:"date-time" doc:"the last time, to ten minutes; left out: never"`
	Paused    Time           `json:"paused,omitzero" format:"date-time" doc:"since when; left out where it is not"`
	Revoked   Time           `json:"revoked,omitzero" format:"date-time" doc:"left out where it is not"`
	Health    *StationHealth `json:"health,omitempty" doc:"how it is, of list-stations alone; left out while it is only invited"`
}

// NewStation gives the form of s.
func NewStation(s app.Station) Station {
	w := Station{
		ID: string(s.ID), Name: s.Name, Invited: Time(s.Invited), InvitedBy: s.InvitedBy, CodeEnds: Time(s.CodeEnds),
		Enrolled: Time(s.Enrolled), Used: Time(s.Used), Paused: Time(s.Paused), Revoked: Time(s.Revoked),
	}
	if h := s.Health; h != nil {
		form := NewStationHealth(*h)
		w.Health = &form
	}
	return w
}

// Domain gives the station.
func (w Station) Domain() app.Station {
	s := app.Station{
		ID: app.StationID(w.ID), Name: w.Name, Invited: w.Invited.domain(), InvitedBy: w.InvitedBy, CodeEnds: w.CodeEnds.domain(),
		Enrolled: w.Enrolled.domain(), Used: w.Used.domain(), Paused: w.Paused.domain(), Revoked: w.Revoked.domain(),
	}
	if h := w.Health; h != nil {
		said := h.Domain()
		s.Health = &said
	}
	return s
}

// Stations are all of them.
type Stations struct {
	Stations []Station `json:"stations" nullable:"false" doc:"by name"`
}

// NewStations gives the form of all.
func NewStations(all []app.Station) Stations { return Stations{list(all, NewStation)} }

// Domain gives all.
func (w Stations) Domain() []app.Station { return unlist(w.Stations, Station.Domain) }

// InviteStation is the body that invites a station.
type InviteStation struct {
	Name string `json:"name" maxLength:"256"`
}

// StationInvited is the form of app.StationInvited: it carries the code itself, once.
type StationInvited struct {
	Station Station `json:"station"`
	Code    string  `json:"code"`
}

// NewStationInvited gives the form of i.
func NewStationInvited(i app.StationInvited) StationInvited {
	return StationInvited{NewStation(i.Station), i.Code.Reveal()}
}

// Domain gives the invitation.
func (w StationInvited) Domain() app.StationInvited {
	return app.StationInvited{Station: w.Station.Domain(), Code: app.NewSecret(w.Code)}
}

// ChangeStation is the form of app.ChangeStation, without who asks: the server knows who calls.
type ChangeStation struct {
	ID   string `json:"id" maxLength:"64"`
	What string `json:"what" enum:"pause,resume,revoke,rename"`
	Name string `json:"name,omitempty" maxLength:"256" doc:"the new one, where it is renamed"`
}

// NewChangeStation gives the form of c.
func NewChangeStation(c app.ChangeStation) ChangeStation {
	return ChangeStation{ID: string(c.ID), What: string(c.What), Name: c.Name}
}

// Domain gives the change as a caller asks for it.
func (w ChangeStation) Domain(by app.AccountID) app.ChangeStation {
	return app.ChangeStation{ID: app.StationID(w.ID), What: app.StationChange(w.What), Name: w.Name, By: string(by)}
}

package ldap

// Code is what is wrong, or worth to be known.
type Code string

// The codes.
const (
	NoneFound        Code = "none_found"
	Unresolved       Code = "unresolved"
	Unreached        Code = "unreached"
	TLSNone          Code = "tls_none"
	TLSSoon          Code = "tls_soon"
	TLSExpired       Code = "tls_expired"
	TLSNameless      Code = "tls_nameless"
	TLSName          Code = "tls_name"
	TLSUnknown       Code = "tls_unknown"
	BindExpired      Code = "bind_expired"
	BindDisabled     Code = "bind_disabled"
	BindLocked       Code = "bind_locked"
	BindWrong        Code = "bind_wrong"
	BindFailed       Code = "bind_failed"
	BaseMissing      Code = "base_missing"
	Unanswered       Code = "unanswered"
	PolicyUnnamed    Code = "policy_unnamed"
	PolicyUnread     Code = "policy_unread"
	PolicyMissing    Code = "policy_missing"
	GroupUnknown     Code = "group_unknown"
	GroupEmpty       Code = "group_empty"
	PersonUnknown    Code = "person_unknown"
	PersonElsewhere  Code = "person_elsewhere"
	PersonProtected  Code = "person_protected"
	PersonDisabled   Code = "person_disabled"
	PersonExpired    Code = "person_expired"
	PersonLocked     Code = "person_locked"
	PersonMustChange Code = "person_must_change"
	PersonNoPassword Code = "person_no_password"
	PersonNoMail     Code = "person_no_mail"
	StampNone        Code = "stamp_none"
	RightMissing     Code = "right_missing"
	ResetRefused     Code = "reset_refused"
	ResetRights      Code = "reset_rights"
	ResetUnconfirmed Code = "reset_unconfirmed"
	UnlockRights     Code = "unlock_rights"
)

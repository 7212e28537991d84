package examine

// Step is what an examination looks at, as far as its kind has it, about in this order.
type Step string

// The steps.
const (
	StepServers Step = "servers" // are there any
	StepResolve Step = "resolve" // does each have an address
	StepConnect Step = "connect"
	StepTLS     Step = "tls"        // whose certificate, until when
	StepBind    Step = "bind"       // does it let the service account in
	StepBase    Step = "base"       // is there what people and groups are beneath
	StepPolicy  Step = "policy"     // can the rules for passwords be read
	StepPerson  Step = "person"     // is a person found, and how do they stand
	StepRights  Step = "rights"     // may the service account do what it has to
	StepToken   Step = "token"      // does the cloud know the application
	StepRight   Step = "permission" // has it what it needs
	StepDomain  Step = "domain"     // is the domain the tenant's, and are its passwords
	StepGroup   Step = "group"      // is there the administrators' group
	StepReset   Step = "reset"      // does a reset come out as a password that signs in
)

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

	TokenTenant       Code = "token_tenant"
	TokenApplication  Code = "token_application"
	TokenProof        Code = "token_proof"
	TokenExpired      Code = "token_expired"
	TokenRefused      Code = "token_refused"
	PermissionMissing Code = "permission_missing"
	DomainUnknown     Code = "domain_unknown"
	DomainFederated   Code = "domain_federated"
	ResetRole         Code = "reset_role"
	ResetTold         Code = "reset_told"
)

package app

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"
)

// KeyDriver is the workstation's half of security keys: it knows which are plugged in, and has one of them make or use a
// credential. What it can't do fails with an *Error whose code begins with "key_".
type KeyDriver interface {
	// Watch tells which keys are plugged in: at once, and after every change, until ctx ends; then the channel closes.
	// Whoever reads late gets the newest list only.
	Watch(ctx context.Context) <-chan []KeyInfo
	// Expect says that a Run is on its way, whose request is being fetched: what can be done with the keys before it is done
	// meanwhile. It returns at once, and nothing has to follow.
	Expect()
	// Run carries out use with the person's help. When ctx ends it returns soon, with CodeKeyCancelled.
	Run(ctx context.Context, use UseKey, talk KeyTalk) (KeyAnswer, error)
}

// KeyTalk is how a key asks the person. Its methods are called one at a time. The context of each ends when the answer no
// longer matters, e.g. because the key was taken out, and each returns then.
type KeyTalk interface {
	// PIN asks for what state.Want says. An error ends the conversation and is what Run returns.
	PIN(ctx context.Context, state KeyState) (Secret, error)
	// Touch says that the key waits for a touch or a finger, by state.Want, until ctx ends. It returns at once.
	Touch(ctx context.Context, state KeyState)
	// Choose asks which key to use: the index of one, or no answer until ctx ends because the person touched it.
	Choose(ctx context.Context, keys []KeyInfo) (int, error)
	// Account asks which of several accounts on the key to use, by its index.
	Account(ctx context.Context, accounts []KeyAccount) (int, error)
}

// KeyID names a key for as long as it is plugged in.
type KeyID string

// KeyInfo is what is known of a key that is plugged in.
type KeyInfo struct {
	ID             KeyID
	Product        string
	Manufacturer   string
	Port           string // where it is plugged in, as the system names it: "1-4.2"; empty when the system doesn't say
	Ready          bool   // it answered: what follows is known
	Trouble        *Error // why it can't be used, nil when it can or nobody knows yet
	AAGUID         string // the model, as a UUID in lower case
	Firmware       string // "5.4.3", or a number; empty when the key doesn't say
	PIN            PINState
	PINRetries     int // wrong PINs until only a factory reset helps, or Untold
	MinPINLength   int // characters
	ForcePINChange bool
	Sensor         bool // it has a fingerprint sensor
	Fingers        bool // and knows a finger
	UVRetries      int  // wrong fingers until the sensor is blocked, or Untold
	Algorithms     []int
	Manages        bool // can list and delete its credentials
	Room           int  // discoverable credentials that it still has room for, or Untold
}

// Untold stands for a number that a key doesn't tell. It is not 0, which is none.
const Untold = -1

// PINState says whether a key has a PIN. A key that leaves the option clientPin out takes none; one that says it is false
// has none yet (CTAP 2.1, section 6.4).
type PINState string

// The states; a key that is not Ready has none of them.
const (
	PINNever PINState = "never"
	PINUnset PINState = "unset"
	PINSet   PINState = "set"
)

// HasPIN reports whether a PIN is set.
func (k KeyInfo) HasPIN() bool { return k.PIN == PINSet }

// PINBlocked reports whether the PIN was wrong so often that only a factory reset helps.
func (k KeyInfo) PINBlocked() bool { return k.HasPIN() && k.PINRetries == 0 }

// KeyWant is what a key wants of the person.
type KeyWant string

// What a key may want.
const (
	KeyWantsPIN    KeyWant = "pin"     // the PIN
	KeyWantsNewPIN KeyWant = "new_pin" // a PIN to set, since it has none or the one it has must be changed
	KeyWantsTouch  KeyWant = "touch"
	KeyWantsFinger KeyWant = "finger"
)

// KeyState is what a key wants now.
type KeyState struct {
	Key  KeyInfo
	Want KeyWant
	Last *Error // what was wrong with the last answer, nil the first time
}

// KeyAccount is one of several credentials for the same organisation.
type KeyAccount struct {
	UserID      []byte
	Name        string
	DisplayName string
}

// UseKey wants a security key used: a WebAuthn request (W3C, Web Authentication Level 3, sections 5.4 and 5.5). Create or
// Get is set. Answer: GiveKey.
type UseKey struct {
	Create    *KeyCreate
	Get       *KeyGet
	TriesLeft int
}

// Verification is whether the key must know who touches it, by PIN or finger.
type Verification string

// The grades of verification, as WebAuthn spells them.
const (
	VerifyRequired    Verification = "required"
	VerifyPreferred   Verification = "preferred"
	VerifyDiscouraged Verification = "discouraged"
)

// KeyCreate asks for a new credential.
type KeyCreate struct {
	Challenge    []byte
	RPID         string
	RPName       string
	Origin       string
	UserID       []byte // at most 64 bytes, nothing personal in it
	UserName     string
	DisplayName  string
	Algorithms   []int    // COSE, the best first
	Exclude      [][]byte // credential IDs: a key that holds one of them is registered already
	Verification Verification
	Discoverable bool          // keep it on the key, so that it can be found without its ID
	Attested     bool          // tell the model by an attestation; otherwise "none"
	Protect      int           // credProtect's level, 0 for the key's own choice
	AllowModels  []string      // by AAGUID, as UUIDs in lower case; empty for all that are not denied
	DenyModels   []string      // by AAGUID
	Timeout      time.Duration // 0 for a minute
}

// TakesModel reports whether a key of a model is taken, by the models that are allowed, of which none stands for all, and
// those that are denied.
func TakesModel(allow, deny []string, model string) bool {
	return !slices.Contains(deny, model) && (len(allow) == 0 || slices.Contains(allow, model))
}

// KeyGet asks for proof that a credential is at hand.
type KeyGet struct {
	Challenge    []byte
	RPID         string
	Origin       string
	Allow        [][]byte // credential IDs; empty for any discoverable one
	Verification Verification
	Timeout      time.Duration // 0 for a minute
}

// KeyAnswer is what the key made: AttestationObject for Create; AuthenticatorData, Signature and UserHandle for Get.
type KeyAnswer struct {
	CredentialID      []byte
	ClientDataJSON    []byte
	AttestationObject []byte
	AuthenticatorData []byte
	Signature         []byte
	UserHandle        []byte
	Product           string // the key's, for a name to suggest
}

// WebAuthn gives the answer's JSON form: RegistrationResponseJSON or AuthenticationResponseJSON (Level 3, sections 5.1.8
// and 5.1.9).
func (a KeyAnswer) WebAuthn() ([]byte, error) {
	response := map[string]any{"clientDataJSON": base64url(a.ClientDataJSON)}
	if a.AttestationObject != nil {
		response["attestationObject"] = base64url(a.AttestationObject)
		response["transports"] = []string{"usb"}
	} else {
		response["authenticatorData"] = base64url(a.AuthenticatorData)
		response["signature"] = base64url(a.Signature)
		if len(a.UserHandle) > 0 {
			response["userHandle"] = base64url(a.UserHandle)
		}
	}
	return json.Marshal(map[string]any{
		"id": base64url(a.CredentialID), "rawId": base64url(a.CredentialID), "type": "public-key",
		"authenticatorAttachment": "cross-platform", "clientExtensionResults": map[string]any{}, "response": response,
	})
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// KeyManager looks after a key itself, with no account anywhere. Each method works on the key that is plugged in under
// the ID and fails with CodeKeyGone when it no longer is.
type KeyManager interface {
	// SetPIN sets the first PIN.
	SetPIN(ctx context.Context, id KeyID, pin Secret) error
	ChangePIN(ctx context.Context, access KeyAccess, pin Secret) error
	// Credentials lists the discoverable ones; only those can be listed and deleted. What the key lists, but not in full, is
	// a KeyCredential without an ID.
	Credentials(ctx context.Context, access KeyAccess) ([]KeyCredential, error)
	DeleteCredential(ctx context.Context, access KeyAccess, credential []byte) error
	Fingerprints(ctx context.Context, access KeyAccess) ([]Fingerprint, error)
	// EnrolFingerprint takes as many samples as the key wants; tell is called before each, and must not block. A finger that
	// the key knows now, under no name since it did not take it, is no error.
	EnrolFingerprint(ctx context.Context, access KeyAccess, name string, tell func(FingerSample)) (Fingerprint, error)
	NameFingerprint(ctx context.Context, access KeyAccess, finger Fingerprint) error
	DeleteFingerprint(ctx context.Context, access KeyAccess, finger []byte) error
	// Reset makes the key as it came from the factory: everything on it is lost. Keys allow it only within seconds
	// after they were plugged in (CodeKeyResetLate), and want a touch: touch is called for that, and returns at once.
	Reset(ctx context.Context, id KeyID, touch func(context.Context)) error
}

// KeyAccess is a key and the PIN that opens it.
type KeyAccess struct {
	ID  KeyID
	PIN Secret
}

// KeyCredential is a discoverable credential on a key.
type KeyCredential struct {
	ID          []byte // nil where nothing but RPID could be read: there may be several then
	RPID        string // as the key gives it, which may have cut it short (CTAP 2.1, section 6.8.7); empty when it gives none
	UserName    string
	DisplayName string
}

// Fingerprint is one that a key knows.
type Fingerprint struct {
	ID   []byte
	Name string
}

// FingerSample says how enrolling a finger goes.
type FingerSample struct {
	Left int    // good samples still wanted; 0 before the key said how many
	Last Sample // of the sample before; empty before the first
}

// Sample is how a sample of a finger came out.
type Sample string

// The samples.
const (
	SampleGood    Sample = "good"
	SamplePlace   Sample = "place"   // too high, too low, too far left or right, or askew
	SamplePace    Sample = "pace"    // too fast, too slow, too short
	SamplePoor    Sample = "poor"    // dirty, wet, or not to be joined with the others
	SampleKnown   Sample = "known"   // this finger is enrolled already
	SampleNobody  Sample = "nobody"  // nobody came
	SampleLift    Sample = "lift"    // lift the finger first
	SampleUnknown Sample = "unknown" // the key's own reason
)

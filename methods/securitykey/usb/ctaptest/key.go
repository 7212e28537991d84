package ctaptest

import (
	"crypto/rand"
	"sync"
	"time"
)

// Options say what kind of key it is. The zero value is an ordinary one without a fingerprint sensor.
type Options struct {
	Manners
	Vendor, Product    uint16 // USB IDs; 0 for samples
	Manufacturer, Name string // what USB tells; empty for samples
	AAGUID             [16]byte
	Firmware           uint64 // as getInfo gives it

	StrictNames  bool          // refuses names of more than 64 bytes, rather than cut them
	KeepsWaiting bool          // a cancel does not end its wait for a person
	NoKeepalives bool          // says nothing while it works or waits
	Hasty        bool          // asked whether it was touched, it answers at once, untouched
	ResetsAlone  bool          // a factory reset wants no touch
	IDSize       int           // bytes of a credential's ID; 0 for 48
	Statuses     map[byte]byte // by the authenticator's command: the status that is all it ever answers

	Algorithms  []int         // COSE, by preference; nil for ES256 and EdDSA
	Protocols   []int         // PIN/UV auth protocols, by preference; nil for 2 and 1, or 1 alone when it is terse
	Room        int           // discoverable credentials that it can keep; 0 for 25
	Sensor      bool          // has a fingerprint sensor
	NoPreview   bool          // refuses the commands of the time before CTAP 2.1 was final
	SelfAttest  bool          // attests with the credential's own key, not with a certificate
	Undescribed bool          // the system does not know what it is before Socket.Describe
	ResetWindow time.Duration // after power-up, in which a factory reset is allowed; 0 for 10 s
}

// Key is the authenticator. Its methods may be called while it is in use.
type Key struct {
	o Options

	mu     sync.Mutex
	store  store
	now    volatile
	touch  Gate
	finger Gate
	fault  func(Message) Fault
}

// store is what a key keeps without power.
type store struct {
	pin         []byte // the first half of its SHA-256, nil without a PIN
	retries     int    // wrong PINs until it is blocked for good
	uvRetries   int    // wrong fingers until the sensor is blocked
	minPIN      int    // code points
	forceChange bool
	alwaysUV    bool
	credentials []*credential // oldest first
	fingers     []*template
	counter     uint32
}

// volatile is what a key forgets without power.
type volatile struct {
	since     time.Time
	wrongPINs int // in a row; 3 block the PIN until the next power-up
	agreement agreement
	token     token
	asserting *assertion
	listing   listing
	enrolling *enrolment
}

// The figures that CTAP 2.1 fixes or advises.
const (
	maxRetries   = 8
	maxInARow    = 3
	maxUVRetries = 3
	leastPIN     = 4
	longestPIN   = 63 // bytes
)

// New gives a key as it comes from the factory, which grants every touch.
func New(o Options) *Key {
	if o.Vendor == 0 {
		o.Vendor, o.Product = 0x1209, 0xbeee
	}
	if o.Name == "" {
		o.Manufacturer, o.Name = "Harbour", "Sample Key"
	}
	if o.Algorithms == nil {
		o.Algorithms = []int{algES256, algEdDSA}
	}
	switch {
	case o.Protocols != nil:
	case o.Terse:
		o.Protocols = []int{1}
	default:
		o.Protocols = []int{2, 1}
	}
	if o.Room == 0 {
		o.Room = 25
	}
	if o.IDSize == 0 {
		o.IDSize = 48
	}
	if o.ResetWindow == 0 {
		o.ResetWindow = 10 * time.Second
	}
	k := &Key{o: o, touch: Granting, finger: Granting, fault: func(Message) Fault { return NoFault }}
	k.wipe()
	return k
}

func (k *Key) wipe() {
	k.store = store{retries: maxRetries, uvRetries: maxUVRetries, minPIN: leastPIN}
}

// power is what plugging in does.
func (k *Key) power() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now = volatile{since: time.Now(), agreement: newAgreement()}
}

// Touch decides about touches from now on.
func (k *Key) Touch(g Gate) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.touch = g
}

// Finger decides about fingers on the sensor from now on.
func (k *Key) Finger(g Gate) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.finger = g
}

// Faults makes the key go wrong: f is asked about every message.
func (k *Key) Faults(f func(Message) Fault) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fault = f
}

// Age lets time go by since the key was plugged in.
func (k *Key) Age(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now.since = k.now.since.Add(-d)
}

// Retries says how many wrong PINs are left.
func (k *Key) Retries() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.store.retries
}

// HasPIN says whether a PIN is set.
func (k *Key) HasPIN() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.store.pin != nil
}

// Credentials counts the credentials, discoverable or not.
func (k *Key) Credentials() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.store.credentials)
}

// ForgetFingers deletes the fingers that the key knows.
func (k *Key) ForgetFingers() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.store.fingers = nil
}

// RequirePIN sets the least length of PINs, in code points, and whether the PIN must be changed before it is used.
func (k *Key) RequirePIN(least int, change bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.store.minPIN, k.store.forceChange = least, change
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (Go 1.24)
	return b
}

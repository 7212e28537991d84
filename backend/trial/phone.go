package trial

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
)

// Code is what the person's authenticator app shows at a time (RFC 6238: SHA-1, six digits, 30 s); empty without one.
func (p Person) Code(at time.Time) string {
	if p.AppSecret == "" {
		return ""
	}
	return code(appSeed(p.ID), at)
}

func code(seed []byte, at time.Time) string {
	mac := hmac.New(sha1.New, seed)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf // RFC 4226, 5.3: dynamic truncation
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[offset:])&0x7fffffff%1_000_000)
}

// appSeed is the 160-bit secret of a sample person's app: the same on each machine, and worth nothing.
func appSeed(id app.AccountID) []byte {
	sum := sha256.Sum256([]byte("sparekey trial authenticator app|" + string(id)))
	return sum[:20]
}

func appSecret(id app.AccountID) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(appSeed(id))
}

func userID(names []string) string {
	return strings.ToLower(strings.Join(names, ".")) + "@" + domain
}

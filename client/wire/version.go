package wire

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sparekey/sparekey/app"
)

// VersionHeader carries, in each request and each reply, the versions of the API that a side speaks.
const VersionHeader = "Sparekey-API"

// Versions are the oldest and the newest version of the API that a side speaks. Two sides speak the newest that both do. What
// the other side may pass over, such as a new field of a reply, makes no new version; a new step, input or code raises Newest,
// and Oldest goes up once the old way is no longer answered.
type Versions struct{ Oldest, Newest int }

// Spoken are the versions that this program speaks, as a client and as a server.
var Spoken = Versions{Oldest: 1, Newest: 1}

// String is the header's value: "1-3".
func (v Versions) String() string { return fmt.Sprintf("%d-%d", v.Oldest, v.Newest) }

// ReadVersions reads what String writes.
func ReadVersions(header string) (Versions, error) {
	oldest, newest, _ := strings.Cut(header, "-")
	from, err := strconv.ParseUint(oldest, 10, 16)
	to, err2 := strconv.ParseUint(newest, 10, 16)
	if err != nil || err2 != nil || from == 0 || from > to {
		return Versions{}, errors.New("wire: no versions of the API")
	}
	return Versions{int(from), int(to)}, nil
}

// Agree says which side must be updated where a client of one program and a server of another have no version in common: nil
// where they have one.
func Agree(client, server Versions) *app.Error {
	switch {
	case client.Newest < server.Oldest:
		return &app.Error{Code: app.CodeAppOld}
	case server.Newest < client.Oldest:
		return &app.Error{Code: app.CodeServerOld}
	}
	return nil
}

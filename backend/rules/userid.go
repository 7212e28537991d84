package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
)

// maxUserID is the longest user ID, in characters: the longest mail address has 320 (RFC 3696 before its erratum).
const maxUserID = 320

// CheckUserID refuses what can't be a user ID in any directory, and trims what a paste brought along.
func CheckUserID(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	bad := typed == "" || !utf8.ValidString(typed) || utf8.RuneCountInString(typed) > maxUserID ||
		strings.ContainsFunc(typed, unicode.IsControl)
	if bad {
		return "", &app.Error{Code: app.CodeBadUserID, Field: "user_id"}
	}
	return typed, nil
}

package ldap_test

import (
	"os"
	"strconv"
)

// longer is how many times something is done: as often as an environment variable says, for a long campaign.
func longer(variable string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

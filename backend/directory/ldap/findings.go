package ldap

import "github.com/sparekey/sparekey/backend/directory/examine"

// What an examination is about, and finds.
type (
	Examination = examine.Examination
	Finding     = examine.Finding
)

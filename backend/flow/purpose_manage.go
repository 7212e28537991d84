package flow

import "github.com/sparekey/sparekey/backend/rules"

// manage is app.PurposeManage.
type manage struct{ anyPurpose }

func (manage) manages() bool                            { return true }
func (manage) homeStage(*flow, rules.Credentials) stage { return atInfo }

package command

import "os"

// reloadSignals are none: there, the policy is looked at by itself alone.
var reloadSignals []os.Signal

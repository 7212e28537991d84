package command

import "os"

// reloadSignals are none: there, certificate and policy are looked at by themselves alone.
var reloadSignals []os.Signal

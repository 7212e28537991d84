// Package flow holds the conversations with people: the machines of signing in, registering, managing, changing and
// resetting. It keeps flow, counters, credentials, audit trail and outbox in step, in one transaction for each input.
//
// The machines are drawn beside their code in signin.go, register.go, manage.go, change.go and reset.go; what differs
// between the purposes of a flow stands in purpose.go and the files named after it. An input passes through submit.go (who
// asks), transaction.go (is it a repeat, is it the flow's turn), then the machine, then transaction.go again (persist,
// audit, answer). A call that may be slow (the directory) is never made inside a transaction: the try is reserved before,
// the outcome is committed afterwards, with everything checked again.
package flow

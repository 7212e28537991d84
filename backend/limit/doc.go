// Package limit says how often something may happen, and when it may happen again: rates, sliding windows, backoffs, and
// the figures that the policy gives them. It is pure but for the counters, which the store keeps in the transaction of
// whatever is counted. What is counted is named by a type: a counter that this package doesn't define can't be made outside
// of it, and the zero value of each limit lets nothing pass.
package limit

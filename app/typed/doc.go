// Package typed brings what people type and paste to the form in which it is compared, sent and kept. The window, the
// backend and the reader of contacts clean by the same code, so that none of them takes what another one refuses.
package typed

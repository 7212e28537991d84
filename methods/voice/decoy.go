package voice

import "github.com/sparekey/sparekey/app"

var _ app.Decoyer = Method{}

// Decoy implements app.Decoyer: a number that nothing is sent to, see [phone.Channel].
func (Method) Decoy(t app.Turn, _ int) (app.NewCredential, error) { return channel.Decoy(t, 0) }

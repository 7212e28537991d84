package kiosk

import "github.com/sparekey/sparekey/app"

// Plug has these security keys in the ports.
func Plug(k *Kiosk, keys []app.KeyInfo) { k.keysChanged(keys) }

//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"context"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
)

// glance is how long one look at whether a key was touched takes, in milliseconds.
const glance = 150

// reflex is how soon after the question no finger touches a key: what answers sooner has answered by itself.
const reflex = 100 * time.Millisecond

// pick finds the key to use: the only one, or that which the person touches or chooses.
func (d *Driver) pick(ctx context.Context, req request, talk app.KeyTalk) (*key, error) {
	d.mu.Lock()
	d.refresh()
	var usable []*key
	var trouble *app.Error
	for _, k := range d.sorted() {
		if k.open {
			usable = append(usable, k)
		} else {
			trouble = k.noPermission()
		}
	}
	d.mu.Unlock()
	switch {
	case len(usable) == 1:
		return usable[0], nil
	case len(usable) > 1:
		return choose(ctx, usable, req.limit, talk)
	case trouble != nil:
		return nil, trouble
	}
	return nil, &app.Error{Code: app.CodeKeyMissing}
}

// choice is which key, by its index, or why none.
type choice struct {
	index int
	err   error
}

// choose waits until the person touches one of several keys, or chooses it in the window.
func choose(ctx context.Context, keys []*key, limit time.Duration, talk app.KeyTalk) (*key, error) {
	within, stop := context.WithTimeout(ctx, limit)
	infos := make([]app.KeyInfo, len(keys))
	made := make(chan choice, len(keys)+1)
	var touching sync.WaitGroup
	for i, k := range keys {
		infos[i] = k.told()
		touching.Go(func() {
			if touched, _ := k.touched(within, limit); touched { // what is wrong with one key shows when it is used
				made <- choice{index: i}
			}
		})
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		if i, err := talk.Choose(within, infos); within.Err() == nil {
			made <- choice{i, err}
		}
	}()
	var c choice
	select {
	case c = <-made:
	case <-within.Done():
		c.err = &app.Error{Code: app.CodeKeyUntouched}
		if ctx.Err() != nil {
			c.err = &app.Error{Code: app.CodeKeyCancelled}
		}
	}
	stop()
	touching.Wait()
	<-asked
	switch {
	case c.err != nil:
		return nil, c.err
	case c.index < 0 || c.index >= len(keys):
		return nil, malformed("no such key")
	}
	return keys[c.index], nil
}

// touched waits for a touch that means nothing but "this one". A key that answers by itself can be chosen in the window only.
func (k *key) touched(ctx context.Context, limit time.Duration) (bool, error) {
	var yes bool
	err := k.talk(ctx, job{limit: limit, do: func(l *line) error {
		asked := k.driver.now()
		if err := check(C.fido_dev_get_touch_begin(l.dev)); err != nil {
			return err
		}
		for ctx.Err() == nil {
			began := time.Now()
			var touched C.int
			if err := check(C.fido_dev_get_touch_status(l.dev, &touched, glance)); err != nil {
				return err
			}
			if touched != 0 {
				yes = k.driver.now().Sub(asked) >= reflex
				return nil
			}
			// a broken line answers "not touched" at once, and so does a key that is out before the system noticed
			if rest := glance*time.Millisecond - time.Since(began); rest > glance*time.Millisecond/2 {
				if !k.present() {
					return status(C.FIDO_ERR_RX)
				}
				select {
				case <-ctx.Done():
				case <-time.After(rest):
				}
			}
		}
		// It must not go on waiting when the next conversation begins: that would find it busy.
		var late C.int
		C.fido_dev_cancel(l.dev)
		C.fido_dev_get_touch_status(l.dev, &late, C.int(grace.Milliseconds()))
		return nil
	}})
	return yes && err == nil, err
}

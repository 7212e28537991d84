package smpp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// idForm is how a centre's receipts name a text, beside how its answer did.
type idForm int

const (
	formUnknown idForm = iota // no receipt has shown it yet
	formSame
	formHex     // the answer's ID is hexadecimal, the receipt's the same number in decimal
	formDecimal // the other way round
)

// mostIDs bounds how many texts are known that wait for a receipt.
const mostIDs = 4096

// ids finds by a receipt's ID the one that an answer gave. Some centres write one of them in hexadecimal and the other in decimal:
// which one is learned from the receipts of texts that were sent by this process.
type ids struct {
	mu    sync.Mutex
	form  idForm
	sent  map[string]sentID // by the ID without zeros before it, in small letters
	order []string
}

// sentID is the ID that an answer gave, and the number of whom the text was for.
type sentID struct{ id, number string }

// submitted notes what a centre answered.
func (i *ids) submitted(id, number string) {
	if id == "" {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.sent == nil {
		i.sent = map[string]sentID{}
	}
	key := plain(id)
	if _, there := i.sent[key]; !there {
		i.order = append(i.order, key)
	}
	i.sent[key] = sentID{id, number}
	for len(i.order) > mostIDs {
		delete(i.sent, i.order[0])
		i.order = i.order[1:]
	}
}

// candidates gives the IDs that an answer may have given, likeliest first, and whether this process sent the text. From is the number
// that the receipt names; empty: it names none.
func (i *ids) candidates(id, from string) (all []string, known bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, form := range i.forms() {
		for _, written := range form.written(id) {
			if sent, there := i.sent[plain(written)]; there && (from == "" || from == sent.number) {
				i.form = form
				return []string{sent.id}, true
			}
		}
	}
	switch i.form {
	case formUnknown: // only a form that can't be taken for another number's
		all = append(formSame.written(id), lettered(formHex.written(id))...)
	default:
		all = i.form.written(id)
	}
	return all, false
}

// forms are those to try, the one that is known first.
func (i *ids) forms() []idForm {
	all := []idForm{formSame, formHex, formDecimal}
	if at := slices.Index(all, i.form); at > 0 {
		all[0], all[at] = all[at], all[0]
	}
	return all
}

// written gives how an answer may have written the ID of a receipt.
func (f idForm) written(id string) []string {
	switch f {
	case formHex:
		n, err := strconv.ParseUint(id, 10, 64)
		if err != nil {
			return nil
		}
		return distinct(fmt.Sprintf("%X", n), fmt.Sprintf("%x", n), fmt.Sprintf("%08X", n), fmt.Sprintf("%08x", n))
	case formDecimal:
		n, err := strconv.ParseUint(id, 16, 64)
		if err != nil {
			return nil
		}
		return distinct(fmt.Sprint(n), fmt.Sprintf("%010d", n))
	}
	return []string{id}
}

// lettered are those with a letter.
func lettered(all []string) []string {
	return slices.DeleteFunc(all, func(id string) bool { return !strings.ContainsAny(id, "abcdefABCDEF") })
}

func distinct(all ...string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

// mostID is how long an ID may be (SMPP 3.4, 5.2.23).
const mostID = 65

// cleanID is an ID as it can be shown, and compared: a centre may write what it likes.
func cleanID(id string) string {
	id = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, id)
	return id[:min(len(id), mostID)]
}

// plain is an ID without what may differ.
func plain(id string) string { return strings.TrimLeft(strings.ToLower(id), "0") }

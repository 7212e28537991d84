package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
)

// history is what the store says of the policy, as of one moment.
type history struct {
	path     string
	versions []port.PolicyVersion // newest first
	file     string               // manages the policy, or empty
}

// readHistory reads it without writing anything.
func readHistory(ctx context.Context, data string) (history, error) {
	f, err := policyFolders(data)
	if err != nil {
		return history{}, err
	}
	h := history{path: f.database()}
	err = store.Read(ctx, h.path, func(tx port.Tx) (err error) {
		if h.file, err = tx.PolicyFile(); err != nil {
			return err
		}
		h.versions, err = tx.Policies()
		return err
	})
	if errors.Is(err, store.ErrOlder) {
		return history{}, errors.New("an older version of Sparekey made this trial: open its window once, which takes over what is there")
	}
	if err != nil {
		return history{}, fmt.Errorf("the policy of this trial can't be read: %w", err)
	}
	return h, nil
}

func (h history) version(number int) (port.PolicyVersion, error) {
	for _, v := range h.versions {
		if v.Number == number {
			return v, nil
		}
	}
	return port.PolicyVersion{}, usageError{fmt.Errorf("there is no version %d of the policy (sparekey policy history lists them)", number)}
}

// inForce is the newest version that can be used, as the backend finds it, and what there is to say of it: which are
// newer and why they are not in force, and which file manages the policy. Without one the version is 0.
func (h history) inForce() (v port.PolicyVersion, p policy.Policy, notes []string) {
	for _, v = range h.versions {
		var err error
		if p, err = usable(v); err == nil {
			break
		}
		notes = append(notes, fmt.Sprintf("Version %d is not in force, since it can't be used:\n%v", v.Number, err))
		v = port.PolicyVersion{}
	}
	if h.file != "" {
		notes = append(notes, h.ofFile())
	}
	return v, p, notes
}

// ofFile says how the file that manages the policy stands to the newest version.
func (h history) ofFile() string {
	said := fmt.Sprintf("The file %s manages the policy.", h.file)
	_, document, err := checkedPolicy(h.file)
	switch {
	case err != nil:
		return fmt.Sprintf("%s As it stands it can't be used, and is not in force:\n%v", said, err)
	case len(h.versions) == 0 || !bytes.Equal(h.versions[0].Document, document):
		return said + " It was changed since, and is in force as soon as Sparekey has read it."
	}
	return said
}

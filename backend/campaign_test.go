package backend_test

import (
	"bufio"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

// mails is how many messages the campaign has in `make test`; `make soak` has 10,000.
const mails = 300

// wave is how many messages wait at most when a server starts.
const wave = 100

// TestNothingIsLostByAServerThatIsKilled has messages carried by a relay that fails one in five times, loses answers and refuses
// receivers, and kills the server with SIGKILL at random, dozens of times. Each message is sent, or given up with a reason; one arrives
// twice only where the relay's answer was lost, or the server died before it had recorded it; and no code arrives after its end.
func TestNothingIsLostByAServerThatIsKilled(t *testing.T) {
	n := mails
	if more, err := strconv.Atoi(os.Getenv("SPAREKEY_MAILS")); err == nil {
		n = more
	}
	c := newCampaign(t)
	for c.next < n {
		c.enqueue(min(wave, n-c.next))
		c.live(5 + c.random.IntN(wave))
		c.offset += []time.Duration{31 * time.Second, time.Minute, 3 * time.Minute}[c.random.IntN(3)]
	}
	for rounds := 0; !c.drained(); rounds++ {
		if rounds == 50 {
			t.Fatal("some messages never end")
		}
		c.offset += 16 * time.Minute // past every wait between two tries
		c.live(0)
	}
	c.judge(n)
}

// campaign is a relay that outlives the server, and what it saw.
type campaign struct {
	t      *testing.T
	folder string
	relay  *mailtest.Scripted
	random *rand.Rand
	offset time.Duration // of the clock from the real one
	next   int           // the number of the next message
	seq    int64         // the trail was read up to here

	mu      sync.Mutex
	mail    map[string]*letters
	kill    func() // of the server that lives
	before  int    // it is killed after so many mails; 0 for not at all
	asked   int    // of it
	kills   int
	clock   shifted
	explain struct{ lost, died int }
}

// letters is what became of one message.
type letters struct {
	expires    time.Time
	tries      int
	taken      int
	lost       bool // the last answer was
	recorded   bool // as sent
	unrecorded bool // at the last death, though the relay had taken it
	refused    bool
	ended      string // the reason that it was given up with
}

// shifted is a clock that is ahead.
type shifted time.Duration

func (s shifted) Now() time.Time { return time.Now().Add(time.Duration(s)).UTC() }

var campaignMaster = app.NewSecret("0123456789abcdef0123456789abcdef")

func newCampaign(t *testing.T) *campaign {
	c := &campaign{t: t, folder: t.TempDir(), relay: mailtest.NewScripted(t), random: rand.New(rand.NewPCG(7, 16)), mail: map[string]*letters{}}
	if _, err := vault.Create(filepath.Join(c.folder, "keys"), campaignMaster, crand.Reader); err != nil {
		t.Fatal(err)
	}
	c.relay.Do(func(s *mailtest.Scripted) { s.Rcpt, s.Data = c.receiver, c.content })
	return c
}

// open gives the store, while no server lives.
func (c *campaign) open(do func(port.Store) error) {
	c.t.Helper()
	sealer, err := vault.Open(filepath.Join(c.folder, "keys"), campaignMaster, crand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	db, err := store.Open(c.t.Context(), filepath.Join(c.folder, "store.db"), sealer)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := errors.Join(do(db), db.Close()); err != nil {
		c.t.Fatal(err)
	}
}

// enqueue puts messages into the outbox: codes and notices, of many accounts.
func (c *campaign) enqueue(n int) {
	c.open(func(db port.Store) error {
		return db.Update(c.t.Context(), func(tx port.Tx) error {
			for range n {
				now := shifted(c.offset).Now()
				id := fmt.Sprintf("m%06d", c.next)
				r := port.OutboxRecord{
					ID: id, Account: app.AccountID(fmt.Sprint("account-", c.next%40)), Created: now, Due: now,
					Message: app.Message{ID: id, Channel: app.KindEmail, To: id + "@harbour.example", Template: app.MessageUnlocked, At: now},
				}
				if c.next%2 == 0 {
					r.Urgent, r.Expires = true, now.Add(time.Duration(1+c.random.IntN(300))*time.Second)
					r.Message.Template, r.Message.Code = app.MessageCode, "123456"
					r.Message.Params = map[string]string{"minutes": "5"}
				}
				c.mail[id] = &letters{expires: r.Expires}
				c.next++
				if err := tx.Enqueue(r); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// luck is what becomes of a try, the same for each campaign: 0 to 99.
func luck(id string, try int) int {
	h := fnv.New32a()
	fmt.Fprint(h, id, "|", try)
	return int(h.Sum32() % 100)
}

// receiver refuses one in 25 for good.
func (c *campaign) receiver(to string) error {
	id, _, _ := strings.Cut(to, "@")
	if luck(id, 0) >= 4 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mail[id].refused = true
	return mailtest.Refuse(550, smtp.EnhancedCode{5, 1, 1}, "no such person")
}

// content takes a mail, or fails one in five times; at times the server dies meanwhile.
func (c *campaign) content(content []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := idOf(content)
	m := c.mail[id]
	m.tries++
	if c.asked++; c.asked == c.before {
		c.kill()
		c.kills++
	}
	switch n := luck(id, m.tries); {
	case n < 12:
		return mailtest.Refuse(451, smtp.EnhancedCode{4, 3, 0}, "later")
	case n < 16:
		m.took(c, id)
		m.lost = true
		return mailtest.ErrCut
	}
	m.took(c, id)
	return nil
}

// took notes that the relay has a mail, and why it may have it twice.
func (m *letters) took(c *campaign, id string) {
	switch {
	case m.taken == 0:
	case m.lost:
		c.explain.lost++
	case m.unrecorded:
		c.explain.died++
	default:
		c.t.Errorf("%s arrived %d times, though the answer was heard and recorded", id, m.taken+1)
	}
	if now := c.clock.Now(); !m.expires.IsZero() && now.After(m.expires.Add(time.Second)) { // a second for a slow computer
		c.t.Errorf("%s arrived %v after its end", id, now.Sub(m.expires))
	}
	m.taken++
	m.lost, m.unrecorded = false, false
}

// idOf is the message's ID in a mail.
func idOf(content []byte) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(messageID(content), "Message-ID: <"), "@")
	return id
}

// live has a server carry out what waits, until it is killed at its n-th mail, or nothing waits any more, or can for a while.
func (c *campaign) live(n int) {
	c.t.Helper()
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), campaignFolder+"="+c.folder, campaignOffset+"="+c.offset.String(),
		campaignRelay+"="+c.relay.URL, campaignRoots+"="+c.relay.RootsFile)
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock() // the relay's goroutines kill what is started here
	c.kill, c.before, c.asked, c.clock = func() { _ = server.Process.Kill() }, n, 0, shifted(c.offset)
	err = server.Start()
	c.mu.Unlock()
	if err != nil {
		c.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != idle { // until it has nothing to do for now, or is dead
	}
	_ = server.Process.Kill()
	_, _ = io.Copy(io.Discard, out)
	_ = server.Wait()
	if server.ProcessState.Exited() {
		c.t.Fatal("the server ended by itself")
	}
	c.relay.Cut()
	c.read()
}

// read reads what the trail says by now.
func (c *campaign) read() {
	c.open(func(db port.Store) error {
		return db.View(c.t.Context(), func(tx port.Tx) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			for {
				entries, err := tx.AuditFrom(c.seq+1, 1000)
				if err != nil || len(entries) == 0 {
					break
				}
				for _, e := range entries {
					c.seq = e.Seq
					if strings.HasPrefix(e.Action, "outbox.") {
						c.note(core.ReadMessageEntry(e))
					}
				}
			}
			for _, m := range c.mail {
				m.unrecorded = m.taken > 0 && !m.recorded && !m.lost
			}
			return nil
		})
	})
}

// note notes what the trail says of a message.
func (c *campaign) note(told app.MessageTrace) {
	m := c.mail[told.ID]
	switch {
	case m == nil:
		c.t.Errorf("the trail has a message that nobody wrote: %+v", told)
	case told.Delivery == app.DeliveryTaken && (m.recorded || m.taken == 0):
		c.t.Errorf("%s is recorded as sent, and was so before (%v), or never left", told.ID, m.recorded)
	case told.Delivery == app.DeliveryTaken:
		m.recorded = true
	case told.Delivery == app.DeliveryGivenUp && (m.ended != "" || m.recorded):
		c.t.Errorf("%s is given up, and was at its end before", told.ID)
	case told.Delivery == app.DeliveryGivenUp:
		m.ended = strings.Join(told.Said, "; ")
		if m.ended == "" {
			c.t.Errorf("%s is given up without a reason", told.ID)
		}
	}
}

// drained reports whether each message came to an end.
func (c *campaign) drained() bool {
	for _, m := range c.mail {
		if !m.recorded && m.ended == "" {
			return false
		}
	}
	return true
}

// refused ends the reason of a mailbox that is not there.
const refused = "recipient 550 5.1.1"

// judge holds the whole against what may be.
func (c *campaign) judge(n int) {
	reasons, arrived := map[string]int{}, 0
	for id, m := range c.mail {
		if m.taken > 0 {
			arrived++
		}
		switch {
		case m.recorded:
		case m.refused && strings.HasSuffix(m.ended, refused):
			reasons[refused]++
		case m.ended == "expired": // the server may have died with the relay's refusal
			reasons[m.ended]++
		default:
			c.t.Errorf("%s was given up as %q", id, m.ended)
		}
		if m.ended == "expired" && m.expires.IsZero() && !m.refused {
			c.t.Errorf("%s expired, which does not", id)
		}
		if m.refused && m.taken > 0 {
			c.t.Errorf("%s was refused and taken", id)
		}
	}
	if c.kills < n/wave/2 || arrived < n*3/4 || reasons[refused] == 0 || c.explain.lost == 0 {
		c.t.Errorf("the campaign tests little: %d kills, %d arrived, given up %v, %+v", c.kills, arrived, reasons, c.explain)
	}
	c.t.Logf("%d messages, %d kills: %d arrived, given up: %v; twice: %d since the answer was lost, %d since the server died before it was recorded",
		n, c.kills, arrived, reasons, c.explain.lost, c.explain.died)
}

// What the server of the campaign gets in its environment.
const (
	campaignFolder = "SPAREKEY_TEST_CAMPAIGN"
	campaignOffset = "SPAREKEY_TEST_CAMPAIGN_OFFSET"
	campaignRelay  = "SPAREKEY_TEST_CAMPAIGN_RELAY"
	campaignRoots  = "SPAREKEY_TEST_CAMPAIGN_ROOTS"
)

// idle is what the server says once nothing waits, or nothing that is due within a second.
const idle = "idle"

func TestMain(m *testing.M) {
	if folder := os.Getenv(campaignFolder); folder != "" {
		fmt.Fprintln(os.Stderr, serveCampaign(context.Background(), folder))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

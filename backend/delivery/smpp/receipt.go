package smpp

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// receipt is what a centre says of a text that it had taken.
type receipt struct {
	ids     []string // from its field and from its words, which may differ in form
	from    string   // the number of whom the text was for
	final   bool     // otherwise it is on its way
	arrived bool
	state   string // such as "UNDELIV"
	code    string // the network's, where there is one
}

// The bits of esm_class that say what a centre delivers (SMPP 3.4, 5.2.12).
const (
	kindMask     = 0x3C
	kindReceipt  = 0x04
	kindOnItsWay = 0x20
)

// states are those of a text (SMPP 3.4, 5.2.28 and Appendix B). Those without a word leave open what becomes of it.
var states = map[string]struct{ final, arrived bool }{
	"DELIVRD": {true, true}, "EXPIRED": {true, false}, "DELETED": {true, false}, "UNDELIV": {true, false}, "REJECTD": {true, false},
}

// stateOf is the word for a message_state.
var stateOf = map[byte]string{
	1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}

// delivered is what a deliver_sm or data_sm has in common.
type delivered struct {
	class  byte
	from   string
	words  []byte
	fields map[pdu.Tag]pdu.Field
}

// readDelivered reads what a centre delivers.
func readDelivered(f frame) (delivered, error) {
	p, err := f.parse()
	if err != nil {
		return delivered{}, err
	}
	switch p := p.(type) {
	case *pdu.DeliverSM:
		d := delivered{class: p.EsmClass, from: p.SourceAddr.Address(), fields: p.OptionalParameters}
		if d.words, _ = p.Message.GetMessageData(); len(d.words) == 0 {
			payload := d.fields[pdu.TagMessagePayload]
			d.words = payload.Data
		}
		return d, nil
	case *pdu.DataSM:
		payload := p.OptionalParameters[pdu.TagMessagePayload]
		return delivered{class: p.EsmClass, from: p.SourceAddr.Address(), words: payload.Data, fields: p.OptionalParameters}, nil
	}
	return delivered{}, errFrame
}

// The words of a receipt (SMPP 3.4, Appendix B), which each centre writes in its own way.
var (
	idWord    = regexp.MustCompile(`(?i)\bid:\s?([!-~]{1,65})`)
	stateWord = regexp.MustCompile(`(?i)\bstat(?:us)?:\s?([a-z]{1,10})`)
	codeWord  = regexp.MustCompile(`(?i)\berr:\s?([0-9a-z]{1,8})\b`)
	codeForm  = regexp.MustCompile(`^[0-9A-Za-z]{1,8}$`)
)

// receiptIn reads a receipt; is is false for anything else, such as a text of a person.
func receiptIn(d delivered) (r receipt, is bool) {
	named, hasID := d.fields[pdu.TagReceiptedMessageID]
	state, hasState := d.fields[pdu.TagMessageStateOption]
	if kind := d.class & kindMask; kind != kindReceipt && kind != kindOnItsWay && !(kind == 0 && hasID && hasState) {
		return receipt{}, false
	}
	r.from = strings.TrimPrefix(d.from, "+")
	if hasID {
		r.addID(named.String())
	}
	if found := idWord.FindSubmatch(d.words); found != nil {
		r.addID(string(found[1]))
	}
	if found := stateWord.FindSubmatch(d.words); found != nil {
		r.state = strings.ToUpper(string(found[1]))
	}
	if hasState && len(state.Data) == 1 && stateOf[state.Data[0]] != "" {
		r.state = stateOf[state.Data[0]]
	}
	known := states[shortState(r.state)]
	r.final, r.arrived = known.final && d.class&kindMask != kindOnItsWay, known.arrived
	r.code = codeOf(d)
	return r, true
}

// shortState is a state in the seven letters of the standard; some centres write it out.
func shortState(state string) string {
	for long, short := range map[string]string{"DELIVERED": "DELIVRD", "UNDELIVERA": "UNDELIV", "UNDELIVERED": "UNDELIV", "REJECTED": "REJECTD"} {
		if state == long {
			return short
		}
	}
	return state
}

// codeOf is the network's own code: from its field, or from the words; empty for none, or for one that says nothing.
func codeOf(d delivered) string {
	if f, is := d.fields[pdu.TagNetworkErrorCode]; is && len(f.Data) == 3 {
		if n := int(f.Data[1])<<8 | int(f.Data[2]); n != 0 {
			return fmt.Sprint(n)
		}
	}
	if found := codeWord.FindSubmatch(d.words); found != nil && codeForm.Match(found[1]) && strings.Trim(string(found[1]), "0") != "" {
		return string(found[1])
	}
	return ""
}

func (r *receipt) addID(id string) {
	if id = cleanID(id); id != "" && (len(r.ids) == 0 || r.ids[0] != id) {
		r.ids = append(r.ids, id)
	}
}

// reason is why a text did not arrive, as one code: "UNDELIV:27".
func (r receipt) reason() string {
	state := shortState(r.state)
	if r.arrived || !states[state].final {
		return ""
	}
	if r.code == "" {
		return state
	}
	return state + ":" + r.code // in one word, as worker's reasonCode takes it
}

// answerDelivered answers what a centre delivered (SMPP 3.4, 4.6.2).
func answerDelivered(in inbound, status data.CommandStatusType) {
	if in.frame.CommandID == data.DATA_SM {
		p := pdu.NewDataSMResp().(*pdu.DataSMResp)
		p.CommandStatus = status
		in.session.answerAs(p, in.frame)
		return
	}
	p := pdu.NewDeliverSMResp().(*pdu.DeliverSMResp)
	p.CommandStatus = status
	in.session.answerAs(p, in.frame)
}

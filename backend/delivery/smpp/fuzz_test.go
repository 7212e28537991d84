package smpp

import (
	"bytes"
	"strings"
	"testing"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// FuzzWhatACentreDelivers: whatever it is, only codes and IDs that can be shown come of it.
func FuzzWhatACentreDelivers(f *testing.F) {
	d := pdu.NewDeliverSM().(*pdu.DeliverSM)
	d.EsmClass = kindReceipt
	_ = d.Message.SetMessageWithEncoding("id:42ab sub:001 dlvrd:000 stat:UNDELIV err:027 text:", data.GSM7BIT)
	f.Add(marshal(d))
	for tag, value := range map[pdu.Tag][]byte{pdu.TagReceiptedMessageID: []byte("42ab\x00"), pdu.TagMessageStateOption: {5}, pdu.TagNetworkErrorCode: {3, 0, 27}} {
		d.RegisterOptionalParam(pdu.Field{Tag: tag, Data: value})
		f.Add(marshal(d))
	}
	s := pdu.NewDataSM().(*pdu.DataSM)
	s.RegisterOptionalParam(pdu.Field{Tag: pdu.TagMessagePayload, Data: []byte("id:42ab stat:DELIVRD")})
	f.Add(marshal(s))
	a := pdu.NewSubmitSMResp().(*pdu.SubmitSMResp)
	a.MessageID = "42ab"
	f.Add(marshal(a))
	var known ids
	known.submitted("42ab", "4915100000000")
	f.Fuzz(func(t *testing.T, octets []byte) {
		got, err := readFrame(bytes.NewReader(octets))
		if err != nil {
			return
		}
		var named []string
		switch got.CommandID {
		case data.SUBMIT_SM_RESP:
			if id, err := idIn(got); err == nil {
				named = append(named, id)
			}
		case data.DELIVER_SM, data.DATA_SM:
			d, err := readDelivered(got)
			if err != nil {
				return
			}
			r, _ := receiptIn(d)
			named = r.ids
			if reason := r.reason(); len(reason) > 16 || cleanID(strings.ReplaceAll(reason, " ", "")) != strings.ReplaceAll(reason, " ", "") {
				t.Errorf("a reason of %q", reason)
			}
			for _, id := range r.ids {
				known.candidates(id, r.from)
			}
		}
		for _, id := range named {
			if id != cleanID(id) {
				t.Errorf("an ID of %q", id)
			}
		}
	})
}

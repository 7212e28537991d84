package keycare_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keycare"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestWhatIsStoredIsListedAndDeletedWithOnePIN(t *testing.T) {
	b := newBench(t, careKey())
	b.stock()
	b.tap("keycare.stored")
	b.tap("page.next")
	b.error("keycare.unlock", words.Text("keycare.pin_empty"))
	b.fails["credentials"] = &app.Error{Code: app.CodeKeyPINWrong, TriesLeft: 2}
	b.fill("keycare.unlock", "4711")
	b.tap("page.next")
	b.settle()
	b.error("keycare.unlock", "That is not the key's PIN. You have 2 tries left.")
	b.wiped()
	delete(b.fails, "credentials")
	b.fill("keycare.unlock", "0815")
	b.tap("page.next")
	b.at("keycare_stored")
	b.says("The key keeps 2 sign-ins. Choose one to delete it.")
	b.says("Ana Lopes · ana")
	b.did("credentials", "credentials")

	b.tap("keycare.credential.1")
	b.at("keycare_forget")
	b.says("You can't sign in to harbour.example with this key any more. This can't be undone: only harbour.example can set the key up again.")
	b.tap("page.back")
	b.at("keycare_stored")
	b.did()
	b.tap("keycare.credential.1")
	b.fails["delete c1"] = &app.Error{Code: app.CodeKeyTimeout}
	b.tap("keycare.delete")
	b.settle()
	b.says(words.Text("error.key_timeout"))
	b.fails["delete c1"] = &app.Error{Code: app.CodeKeyNoCredential} // it is gone, whoever did it
	b.tap("keycare.delete")
	b.at("keycare_stored")
	b.says("The key keeps 1 sign-in. Choose it to delete it.")
	b.says("The sign-in to harbour.example was deleted from the key.")
	b.did("delete c1", "delete c1", "credentials")
	if b.pins[len(b.pins)-1] != "0815" {
		t.Error("the PIN was not the one for this visit")
	}

	kept := keycare.KeptPIN(b.w)
	b.tap("page.back")
	b.at("keycare_key")
	b.wiped()
	if !kept.Empty() {
		t.Error("the PIN was let go of, not wiped")
	}
	b.tap("keycare.stored")
	b.at("keycare_unlock") // asked again
}

func TestFingersAreRenamedAndDeleted(t *testing.T) {
	b := newBench(t, careKey())
	b.stock()
	b.unlock("keycare.fingers", "keycare_fingers")
	b.says("The key knows 1 finger. A finger serves in place of the PIN.")
	b.tap("keycare.finger.1")
	b.fill("keycare.finger_name", " ")
	b.tap("page.next")
	b.error("keycare.finger_name", words.Text("keycare.finger_name_empty"))
	b.fill("keycare.finger_name", "Right thumb")
	b.fails["name Right thumb"] = &app.Error{Code: app.CodeBadRequest}
	b.tap("page.next")
	b.settle()
	b.error("keycare.finger_name", words.Text("keycare.finger_name_refused"))
	delete(b.fails, "name Right thumb")
	b.tap("page.next")
	b.at("keycare_fingers")
	b.says("The finger is called Right thumb now.")
	b.tap("keycare.finger.1")
	b.tap("keycare.delete_finger")
	b.says(words.Text("keycare.delete_finger_lead"))
	b.tap("page.back")
	b.at("keycare_finger")
	b.tap("keycare.delete_finger")
	b.tap("keycare.delete")
	b.at("keycare_fingers")
	b.says(words.Text("keycare.fingers_none"))
	b.did("fingers", "name Right thumb", "name Right thumb", "fingers", "delete finger f1", "fingers")
	b.tap("page.back")
	b.at("keycare_key")
	b.wiped()
}

func TestAFingerIsAddedSampleBySample(t *testing.T) {
	b := newBench(t, careKey())
	b.unlock("keycare.fingers", "keycare_fingers")
	b.tap("keycare.add_finger")
	b.at("keycare_enrol")
	b.fill("keycare.finger_name", "Left thumb")
	b.hold = make(chan struct{})
	b.tap("page.next")
	b.at("keycare_samples")
	<-b.began
	b.says(words.Text("keycare.sample_first"))
	for sample, want := range map[app.FingerSample]string{
		{Left: 3, Last: app.SampleGood}:    "Touch again, 3 left.",
		{Left: 1, Last: app.SampleGood}:    "That was good.",
		{Left: 3, Last: app.SamplePlace}:   words.Text("keycare.sample.place"),
		{Left: 3, Last: app.SamplePace}:    words.Text("keycare.sample.pace"),
		{Left: 3, Last: app.SamplePoor}:    words.Text("keycare.sample.poor"),
		{Left: 3, Last: app.SampleKnown}:   words.Text("keycare.sample.known"),
		{Left: 3, Last: app.SampleNobody}:  words.Text("keycare.sample.nobody"),
		{Left: 3, Last: app.SampleLift}:    words.Text("keycare.sample.lift"),
		{Left: 3, Last: app.SampleUnknown}: words.Text("keycare.sample.unknown"),
	} {
		keycare.Sampled(b.w, sample)
		b.says(want)
	}
	b.Pass(keyparts.UntouchedAfter - 1)
	uitest.MustNotSay(t, b.w, words.Text("keycare.touch_late"))
	b.Pass(1)
	b.says(words.Text("keycare.touch_late"))
	keycare.Sampled(b.w, app.FingerSample{Left: 1, Last: app.SampleGood})
	uitest.MustNotSay(t, b.w, words.Text("keycare.touch_late"))
	close(b.hold)
	b.hold = nil
	b.at("keycare_fingers")
	b.says("The key knows Left thumb now.")
	b.did("fingers", "enrol Left thumb", "fingers")
}

// TestSamplesReachThePage from the driver's own thread, the newest at least.
func TestSamplesReachThePage(t *testing.T) {
	b := newBench(t, careKey())
	b.samples = []app.FingerSample{{}, {Left: 4, Last: app.SampleGood}, {Left: 2, Last: app.SampleLift}}
	b.unlock("keycare.fingers", "keycare_fingers")
	b.tap("keycare.add_finger")
	b.hold = make(chan struct{})
	b.tap("page.next")
	<-b.began
	for !uitest.Says(b.w, "Touch again, 2 left.") {
		b.step()
	}
	b.says(words.Text("keycare.sample.lift"))
	enrolling := b.ctx   // the next call brings its own, maybe at once
	b.tap("page.cancel") // the key is asked what it knows, once it has left off
	if enrolling.Err() == nil {
		t.Error("the sensor waits still")
	}
	close(b.hold)
	b.at("keycare_fingers")
}

func TestAFingerThatIsNotTakenIsTriedAgain(t *testing.T) {
	b := newBench(t, careKey())
	b.unlock("keycare.fingers", "keycare_fingers")
	b.tap("keycare.add_finger")
	b.fails["enrol Finger 1"] = &app.Error{Code: app.CodeKeyFingersFull}
	b.tap("page.next")
	for kit.Find(b.w.Root(), "keycare.enrol_again") == nil {
		b.step()
	}
	b.says(words.Text("error.key_fingers_full"))
	delete(b.fails, "enrol Finger 1")
	b.tap("keycare.enrol_again")
	b.at("keycare_fingers")
	b.did("fingers", "enrol Finger 1", "enrol Finger 1", "fingers")
}

// Package ui is the window's front door: New opens the window, and its routes lead from the pages before any flow to the
// rooms behind them. The shell around the pages is in ui/shell, one page for each kind of step that a flow can want in
// ui/step, "My security key" in ui/keycare, the trial's own in ui/tray.
//
// # The rules
//
// These come before the code; a page that breaks one is wrong, however it looks.
//
// Pages. A page is a function of the flow's step and of nothing else: Back, Send again and another way are inputs to
// the flow, and the flow's answer is what is drawn next. A page says in its heading what to do, in one sentence below
// why or how, then offers the one thing to do. At the bottom stand Back and Cancel on the left, one secondary and one
// primary button on the right. Cancel is always there while a flow goes on, and ends it for good.
//
// Words. Every text has a key in assets/text; no sentence stands in the code. Talk to one person, plainly. Say what
// happened, then what to do. Sentence case; no "please", no "oops", no exclamation mark, no jargon. Times as people
// say them: "in 22 s", "in 4 minutes", "tomorrow at 9:10".
//
// Failures. What can be seen to be wrong here is said before anything is sent. An error stands beside the field that
// caused it, otherwise in a note above the footer, at once, and the focus goes to where it is mended. Nothing typed is
// lost, but for a code that was refused: its cells are cleared, since nobody corrects a dead code. A refusal that time
// mends counts down, and the primary button waits with it. When the server can't be reached the note offers to try
// again; the same words sent again carry the same idempotency key. A flow that expired or ended says so and offers to
// start again. Each such page shows the support code, small.
//
// Keyboard. The first field has the focus. Enter does the primary thing, Escape goes back, or cancels where there is no
// way back. Six digits send themselves.
//
// Waits. Nothing happens on the UI thread that can wait. After 100 ms a wait shows life, after 2 s it says what is
// waited for, after 10 s it offers to stop waiting. Leaving a page cancels what it waits for. Deadlines are the
// server's: they count from when it answered, whatever this computer's clock says.
//
// Secrets. A password or a key is in a widget only while its page is shown. A copied key leaves the clipboard after
// 30 s, if it is still there.
package ui

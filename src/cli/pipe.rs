//! A reader that has seen enough, as in `karat list | head -1`, ends the writer quietly.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::SIGPIPE;

/// From here on the process ends like any other filter when nobody reads its output any more. Rust ignores that signal from the
/// start, and printing would panic instead. Not before workers have ended: one that dies early must break a pipe, not karat.
pub(super) fn end_when_closed() {
    // Where it cannot be watched everything stays as it was.
    let _ =
        signal_hook::flag::register_conditional_default(SIGPIPE, Arc::new(AtomicBool::new(true)));
}

/// Prints a line while workers still run, when the signal must not end the process. A closed pipe is no reason to stop measuring: the
/// exit code says what was found.
pub(super) fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}

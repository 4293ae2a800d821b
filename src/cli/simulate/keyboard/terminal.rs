//! A terminal that gives each key at once and does not show it.
//!
//! Signals (Ctrl-C, Ctrl-Z) and output stay as they are. It reads nothing.

use std::io;

use rustix::process::{Signal as Number, getpgrp};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The terminal of stdin, key by key until this is dropped.
pub(super) struct KeyByKey {
    before: Termios,
    continued: Signal,
}

impl KeyByKey {
    /// `None` when stdin is no terminal, or one that somebody else uses now.
    pub(super) fn begin() -> Option<Self> {
        let before = tcgetattr(io::stdin()).ok()?;
        if !is_ours() {
            return None;
        }
        let continued = signal(SignalKind::from_raw(Number::CONT.as_raw())).ok()?;
        let terminal = Self { before, continued };
        terminal.apply();
        Some(terminal)
    }

    /// Waits until the program was stopped and goes on, and puts the terminal right again.
    pub(super) async fn resumed(&mut self) {
        if self.continued.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
        self.apply();
    }

    fn apply(&self) {
        let mut modes = self.before.clone();
        modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        set(&modes);
    }
}

impl Drop for KeyByKey {
    fn drop(&mut self) {
        set(&self.before);
    }
}

/// Whether this program is the one that the terminal serves. Any other would be stopped for touching it.
fn is_ours() -> bool {
    tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp())
}

fn set(modes: &Termios) {
    if is_ours() {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, modes);
    }
}

//! What somebody at the keyboard of `run` asks for: single keys on a terminal, else lines.
//!
//! It does nothing of what is asked. Lines may hold a card number: they are not shown.

#[cfg(unix)]
mod terminal;

use std::io::{BufRead, IsTerminal, Read};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::cli::press::{Press, PressError};
use terminal::KeyByKey;

/// What can be asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// A call, and what its caller presses.
    Call(Press),
    /// The page.
    Page,
    /// The scripts, read again.
    Reload,
    /// The end.
    Quit,
    /// What can be asked for.
    Help,
    /// Something that makes no sense.
    Nonsense(PressError),
}

/// The keyboard, while somebody listens to it. A terminal gets its settings back when this is dropped.
pub struct Keyboard {
    asked: UnboundedReceiver<Asked>,
    terminal: Option<KeyByKey>,
}

impl Keyboard {
    /// Begins to listen. Needs a tokio runtime with its I/O driver.
    pub fn listen() -> Self {
        let (sender, asked) = unbounded_channel();
        let terminal = KeyByKey::begin();
        let by_key = terminal.is_some();
        // A job in the background is stopped by the system when it reads from its terminal.
        if by_key || cfg!(not(unix)) || !std::io::stdin().is_terminal() {
            std::thread::spawn(move || read(&sender, by_key));
        }
        Self { asked, terminal }
    }

    /// Whether each key counts at once.
    pub fn by_key(&self) -> bool {
        self.terminal.is_some()
    }

    /// Waits for what is asked next; for ever when nobody can ask any more. Nothing is lost when the
    /// future is dropped before its end.
    pub async fn next(&mut self) -> Asked {
        loop {
            tokio::select! {
                Some(asked) = self.asked.recv() => return asked,
                () = resumed(self.terminal.as_mut()) => {}
            }
        }
    }
}

/// A program that was stopped and goes on finds its terminal as the shell left it.
async fn resumed(terminal: Option<&mut KeyByKey>) {
    match terminal {
        Some(terminal) => terminal.resumed().await,
        None => std::future::pending().await,
    }
}

/// There are only lines here.
#[cfg(not(unix))]
mod terminal {
    pub(super) enum KeyByKey {}

    impl KeyByKey {
        pub(super) fn begin() -> Option<Self> {
            None
        }

        pub(super) async fn resumed(&mut self) {
            match *self {}
        }
    }
}

/// Reads on a thread of its own: reading cannot be interrupted.
fn read(sender: &UnboundedSender<Asked>, by_key: bool) {
    if by_key {
        let mut keys = [0; 64];
        while let Ok(count @ 1..) = std::io::stdin().read(&mut keys) {
            if !of_keys(&keys[..count]).into_iter().all(|asked| sender.send(asked).is_ok()) {
                return;
            }
        }
        return;
    }
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        if sender.send(of_line(&line)).is_err() {
            return;
        }
    }
}

/// What keys ask for, pressed one after the other. What a terminal sends for a key without a letter
/// begins with ESC and means nothing.
fn of_keys(keys: &[u8]) -> Vec<Asked> {
    let asked = |key: &u8| match key {
        b'c' => Some(Asked::Call(Press::default())),
        b'o' => Some(Asked::Page),
        b'r' => Some(Asked::Reload),
        // 4 is Ctrl-D.
        b'q' | 4 => Some(Asked::Quit),
        b'h' | b'?' => Some(Asked::Help),
        _ => None,
    };
    if keys.first() == Some(&0x1b) { Vec::new() } else { keys.iter().filter_map(asked).collect() }
}

/// What a line asks for.
fn of_line(line: &str) -> Asked {
    match line.trim() {
        "" | "c" => Asked::Call(Press::default()),
        "o" => Asked::Page,
        "r" => Asked::Reload,
        "q" => Asked::Quit,
        "h" | "?" => Asked::Help,
        keys => keys.parse().map_or_else(Asked::Nonsense, Asked::Call),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn keys_ask_at_once() {
        let call = || Asked::Call(Press::default());
        for (keys, expected) in [
            (&b"c"[..], vec![call()]),
            (b"ccq", vec![call(), call(), Asked::Quit]),
            (b"o", vec![Asked::Page]),
            (b"r", vec![Asked::Reload]),
            (b"?h", vec![Asked::Help, Asked::Help]),
            (b"\x04", vec![Asked::Quit]),
            (b"x1C\n", vec![]),
            (b"\x1b[c", vec![]),
        ] {
            assert_eq!(of_keys(keys), expected, "{keys:?}");
        }
    }

    #[test]
    fn lines_ask_too_and_may_hold_the_keys_of_a_caller() {
        for (line, expected) in [
            ("", Asked::Call(Press::default())),
            (" c ", Asked::Call(Press::default())),
            ("o", Asked::Page),
            ("r", Asked::Reload),
            ("q", Asked::Quit),
            ("?", Asked::Help),
            ("1,wait 2,42#", Asked::Call("1,wait 2,42#".parse().unwrap())),
            ("C", Asked::Call("C".parse().unwrap())),
            ("1,x", Asked::Nonsense(PressError { step: 2 })),
        ] {
            assert_eq!(of_line(line), expected, "{line}");
        }
    }
}

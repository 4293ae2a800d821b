//! `run` on a real terminal: single keys count at once, and the terminal gets its settings back.
//!
//! Python's `pty` makes the terminal.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::process::Command;

/// Starts the program on a terminal of its own, presses keys, and compares the terminal's settings.
const ON_A_TERMINAL: &str = r#"
import os, pty, select, signal, sys, termios, time

def talk(keys):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.argv[1], sys.argv[1:])
    before = None
    seen, told = b"", list(keys)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if before is None:
            # Before the program is ready, the settings are those of a fresh terminal.
            before = termios.tcgetattr(terminal)[3]
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                data = os.read(terminal, 4096)
            except OSError:
                data = b""
            if not data:
                os.waitpid(pid, 0)
                after = termios.tcgetattr(terminal)[3]
                assert not told, "it ended too early: " + repr(seen)
                assert after == before, f"settings {before:#o} became {after:#o}"
                return
            seen += data
        while told and told[0][0].encode() in seen:
            during = termios.tcgetattr(terminal)[3]
            assert not during & termios.ICANON and not during & termios.ECHO, "the terminal waits for lines"
            assert during & termios.ISIG, "Ctrl-C is no signal any more"
            key = told.pop(0)[1]
            if key == "stop":
                os.kill(pid, signal.SIGSTOP)
                os.waitpid(pid, os.WUNTRACED)
                shell = termios.tcgetattr(terminal)
                shell[3] |= termios.ICANON | termios.ECHO
                termios.tcsetattr(terminal, termios.TCSANOW, shell)
                os.kill(pid, signal.SIGCONT)
                while termios.tcgetattr(terminal)[3] & termios.ICANON:
                    assert time.monotonic() < deadline, "the terminal still waits for lines"
                    time.sleep(0.01)
                key = "?"
            os.write(terminal, key.encode())
    raise SystemExit("no end: " + repr(seen) + repr(told))

for end in ["q", "\x03", "\x04"]:
    talk([("press c to call", "c"), ("ended after", "?"), ("r reload", "stop"), ("r reload", end)])
"#;

#[test]
fn single_keys_count_and_the_terminal_is_put_right_at_every_end() {
    let folder = std::env::temp_dir().join(format!("relay-script-terminal-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let script = folder.join("script.rhai");
    std::fs::write(&script, "call.answer(); call.hangup();").unwrap();
    let script = script.display().to_string();
    let program = env!("CARGO_BIN_EXE_relay-script");
    let words = ["-c", ON_A_TERMINAL, program, "run", &script, "--port", "0", "--color", "never"];
    let path = std::env::var("PATH").unwrap();
    let ran = Command::new("python3").args(words).env_clear().env("PATH", path).output().expect("python3");
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

//! The whole program against the simulated peer behind a real socket: signals, drains, reloads, and
//! what the exit code says.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod socket;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use relay_script::sim::{CallPlan, InboundCall, PeerOptions, What};
use socket::Server;

const HELLO: &str = "call.answer(); call.say(\"Hello\"); call.hangup();";
const LONG: &str = "call.answer(); call.play(\"silence:3600\").wait();";

/// A running `start`; it is killed when the test is over.
struct Started {
    child: Child,
    script: PathBuf,
}

impl Started {
    fn new(name: &str, server: &Server, script: &str, flags: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("relay-script-serve-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("main.rhai");
        std::fs::write(&path, script).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_relay-script"))
            .arg("start")
            .arg(&path)
            .args(flags)
            .current_dir(&folder)
            .env_clear()
            .env("SIGNALWIRE_RELAY_HOST", format!("ws://127.0.0.1:{}", server.port))
            .env("SIGNALWIRE_PROJECT_ID", "p")
            .env("SIGNALWIRE_API_TOKEN", "planted-token")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, script: path }
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    fn exit_code(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn dial(server: &Server) -> String {
    server.ask(|room| {
        let call = InboundCall {
            from: "+15551110000".into(),
            to: "+15552220000".into(),
            context: "default".into(),
            plan: CallPlan { silent: true, ..CallPlan::default() },
            ..InboundCall::default()
        };
        room.peer.dial_in(room.now, call)
    })
}

fn heard(what: &What, text: &str) -> bool {
    matches!(what, What::Heard { text: heard, .. } if heard == text)
}

fn verb(what: &What, name: &str) -> bool {
    matches!(what, What::Verb { method, .. } if method == name)
}

fn ended(what: &What) -> bool {
    matches!(what, What::Ended { .. })
}

#[test]
fn a_call_is_answered_over_a_socket_and_a_drain_of_nothing_is_exit_0() {
    let mut server = Server::start(PeerOptions::default());
    let mut started = Started::new("answer", &server, HELLO, &[]);
    server.until(|what| verb(what, "signalwire.connect"));
    dial(&server);
    server.until(|what| heard(what, "Hello"));
    server.until(ended);
    started.signal("-TERM");
    assert_eq!(started.exit_code(), 0);
}

#[test]
fn a_drain_waits_for_the_live_call_and_takes_no_other() {
    let mut server = Server::start(PeerOptions::default());
    let mut started = Started::new("drain", &server, LONG, &[]);
    server.until(|what| verb(what, "signalwire.connect"));
    let call = dial(&server);
    server.until(|what| verb(what, "calling.play"));
    started.signal("-TERM");
    server.until(|what| verb(what, "signalwire.unreceive"));
    assert!(started.child.try_wait().unwrap().is_none(), "it waits");
    server.ask(move |room| room.peer.hang_up(room.now, &call));
    assert_eq!(started.exit_code(), 0);
}

#[test]
fn the_drain_timeout_cuts_calls_with_exit_6_and_a_second_signal_is_130() {
    for (flags, signals, code) in [(&["--drain-timeout", "0"][..], 1, 6), (&[][..], 2, 130)] {
        let mut server = Server::start(PeerOptions::default());
        let mut started = Started::new(&format!("cut{code}"), &server, LONG, flags);
        server.until(|what| verb(what, "signalwire.connect"));
        dial(&server);
        server.until(|what| verb(what, "calling.play"));
        started.signal("-INT");
        if signals == 2 {
            server.until(|what| verb(what, "signalwire.unreceive"));
            started.signal("-INT");
        }
        assert_eq!(started.exit_code(), code);
        server.until(ended);
    }
}

#[test]
fn refused_credentials_are_exit_4() {
    let options = PeerOptions { token: Some("another".into()), ..PeerOptions::default() };
    let server = Server::start(options);
    assert_eq!(Started::new("refused", &server, HELLO, &[]).exit_code(), 4);
}

#[test]
fn a_hangup_signal_reloads_and_calls_in_progress_keep_their_version() {
    let old = "call.answer(); call.play(\"silence:2\").wait(); call.say(\"old\"); call.hangup();";
    let mut server = Server::start(PeerOptions::default());
    let mut started = Started::new("reload", &server, old, &[]);
    server.until(|what| verb(what, "signalwire.connect"));
    dial(&server);
    server.until(|what| verb(what, "calling.play"));
    std::fs::write(&started.script, HELLO.replace("Hello", "new")).unwrap();
    started.signal("-HUP");
    // The reload is a matter of milliseconds, the first call of seconds.
    server.until(|what| heard(what, "old"));
    server.until(ended);
    dial(&server);
    server.until(|what| heard(what, "new"));
    server.until(ended);
    started.signal("-TERM");
    assert_eq!(started.exit_code(), 0);
}

#[test]
fn a_connection_that_is_cut_is_opened_again_and_the_call_goes_on() {
    let script = "call.answer(); call.play(\"silence:3\").wait(); call.say(\"still here\"); call.hangup();";
    let mut server = Server::start(PeerOptions::default());
    let mut started = Started::new("reconnect", &server, script, &[]);
    server.until(|what| verb(what, "signalwire.connect"));
    dial(&server);
    server.until(|what| verb(what, "calling.play"));
    server.cut();
    server.until(|what| verb(what, "signalwire.connect"));
    server.until(|what| heard(what, "still here"));
    server.until(ended);
    started.signal("-TERM");
    assert_eq!(started.exit_code(), 0);
}

//! Turns the signals of the operating system into what is to be done: reload, drain, stop.
//!
//! It stops nothing itself.

use std::io;

/// What the operator asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// SIGHUP: read the scripts again.
    Reload,
    /// The first SIGINT or SIGTERM: take no new calls, let the live ones end.
    Drain,
    /// Any further SIGINT or SIGTERM: end at once.
    Stop,
}

/// A signal, whatever the platform calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signal {
    End,
    Hangup,
}

/// The signals of this process. While it lives, they no longer end the process by themselves, and
/// that stays so after it is dropped.
#[derive(Debug)]
pub struct Requests {
    signals: platform::Signals,
    draining: bool,
}

impl Requests {
    /// Begins to listen. Needs a tokio runtime with its I/O driver.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { signals: platform::Signals::listen()?, draining: false })
    }

    /// Waits for the next request. Nothing is lost when the future is dropped before its end.
    pub async fn next(&mut self) -> Request {
        let signal = self.signals.next().await;
        request(signal, &mut self.draining)
    }
}

fn request(signal: Signal, draining: &mut bool) -> Request {
    match signal {
        Signal::Hangup => Request::Reload,
        Signal::End if std::mem::replace(draining, true) => Request::Stop,
        Signal::End => Request::Drain,
    }
}

#[cfg(unix)]
mod platform {
    use std::io;

    use tokio::signal::unix::{self, SignalKind};

    use super::Signal;

    #[derive(Debug)]
    pub(super) struct Signals {
        interrupt: unix::Signal,
        terminate: unix::Signal,
        hangup: unix::Signal,
    }

    impl Signals {
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: unix::signal(SignalKind::interrupt())?,
                terminate: unix::signal(SignalKind::terminate())?,
                hangup: unix::signal(SignalKind::hangup())?,
            })
        }

        pub(super) async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.interrupt.recv() => Signal::End,
                _ = self.terminate.recv() => Signal::End,
                _ = self.hangup.recv() => Signal::Hangup,
            }
        }
    }
}

#[cfg(windows)]
mod platform {
    use std::io;

    use tokio::signal::windows::{self, CtrlC};

    use super::Signal;

    #[derive(Debug)]
    pub(super) struct Signals {
        ctrl_c: CtrlC,
    }

    impl Signals {
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self { ctrl_c: windows::ctrl_c()? })
        }

        pub(super) async fn next(&mut self) -> Signal {
            self.ctrl_c.recv().await;
            Signal::End
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_first_end_drains_and_every_further_one_stops() {
        use Signal::{End, Hangup};
        let table: &[(&[Signal], &[Request])] = &[
            (&[End, End, End], &[Request::Drain, Request::Stop, Request::Stop]),
            (&[Hangup, End, Hangup, End], &[Request::Reload, Request::Drain, Request::Reload, Request::Stop]),
        ];
        for (signals, expected) in table {
            let mut draining = false;
            let requests: Vec<_> = signals.iter().map(|signal| request(*signal, &mut draining)).collect();
            assert_eq!(requests, *expected);
        }
    }

    /// Real signals, sent by `kill` to this test's own process, one at a time.
    #[cfg(unix)]
    #[test]
    fn real_signals_become_requests() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut requests = Requests::listen().unwrap();
            for (signal, expected) in [
                ("-HUP", Request::Reload),
                ("-INT", Request::Drain),
                ("-HUP", Request::Reload),
                ("-TERM", Request::Stop),
            ] {
                let pid = std::process::id().to_string();
                assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
                assert_eq!(requests.next().await, expected);
            }
        });
    }
}

//! The simulator's server on loopback, in real time, on a thread of its own.
#![allow(clippy::unwrap_used)]
#![allow(dead_code, reason = "not every test uses all of it")]

use std::sync::mpsc;
use std::time::Duration;

use relay_script::sim::server::{Desk, Door, Entrance, House, Room};
use relay_script::sim::{Observation, Peer, PeerOptions, What};
use tokio::runtime::{Builder, Handle};
use tokio::time::{Instant, sleep_until};

/// Nothing takes longer, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The server; it ends with the test.
pub struct Server {
    pub port: u16,
    door: Door,
    runtime: Handle,
    seen: mpsc::Receiver<Observation>,
}

impl Server {
    pub fn start(options: PeerOptions) -> Self {
        let (tell, seen) = mpsc::channel();
        let (ready, started) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let (desk, door) = Desk::open(Box::new(str::to_owned));
                let entrance = Entrance::open("127.0.0.1:0".parse().unwrap()).await.unwrap();
                ready.send((entrance.address().port(), door.clone(), Handle::current())).unwrap();
                entrance.serve(House { door, relay: true });
                serve(desk, Peer::new(options), tell).await;
            });
        });
        let (port, door, runtime) = started.recv().unwrap();
        Self { port, door, runtime, seen }
    }

    /// Does something in the server's room, and gives what came of it.
    pub fn ask<T: Send + 'static>(&self, wish: impl FnOnce(&mut Room<'_>) -> T + Send + 'static) -> T {
        let (answer, answered) = mpsc::channel();
        let door = self.door.clone();
        self.runtime.spawn(async move { answer.send(door.ask(wish).await).unwrap() });
        answered.recv_timeout(PATIENCE).unwrap().unwrap()
    }

    /// Cuts the sockets without a word.
    pub fn cut(&self) {
        self.ask(|room| room.cut_links());
    }

    /// Waits until something is seen, passing over what came before it.
    pub fn until(&mut self, is_it: impl Fn(&What) -> bool) {
        while !is_it(&self.seen.recv_timeout(PATIENCE).expect("it is seen in time").what) {}
    }
}

async fn serve(mut desk: Desk, mut peer: Peer, tell: mpsc::Sender<Observation>) {
    let began = Instant::now();
    loop {
        desk.pass_on(began.elapsed(), &mut peer);
        desk.run_errands(&mut peer);
        for seen in peer.take_observations() {
            desk.note(seen.at, seen.call_id.as_deref(), &seen.what);
            let _ = tell.send(seen);
        }
        let due = began + peer.next_due().unwrap_or(Duration::from_secs(3600));
        let order = tokio::select! {
            order = desk.next() => Some(order),
            () = sleep_until(due) => None,
        };
        let now = began.elapsed();
        peer.advance(now);
        if let Some(order) = order {
            desk.carry_out(now, &mut peer, order);
        }
    }
}

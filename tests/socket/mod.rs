//! The simulated peer behind a WebSocket on loopback, in real time, on a thread of its own.
#![allow(clippy::unwrap_used)]

use std::sync::mpsc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use relay_script::sim::{LinkId, Observation, Peer, PeerOptions, What};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::PATIENCE;

type Wish = Box<dyn FnOnce(&mut Peer, Duration) + Send>;

enum Word {
    Do(Wish),
    Cut,
}

/// The server; it ends with the test.
pub struct Server {
    pub port: u16,
    words: UnboundedSender<Word>,
    seen: mpsc::Receiver<Observation>,
}

impl Server {
    pub fn start(options: PeerOptions) -> Self {
        let (words, hear) = unbounded_channel();
        let (tell, seen) = mpsc::channel();
        let (ready, port) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(listener.local_addr().unwrap().port()).unwrap();
                let room = Room { peer: Peer::new(options), began: Instant::now(), line: None, tell };
                room.serve(listener, hear).await;
            });
        });
        Self { port: port.recv().unwrap(), words, seen }
    }

    /// Does something on the peer, and gives what came of it.
    pub fn ask<T: Send + 'static>(&self, wish: impl FnOnce(&mut Peer, Duration) -> T + Send + 'static) -> T {
        let (answer, answered) = mpsc::channel();
        let wish = Box::new(move |peer: &mut Peer, now: Duration| {
            let _ = answer.send(wish(peer, now));
        });
        assert!(self.words.send(Word::Do(wish)).is_ok());
        answered.recv_timeout(PATIENCE).unwrap()
    }

    /// Cuts the socket without a word.
    pub fn cut(&self) {
        assert!(self.words.send(Word::Cut).is_ok());
    }

    /// Waits until something is seen, passing over what came before it.
    pub fn until(&mut self, is_it: impl Fn(&What) -> bool) {
        while !is_it(&self.seen.recv_timeout(PATIENCE).expect("it is seen in time").what) {}
    }
}

struct Room {
    peer: Peer,
    began: Instant,
    line: Option<(LinkId, WebSocketStream<TcpStream>)>,
    tell: mpsc::Sender<Observation>,
}

impl Room {
    async fn serve(mut self, listener: TcpListener, mut hear: UnboundedReceiver<Word>) {
        loop {
            self.pass_on().await;
            let due =
                self.peer.next_due().map_or(self.began + Duration::from_secs(3600), |due| self.began + due);
            let line = &mut self.line;
            tokio::select! {
                accepted = listener.accept() => {
                    let socket = tokio_tungstenite::accept_async(accepted.unwrap().0).await.unwrap();
                    let link = self.peer.open(self.began.elapsed());
                    self.line = Some((link, socket));
                }
                word = hear.recv() => match word {
                    Some(Word::Do(wish)) => wish(&mut self.peer, self.began.elapsed()),
                    Some(Word::Cut) => self.hang_up_link(),
                    None => return,
                },
                frame = async { match line { Some((_, socket)) => socket.next().await, None => std::future::pending().await } } => {
                    self.take(frame);
                }
                () = sleep_until(due) => {}
            }
            self.peer.advance(self.began.elapsed());
        }
    }

    fn take(&mut self, frame: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>) {
        let Some((link, _)) = &self.line else { return };
        match frame {
            Some(Ok(Message::Text(text))) => self.peer.receive(self.began.elapsed(), *link, &text),
            Some(Ok(Message::Close(_)) | Err(_)) | None => self.hang_up_link(),
            Some(Ok(_)) => {}
        }
    }

    fn hang_up_link(&mut self) {
        if let Some((link, _)) = self.line.take() {
            self.peer.close(self.began.elapsed(), link);
        }
    }

    async fn pass_on(&mut self) {
        for (link, frame) in self.peer.take_frames() {
            if let Some((open, socket)) = &mut self.line
                && *open == link
            {
                let _ = socket.send(Message::text(frame)).await;
            }
        }
        let closed = self.peer.take_closed();
        if self.line.as_ref().is_some_and(|(link, _)| closed.contains(link)) {
            self.hang_up_link();
        }
        for observation in self.peer.take_observations() {
            let _ = self.tell.send(observation);
        }
    }
}

//! The socket of one RELAY client: text frames to the desk and back.
//!
//! It gives frames no meaning.

use super::desk::{Word, outbox};
use super::door::Door;
use super::upgrade::Socket;
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};

/// The largest frame, in bytes: what SignalWire's SDKs take.
pub(super) const LONGEST: usize = 10 * 1024 * 1024;
/// How long a client may take to read what is written to it.
const WRITING: Duration = Duration::from_secs(10);

/// Serves the socket until one side closes it.
pub(super) async fn serve(mut socket: Socket, door: Door) {
    let (outbox, mut frames) = outbox();
    let Some(link) = door.open(outbox).await else { return };
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let text = text.as_str().to_owned();
                    if !door.send(Word::Frame { link, text }).await {
                        return;
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
            frame = frames.recv() => {
                let Some(frame) = frame else { break };
                if !matches!(timeout(WRITING, write(&mut socket, frame, &mut frames)).await, Ok(Ok(()))) {
                    break;
                }
            }
        }
    }
    // The peer hears of it first: the client may take its time.
    door.send(Word::Closed { link }).await;
    let _ = timeout(WRITING, socket.close(None)).await;
}

/// Writes a frame and those that wait behind it.
async fn write(
    socket: &mut Socket,
    first: String,
    waiting: &mut mpsc::Receiver<String>,
) -> Result<(), Error> {
    let mut next = Some(first);
    while let Some(frame) = next {
        socket.feed(Message::text(frame)).await?;
        next = waiting.try_recv().ok();
    }
    socket.flush().await
}

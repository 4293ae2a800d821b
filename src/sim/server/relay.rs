//! The socket of one RELAY client: text frames to the desk and back.
//!
//! It gives frames no meaning.

use super::desk::{Word, outbox};
use super::door::Door;
use super::upgrade::Socket;
use crate::sim::link::LinkId;
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
            message = socket.next() => if !take(message, link, &door).await { break },
            frame = frames.recv() => {
                let Some(frame) = frame else { break };
                match timeout(WRITING, write(&mut socket, frame, &mut frames)).await {
                    Ok(Ok(())) => {}
                    // A client that is gone may have said something before.
                    Ok(Err(_)) => {
                        while take(socket.next().await, link, &door).await {}
                        break;
                    }
                    Err(_) => break,
                }
            }
        }
    }
    // The peer hears of it first: the client may take its time.
    door.send(Word::Closed { link }).await;
    let _ = timeout(WRITING, socket.close(None)).await;
}

/// Takes what came; false when nothing will come any more.
async fn take(message: Option<Result<Message, Error>>, link: LinkId, door: &Door) -> bool {
    match message {
        Some(Ok(Message::Text(text))) => {
            door.send(Word::Frame { link, text: text.as_str().to_owned() }).await
        }
        Some(Ok(Message::Close(_)) | Err(_)) | None => false,
        Some(Ok(_)) => true,
    }
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

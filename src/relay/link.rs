//! One WebSocket: text frames in, text frames out.
//!
//! It never reconnects, and gives frames no meaning.

use std::sync::Arc;

use futures_util::{FutureExt, SinkExt, StreamExt};
use rustls::ClientConfig;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::frame::MAX_BYTES;

/// Why a link ended or could not be opened. It never repeats what was sent or received.
#[derive(Debug, Error)]
pub enum LinkError {
    /// The other side closed it.
    #[error("the server closed the connection")]
    Closed,
    /// The server answered the WebSocket handshake with an HTTP status.
    #[error("the server answered with HTTP status {0} instead of opening a WebSocket")]
    Http(u16),
    /// The network, the name or the certificate failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The other side does not speak WebSocket as it should.
    #[error("the WebSocket protocol was violated: {0}")]
    Protocol(String),
}

impl LinkError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Http(_) => Some("check host and path: the RELAY endpoint speaks WebSocket"),
            Self::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused => {
                Some("nothing listens there: check host and port")
            }
            Self::Io(e) if e.to_string().contains("certificate") => {
                Some("for a server with its own certificate authority set SIGNALWIRE_RELAY_CA_FILE")
            }
            Self::Io(_) => Some("check the host (SIGNALWIRE_SPACE) and the network"),
            Self::Closed | Self::Protocol(_) => None,
        }
    }
}

impl From<tungstenite::Error> for LinkError {
    fn from(error: tungstenite::Error) -> Self {
        use tungstenite::Error as E;
        match error {
            E::ConnectionClosed | E::AlreadyClosed => Self::Closed,
            E::Io(e) => Self::Io(e),
            E::Http(response) => Self::Http(response.status().as_u16()),
            E::Tls(e) => Self::Protocol(format!("TLS: {e}")),
            // These kinds name what is wrong, not the data.
            E::Protocol(e) => Self::Protocol(e.to_string()),
            E::Url(e) => Self::Protocol(e.to_string()),
            E::Capacity(_) => Self::Protocol("a frame is too large".into()),
            _ => Self::Protocol("unexpected data".into()),
        }
    }
}

/// A text frame that was received.
pub struct Text(Utf8Bytes);

impl std::ops::Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

/// See the module.
pub struct Link {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Link {
    /// Opens a socket to `url`, with TLS if `tls` is given. It has no time limit of its own.
    pub async fn open(url: &str, tls: Option<Arc<ClientConfig>>) -> Result<Self, LinkError> {
        let limits =
            WebSocketConfig::default().max_message_size(Some(MAX_BYTES)).max_frame_size(Some(MAX_BYTES));
        let tls = tls.map_or(Connector::Plain, Connector::Rustls);
        let (socket, _) = connect_async_tls_with_config(url, Some(limits), true, Some(tls)).await?;
        Ok(Self { socket })
    }

    /// Waits for the next text frame.
    pub async fn read(&mut self) -> Result<Text, LinkError> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(Text(text)),
                Some(Ok(Message::Close(_))) | None => return Err(LinkError::Closed),
                Some(Ok(_)) => {}
                Some(Err(e)) => return Err(e.into()),
            }
        }
    }

    /// A text frame that is there already.
    pub fn try_read(&mut self) -> Option<Result<Text, LinkError>> {
        self.read().now_or_never()
    }

    /// Puts frames into the socket's buffer, in order.
    pub async fn feed(&mut self, frames: impl Iterator<Item = String>) -> Result<(), LinkError> {
        for frame in frames {
            self.socket.feed(Message::text(frame)).await?;
        }
        Ok(())
    }

    /// Sends what is in the buffer.
    pub async fn flush(&mut self) -> Result<(), LinkError> {
        Ok(self.socket.flush().await?)
    }

    /// Says goodbye; the socket closes with the drop in any case.
    pub async fn close(mut self) {
        let _ = self.socket.close(None).await;
    }
}

//! The HTTP requests that calls want made: payment connectors, status callbacks, audio files.
//!
//! It follows no redirect, keeps no cookie, takes no more of a body than is needed, and never tells what was
//! sent, or where to: it may be a card number.

use crate::sim::outside::{Answer, Asked};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, USER_AGENT};
use hyper::{Method, Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lofty::file::AudioFile;
use lofty::probe::Probe;
use rustls::{ClientConfig, RootCertStore};
use std::io::Cursor;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::timeout;

/// How much of a response is kept, in bytes.
const LONGEST_TEXT: usize = 64 * 1024;
/// The largest audio file that is looked at, in bytes.
const LONGEST_AUDIO: usize = 16 * 1024 * 1024;
/// How long an audio file may take to come.
const LISTENING: Duration = Duration::from_secs(5);
const AGENT: &str = concat!("relay-script-sim/", env!("CARGO_PKG_VERSION"));

type Https = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Makes the requests. Cheap to clone; the certificates are read at the first use.
#[derive(Clone, Default)]
pub(super) struct Errands {
    client: Arc<OnceLock<Option<Https>>>,
}

impl Errands {
    /// Makes one request.
    pub(super) async fn fetch(&self, what: Asked) -> Answer {
        match what {
            Asked::Post { url, body, timeout: limit } => {
                timeout(limit, self.post(&url, body)).await.unwrap_or(Answer::TimedOut)
            }
            Asked::Length { url } => timeout(LISTENING, self.length(&url)).await.unwrap_or(Answer::TimedOut),
        }
    }

    async fn post(&self, url: &str, body: String) -> Answer {
        match self.send(Method::POST, url, body).await {
            Ok(response) => {
                let status = response.status().as_u16();
                match read(response.into_body(), LONGEST_TEXT).await {
                    Ok((text, _)) => {
                        Answer::Response { status, body: String::from_utf8_lossy(&text).into_owned() }
                    }
                    Err(why) => Answer::Failed(why),
                }
            }
            Err(why) => Answer::Failed(why),
        }
    }

    async fn length(&self, url: &str) -> Answer {
        let response = match self.send(Method::GET, url, String::new()).await {
            Ok(response) if response.status().is_success() => response,
            Ok(response) => {
                return Answer::Failed(format!("the server answered {}", response.status().as_u16()));
            }
            Err(why) => return Answer::Failed(why),
        };
        match read(response.into_body(), LONGEST_AUDIO).await {
            Ok((_, true)) => Answer::Failed("the audio file is larger than 16 MiB".to_owned()),
            Ok((audio, false)) => match audio_length(audio) {
                Some(length) => Answer::Length(length),
                None => Answer::Failed("the file is no audio of a known format".to_owned()),
            },
            Err(why) => Answer::Failed(why),
        }
    }

    async fn send(&self, method: Method, url: &str, body: String) -> Result<Response<Incoming>, String> {
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header(USER_AGENT, AGENT)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| "the URL cannot be understood".to_owned())?;
        let client = self.client.get_or_init(client).as_ref().ok_or("TLS cannot be set up")?;
        client.request(request).await.map_err(|error| {
            let why = if error.is_connect() { "nothing answers there" } else { "the exchange broke off" };
            why.to_owned()
        })
    }
}

/// `None` when TLS cannot be set up.
fn client() -> Option<Https> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let tls = versions.ok()?.with_root_certificates(roots).with_no_client_auth();
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
    Some(Client::builder(TokioExecutor::new()).build(connector))
}

/// The body, up to so many bytes, and whether there was more.
async fn read(
    mut body: impl Body<Data = Bytes, Error = hyper::Error> + Unpin,
    longest: usize,
) -> Result<(Vec<u8>, bool), String> {
    let mut taken = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| "the response broke off".to_owned())?;
        let Some(data) = frame.data_ref() else { continue };
        let left = longest - taken.len();
        taken.extend_from_slice(&data[..data.len().min(left)]);
        if data.len() > left {
            return Ok((taken, true));
        }
    }
    Ok((taken, false))
}

fn audio_length(audio: Vec<u8>) -> Option<Duration> {
    let file = Probe::new(Cursor::new(audio)).guess_file_type().ok()?.read().ok()?;
    Some(file.properties().duration())
}

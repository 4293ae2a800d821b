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
pub struct Errands {
    client: Arc<OnceLock<Option<Https>>>,
}

impl Errands {
    /// Makes one request.
    pub async fn fetch(&self, what: Asked) -> Answer {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use axum::Router;
    use axum::routing::{get, post};
    use tokio::net::TcpListener;

    /// One second of 8 kHz, 16 bit, silence.
    fn wav() -> Vec<u8> {
        let format = hound::WavSpec {
            channels: 1,
            sample_rate: 8000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, format).unwrap();
        (0..8000).for_each(|_| writer.write_sample(0_i16).unwrap());
        writer.finalize().unwrap();
        file.into_inner()
    }

    async fn server() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route(
                "/echo",
                post(|body: String| async move { (axum::http::StatusCode::PAYMENT_REQUIRED, body) }),
            )
            .route("/moved", post(|| async { axum::response::Redirect::temporary("/echo") }))
            .route("/long", post(|| async { "x".repeat(LONGEST_TEXT + 1) }))
            .route("/silent", post(std::future::pending::<String>))
            .route("/a.wav", get(|| async { wav() }))
            .route("/text", get(|| async { "no audio" }))
            .route("/huge", get(|| async { vec![0; LONGEST_AUDIO + 1] }));
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    #[tokio::test]
    async fn posts_are_answered_whatever_comes_back() {
        let (server, errands) = (server().await, Errands::default());
        let response = |status, body: &str| Answer::Response { status, body: body.to_owned() };
        for (path, limit, expected) in [
            ("/echo", 60_000, response(402, "{\"a\":1}")),
            ("/moved", 60_000, response(307, "")),
            ("/nowhere", 60_000, response(404, "")),
            ("/long", 60_000, response(200, &"x".repeat(LONGEST_TEXT))),
            ("/silent", 20, Answer::TimedOut),
        ] {
            let (url, timeout) = (format!("{server}{path}"), Duration::from_millis(limit));
            let asked = Asked::Post { url, body: "{\"a\":1}".to_owned(), timeout };
            assert!(errands.fetch(asked).await == expected, "{path}");
        }
    }

    #[tokio::test]
    async fn audio_is_measured_and_what_is_none_is_said_without_its_url() {
        let (server, errands) = (server().await, Errands::default());
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let failed = |why: &str| Answer::Failed(why.to_owned());
        for (url, expected) in [
            (format!("{server}/a.wav"), Answer::Length(Duration::from_secs(1))),
            (format!("{server}/text"), failed("the file is no audio of a known format")),
            (format!("{server}/huge"), failed("the audio file is larger than 16 MiB")),
            (format!("{server}/none"), failed("the server answered 404")),
            (format!("http://{closed}/planted"), failed("nothing answers there")),
            ("planted".to_owned(), failed("the exchange broke off")),
            ("http://[planted".to_owned(), failed("the URL cannot be understood")),
        ] {
            let answer = errands.fetch(Asked::Length { url: url.clone() }).await;
            assert!(answer == expected, "{url}: {answer:?}");
        }
    }
}

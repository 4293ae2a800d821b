//! Opens links: name resolution, TCP, TLS and the WebSocket handshake, within a time limit.
//!
//! It opens one link each time it is asked; when to ask is the session's decision.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio::time::timeout;

use super::link::{Link, LinkError};

/// How long opening may take altogether.
pub const OPEN_TIMEOUT: Duration = Duration::from_secs(10);

/// Why no link can be opened, now or ever.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The extra certificates cannot be read.
    #[error("cannot read the certificates in {}", path.display())]
    CaFile {
        /// The file named by `SIGNALWIRE_RELAY_CA_FILE`.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds no certificate.
    #[error("{} holds no PEM certificate", .0.display())]
    NoCertificate(PathBuf),
    /// Neither the system nor the settings name any certificate to trust.
    #[error("no trusted certificates were found on this system")]
    NoRoots,
    /// It took too long.
    #[error("no connection to {url} within {} seconds", OPEN_TIMEOUT.as_secs())]
    Timeout {
        /// Where to.
        url: String,
    },
    /// It did not work.
    #[error("cannot connect to {url}")]
    Link {
        /// Where to.
        url: String,
        /// Why.
        source: LinkError,
    },
}

impl ConnectError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::CaFile { .. } | Self::NoCertificate(_) => {
                Some("SIGNALWIRE_RELAY_CA_FILE must name a PEM file with one or more certificates")
            }
            Self::NoRoots => Some(
                "install the system's CA certificates (package ca-certificates), or set SIGNALWIRE_RELAY_CA_FILE",
            ),
            Self::Timeout { .. } => {
                Some("check the host (SIGNALWIRE_SPACE) and that outgoing connections are allowed")
            }
            Self::Link { source, .. } => source.hint(),
        }
    }
}

/// Knows where to connect to and whom to trust.
#[derive(Clone)]
pub struct Connector {
    url: String,
    tls: Option<Arc<ClientConfig>>,
}

impl Connector {
    /// `url` is `wss://host[:port][/path]` or `ws://…`; `ca_file` adds certificates to the system's.
    pub fn new(url: &str, ca_file: Option<&Path>) -> Result<Self, ConnectError> {
        let tls = if url.starts_with("wss:") { Some(Arc::new(tls_config(ca_file)?)) } else { None };
        Ok(Self { url: url.to_owned(), tls })
    }

    /// Where links go to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens one link.
    pub async fn open(&self) -> Result<Link, ConnectError> {
        match timeout(OPEN_TIMEOUT, Link::open(&self.url, self.tls.clone())).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(source)) => Err(ConnectError::Link { url: self.url.clone(), source }),
            Err(_) => Err(ConnectError::Timeout { url: self.url.clone() }),
        }
    }
}

fn tls_config(ca_file: Option<&Path>) -> Result<ClientConfig, ConnectError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        add_file(&mut roots, path)?;
    }
    if roots.is_empty() {
        return Err(ConnectError::NoRoots);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    // The ring provider has suites for the default versions; this cannot fail with it.
    let builder = versions.map_err(|_| ConnectError::NoRoots)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), ConnectError> {
    let unreadable = |source| ConnectError::CaFile { path: path.to_owned(), source };
    let pem = std::fs::read(path).map_err(unreadable)?;
    let before = roots.len();
    let certificates = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok);
    roots.add_parsable_certificates(certificates);
    if roots.len() == before { Err(ConnectError::NoCertificate(path.to_owned())) } else { Ok(()) }
}

//! TLS for a server on this machine: a certificate authority of its own, made anew each time.
//!
//! Keys are never written anywhere, and never leave this file.

use axum::serve::Listener;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long the certificates are good, from yesterday on: clocks differ. Some systems refuse longer ones.
const VALID: Duration = Duration::from_secs(397 * 24 * 3600);
const YESTERDAY: Duration = Duration::from_secs(24 * 3600);
/// How long a client may take for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How many clients may wait between handshake and request.
const QUEUE: usize = 64;

/// The certificate could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// By the certificate library.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// By the TLS library.
    #[error("cannot set up TLS: {0}")]
    Setup(#[from] rustls::Error),
}

/// Who the server is, and who vouches for it.
#[derive(Clone)]
pub struct Identity {
    authority: String,
    config: Arc<ServerConfig>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity")
    }
}

impl Identity {
    /// A new one, good for `localhost`, `127.0.0.1`, `::1`, and the address that is listened on.
    pub fn new(own: IpAddr) -> Result<Self, TlsError> {
        let authority = authority()?;
        let key = KeyPair::generate()?;
        let certificate = server(own)?.signed_by(&key, &authority)?;
        let chain = vec![certificate.der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der())
            .map_err(|why| rustls::Error::General(why.to_owned()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let mut config = versions.with_no_client_auth().with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { authority: authority.pem(), config: Arc::new(config) })
    }

    /// The certificate of the authority, PEM: what clients must trust.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

fn authority() -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut params = dated("relay-script simulator CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

fn server(own: IpAddr) -> Result<CertificateParams, rcgen::Error> {
    let mut params = dated("relay-script simulator");
    params.subject_alt_names = vec![SanType::DnsName("localhost".try_into()?)];
    let mut addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    if !addresses.contains(&own) && !own.is_unspecified() {
        addresses.push(own);
    }
    params.subject_alt_names.extend(addresses.into_iter().map(SanType::IpAddress));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn dated(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    let begins = SystemTime::now() - YESTERDAY;
    params.not_before = begins.into();
    params.not_after = (begins + VALID).into();
    params
}

/// Sockets whose handshake is done.
pub(super) struct Handshakes {
    done: mpsc::Receiver<TlsStream<TcpStream>>,
    address: SocketAddr,
}

impl Handshakes {
    /// Takes sockets from a listener; none waits for the handshake of another.
    pub(super) fn of(mut listener: TcpListener, address: SocketAddr, identity: &Identity) -> Self {
        let acceptor = TlsAcceptor::from(Arc::clone(&identity.config));
        let (tell, done) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            while !tell.is_closed() {
                let (socket, _) = Listener::accept(&mut listener).await;
                // Without it, a frame may wait for the acknowledgement of the one before.
                let _ = socket.set_nodelay(true);
                let (acceptor, tell) = (acceptor.clone(), tell.clone());
                tokio::spawn(async move {
                    if let Ok(Ok(socket)) = timeout(HANDSHAKE, acceptor.accept(socket)).await {
                        // With nobody waiting the server is ending.
                        let _ = tell.send(socket).await;
                    }
                });
            }
        });
        Self { done, address }
    }
}

impl Listener for Handshakes {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.done.recv().await {
            Some(socket) => {
                let from = socket.get_ref().0.peer_addr().unwrap_or(self.address);
                (socket, from)
            }
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

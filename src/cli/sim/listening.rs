//! Where `sim` listens, and what a client needs to know to connect there.
//!
//! It serves nothing. The keys of certificates are written nowhere.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::args::SimArgs;
use crate::cli::failure::Failure;
use crate::report::Report;
use crate::sim::PeerOptions;
use crate::sim::server::{Door, Entrance, House, Identity};

/// Where it listens when nothing is said.
const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4455);
/// The name of the file for the certificate.
const CA_FILE: &str = "relay-script-sim-ca.pem";

/// See the module.
pub struct Listening {
    plain: Option<Entrance>,
    tls: Option<(Entrance, Identity, PathBuf)>,
}

impl Listening {
    /// Begins to listen, and writes the certificate that clients must trust.
    pub async fn begin(args: &SimArgs) -> Result<Self, Failure> {
        let asked = [args.listen, args.listen_tls];
        let foreign = asked.into_iter().flatten().find(|address| !address.ip().is_loopback());
        if let Some(address) = foreign.filter(|_| !args.allow_remote_clients) {
            return Err(Failure::RemoteClients(address));
        }
        let plain = match args.listen {
            Some(address) => Some(open(address).await?),
            None if args.listen_tls.is_none() => Some(usual().await?),
            None => None,
        };
        let tls = match args.listen_tls {
            Some(address) => {
                let entrance = open(address).await?;
                let identity = Identity::new(entrance.address().ip())?;
                let file = args.ca_file.clone().unwrap_or_else(|| std::env::temp_dir().join(CA_FILE));
                replace(&file, identity.authority().as_bytes())
                    .map_err(|source| Failure::Write { path: file.clone(), source })?;
                Some((entrance, identity, std::path::absolute(&file).unwrap_or(file)))
            }
            None => None,
        };
        Ok(Self { plain, tls })
    }

    /// Says where it listens, and prints the environment of a client.
    pub fn announce(&self, args: &SimArgs, report: &Report) -> Result<(), Failure> {
        let plain = self.plain.as_ref().map(Entrance::address);
        let tls = self.tls.as_ref().map(|(entrance, ..)| entrance.address());
        let environment = self.environment(args);
        if args.json {
            let variables: Map<String, Value> =
                environment.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
            let url = |scheme: &str, address: Option<SocketAddr>| {
                address.map_or(Value::Null, |address| format!("{scheme}://{}", named(address)).into())
            };
            let listening = json!({
                "kind": "listening", "ws": url("ws", plain), "http": url("http", plain),
                "wss": url("wss", tls), "https": url("https", tls), "env": variables,
            });
            report.json(&listening).map_err(Failure::Output)?;
        } else {
            for (name, value) in &environment {
                report.line(format!("{name}={value}")).map_err(Failure::Output)?;
            }
        }
        for (scheme, http, address) in [("ws", "http", plain), ("wss", "https", tls)] {
            let Some(address) = address else { continue };
            let name = named(address);
            report.status(format!(
                "listening on {scheme}://{name} for RELAY clients, {http}://{name} for people"
            ));
            if !address.ip().is_loopback() {
                report.warn(format!(
                    "other machines can connect to {address}: they can place calls and see all that happens"
                ));
            }
        }
        if args.token.is_some() {
            report.note("clients need SIGNALWIRE_API_TOKEN too: the token that was given here");
        }
        Ok(())
    }

    /// What a client's environment must say. A token that was given is not repeated.
    fn environment(&self, args: &SimArgs) -> Vec<(&'static str, String)> {
        let (scheme, entrance) = match (&self.tls, &self.plain) {
            (Some((entrance, ..)), _) => ("wss", entrance),
            (None, Some(entrance)) => ("ws", entrance),
            (None, None) => return Vec::new(),
        };
        let host = named(entrance.address());
        let project = args.project.clone().unwrap_or_else(|| "sim".to_owned());
        let mut variables = vec![("SIGNALWIRE_PROJECT_ID", project)];
        if args.token.is_none() {
            variables.push(("SIGNALWIRE_API_TOKEN", "sim".to_owned()));
        }
        variables.push(("SIGNALWIRE_SPACE", host.clone()));
        variables.push(("SIGNALWIRE_RELAY_HOST", host));
        variables.push(("SIGNALWIRE_RELAY_SCHEME", scheme.to_owned()));
        if let Some((_, _, file)) = &self.tls {
            variables.push(("SIGNALWIRE_RELAY_CA_FILE", file.display().to_string()));
        }
        variables
    }

    /// Where recordings can be fetched; without TLS if possible, as whoever fetches may not know the certificate.
    pub fn base_url(&self) -> String {
        match (&self.plain, &self.tls) {
            (Some(entrance), _) => format!("http://{}", named(entrance.address())),
            (None, Some((entrance, ..))) => format!("https://{}", named(entrance.address())),
            (None, None) => PeerOptions::default().base_url,
        }
    }

    /// Serves whoever comes.
    pub fn serve(self, door: &Door) {
        let house = House { door: door.clone(), relay: true };
        if let Some(entrance) = self.plain {
            entrance.serve(house.clone());
        }
        if let Some((entrance, identity, _)) = self.tls {
            entrance.serve_tls(house, &identity);
        }
    }
}

async fn open(address: SocketAddr) -> Result<Entrance, Failure> {
    Entrance::open(address).await.map_err(|source| Failure::Listen { address, source })
}

/// The usual port, or any that is free.
async fn usual() -> Result<Entrance, Failure> {
    match Entrance::open(USUAL).await {
        Ok(entrance) => Ok(entrance),
        Err(_) => open(SocketAddr::new(USUAL.ip(), 0)).await,
    }
}

/// An address as a client writes it. `localhost` may mean another address than the one that is listened on.
fn named(address: SocketAddr) -> String {
    let usual = address.ip() == USUAL.ip() || address.ip().is_unspecified();
    if usual { format!("localhost:{}", address.port()) } else { address.to_string() }
}

/// Puts a file in the place of another in one step, so that nobody reads half of it. A link that stands there is
/// replaced, not followed.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{:x}", std::process::id(), fastrand::u64(..)));
    let draft = path.with_file_name(name);
    let written = OpenOptions::new().write(true).create_new(true).open(&draft).and_then(|mut file| {
        file.write_all(content)?;
        fs::rename(&draft, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

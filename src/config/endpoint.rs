//! Where RELAY is: scheme, host, port and path of its WebSocket.
//!
//! It resolves no names and opens nothing.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The host when none is set.
pub const DEFAULT_HOST: &str = "relay.signalwire.com";

/// The address of a RELAY server. Its `Display` is the URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `wss://` rather than `ws://`.
    pub secure: bool,
    /// A name or an IP address, lowercase, an IPv6 address without its brackets.
    pub host: String,
    /// The TCP port; 443 and 80 are the defaults of the two schemes.
    pub port: u16,
    /// The path, with its leading `/`.
    pub path: String,
}

impl Endpoint {
    /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
            || self.host.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "wss://" } else { "ws://" })?;
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        if self.port != default_port(self.secure) {
            write!(f, ":{}", self.port)?;
        }
        f.write_str(&self.path)
    }
}

fn default_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
}

/// What a host setting says; what it leaves open is filled in by [`Address::endpoint`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) secure: Option<bool>,
    host: String,
    port: Option<u16>,
    path: String,
}

impl Default for Address {
    fn default() -> Self {
        Self { secure: None, host: DEFAULT_HOST.to_owned(), port: None, path: "/".to_owned() }
    }
}

impl Address {
    /// Reads `example` (a space), `host`, `host:port/path`, `[::1]:port`, with or without a scheme.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (secure, rest) = split_scheme(text)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = split_port(authority)?;
        let bare = secure.is_none() && port.is_none() && path.is_empty();
        let host = if bare { full_name(&host) } else { host };
        let path = if path.is_empty() { "/".to_owned() } else { path.to_owned() };
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#');
        path.bytes().all(plain).then_some(Self { secure, host, port, path })
    }

    pub(super) fn endpoint(self, secure: bool) -> Endpoint {
        let port = self.port.unwrap_or(default_port(secure));
        Endpoint { secure, host: self.host, port, path: self.path }
    }
}

fn split_scheme(text: &str) -> Option<(Option<bool>, &str)> {
    match text.split_once("://") {
        None => Some((None, text)),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("wss") => Some((Some(true), rest)),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("ws") => Some((Some(false), rest)),
        Some(_) => None,
    }
}

fn split_port(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (ip, port) = rest.split_once(']')?;
            ip.parse::<Ipv6Addr>().ok()?;
            (ip, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
        }
        None => {
            let (host, port) = authority.split_once(':').map_or((authority, None), |(h, p)| (h, Some(p)));
            (is_name(host).then_some(host)?, port)
        }
    };
    let port = match port {
        Some(digits) => Some(port_number(digits)?),
        None => None,
    };
    Some((host.to_ascii_lowercase(), port))
}

fn port_number(digits: &str) -> Option<u16> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|port| all_digits && *port != 0)
}

fn is_name(host: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !host.is_empty() && !host.starts_with(['.', '-']) && host.bytes().all(allowed)
}

/// A space goes by its short name: `example` is `example.signalwire.com`.
fn full_name(host: &str) -> String {
    let short = !host.contains(['.', ':']) && host != "localhost";
    if short { format!("{host}.signalwire.com") } else { host.to_owned() }
}

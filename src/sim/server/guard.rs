//! Which requests are let in: those that name this server as their host, and that no foreign page made.
//!
//! A name that an attacker's DNS points here (rebinding) is no name of ours, and a browser tells by `Origin` and
//! `Sec-Fetch-Site` which page is behind a request. Whoever asks without a browser sends neither. It lets in or
//! refuses; it never answers what was asked.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use std::net::IpAddr;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// See the module.
#[derive(Debug, Clone)]
pub struct Guard {
    /// Whether requests come over TLS.
    pub secure: bool,
    /// The address that is listened on.
    pub own: IpAddr,
}

/// Why a request is not let in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) why: &'static str,
}

impl Guard {
    pub(super) fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let refuse = |status, why| Err(Refusal { status, why });
        let Some(host) = one(headers, &HOST) else {
            return refuse(StatusCode::BAD_REQUEST, "expected one Host header");
        };
        if !self.is_own(host) || uri.authority().is_some_and(|named| !self.is_own(named.as_str())) {
            let why = "the Host header names another server; expected localhost, 127.0.0.1 or [::1]";
            return refuse(StatusCode::MISDIRECTED_REQUEST, why);
        }
        if headers.contains_key(ORIGIN) {
            let scheme = if self.secure { "https" } else { "http" };
            let own = format!("{scheme}://{host}");
            if one(headers, &ORIGIN).is_none_or(|origin| !origin.eq_ignore_ascii_case(&own)) {
                return refuse(StatusCode::FORBIDDEN, "requests from other origins are refused");
            }
        }
        // Requests for images and the like have no Origin. To follow a link here is harmless.
        let site = headers.get(FETCH_SITE).map(|site| site.as_bytes());
        let follows = *method == Method::GET
            && headers.get(FETCH_MODE).is_some_and(|mode| mode.as_bytes() == b"navigate");
        if !follows && site.is_some_and(|site| site != b"same-origin" && site != b"none") {
            return refuse(StatusCode::FORBIDDEN, "requests from other sites are refused");
        }
        Ok(())
    }

    /// Whether a `Host` means this server. Where other machines may connect, any address does: it is names that
    /// can be turned against us.
    fn is_own(&self, host: &str) -> bool {
        let Some(name) = without_port(host) else { return false };
        if name.eq_ignore_ascii_case("localhost") {
            return true;
        }
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let Ok(address) = bare.parse::<IpAddr>() else { return false };
        address == IpAddr::from([127, 0, 0, 1])
            || address == IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])
            || address == self.own
            || self.own.is_unspecified()
    }
}

/// The value of a header that is there once.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// `[::1]:80` → `[::1]`; `None` when what follows is no port.
fn without_port(host: &str) -> Option<&str> {
    let end = match host.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at(end);
    let is_port = port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    (port.is_empty() || is_port).then_some(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use axum::http::HeaderValue;

    fn status(guard: &Guard, uri: &str, headers: &[(&'static str, &str)]) -> u16 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        guard.check(&Method::GET, &uri.parse().unwrap(), &map).map_or_else(|r| r.status.as_u16(), |()| 200)
    }

    fn guard(own: &str) -> Guard {
        Guard { secure: false, own: own.parse().unwrap() }
    }

    #[test]
    fn only_hosts_that_mean_this_server_are_let_in() {
        for (host, own, expected) in [
            ("localhost:4455", "127.0.0.1", 200),
            ("LocalHost", "127.0.0.1", 200),
            ("127.0.0.1:4455", "127.0.0.1", 200),
            ("[::1]:4455", "127.0.0.1", 200),
            ("127.0.0.7:1", "127.0.0.7", 200),
            ("127.0.0.7:1", "127.0.0.1", 421),
            ("192.168.1.5:4455", "192.168.1.5", 200),
            ("192.168.1.5:4455", "127.0.0.1", 421),
            ("192.168.1.5:4455", "0.0.0.0", 200),
            ("evil.example:4455", "127.0.0.1", 421),
            ("evil.example", "0.0.0.0", 421),
            ("localhost.evil.example", "127.0.0.1", 421),
            ("localhost:80@evil.example", "127.0.0.1", 421),
            ("localhost:", "127.0.0.1", 421),
            ("localhost:99999", "127.0.0.1", 421),
            ("127.0.0.1.evil.example", "127.0.0.1", 421),
            ("[::1", "127.0.0.1", 421),
            ("", "127.0.0.1", 421),
        ] {
            assert_eq!(status(&guard(own), "/", &[("host", host)]), expected, "{host} at {own}");
        }
        let own = guard("127.0.0.1");
        assert_eq!(status(&own, "/", &[]), 400);
        assert_eq!(status(&own, "/", &[("host", "localhost"), ("host", "evil.example")]), 400);
        assert_eq!(status(&own, "http://evil.example/", &[("host", "localhost")]), 421);
        assert_eq!(status(&own, "http://localhost/", &[("host", "localhost")]), 200);
    }

    #[test]
    fn only_pages_of_this_server_are_let_in() {
        for (secure, origin, expected) in [
            (false, "http://localhost:4455", 200),
            (true, "https://localhost:4455", 200),
            (true, "http://localhost:4455", 403),
            (false, "https://localhost:4455", 403),
            (false, "http://localhost:3000", 403),
            (false, "http://localhost", 403),
            (false, "http://127.0.0.1:4455", 403),
            (false, "https://evil.example", 403),
            (false, "http://localhost:4455.evil.example", 403),
            (false, "null", 403),
            (false, "", 403),
        ] {
            let guard = Guard { secure, own: IpAddr::from([127, 0, 0, 1]) };
            let headers = [("host", "localhost:4455"), ("origin", origin)];
            assert_eq!(status(&guard, "/", &headers), expected, "{origin}, secure: {secure}");
        }
        let own = "http://localhost";
        let twice = [("host", "localhost"), ("origin", own), ("origin", own)];
        assert_eq!(status(&guard("127.0.0.1"), "/", &twice), 403);
    }

    #[test]
    fn a_link_may_be_followed_and_nothing_else_comes_from_other_sites() {
        for (site, mode, expected) in [
            ("none", "navigate", 200),
            ("same-origin", "cors", 200),
            ("cross-site", "navigate", 200),
            ("cross-site", "no-cors", 403),
            ("same-site", "no-cors", 403),
            ("cross-site", "websocket", 403),
        ] {
            let headers = [("host", "localhost"), ("sec-fetch-site", site), ("sec-fetch-mode", mode)];
            assert_eq!(status(&guard("127.0.0.1"), "/", &headers), expected, "{site} {mode}");
        }
    }
}

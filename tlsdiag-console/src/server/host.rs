//! By which name it was asked for: a page of elsewhere whose name leads to this machine (DNS rebinding) gets nothing.

use hyper::header::HOST;
use hyper::{Request, StatusCode};

/// Why a request is refused, if it is: the name is that of this machine's loopback, with the port that is listened to.
pub(super) fn refusal<B>(request: &Request<B>, port: u16) -> Option<(StatusCode, &'static str)> {
    let mut named = request.headers().get_all(HOST).iter().map(|name| name.to_str().unwrap_or_default());
    let host = named.next();
    if named.next().is_some() {
        return Some((StatusCode::BAD_REQUEST, "There is more than one Host.\n"));
    }
    let target = request.uri().authority().map(hyper::http::uri::Authority::as_str);
    let ours = |name: &str| is_ours(name, port);
    match (host, target) {
        (Some(host), None) if ours(host) => None,
        (Some(host), Some(target)) if ours(host) && ours(target) => None,
        (None, _) => Some((StatusCode::BAD_REQUEST, "There is no Host.\n")),
        _ => Some((
            StatusCode::MISDIRECTED_REQUEST,
            "This console is for this machine alone: ask for it by localhost, 127.0.0.1 or [::1], with its port.\n",
        )),
    }
}

fn is_ours(name: &str, port: u16) -> bool {
    let bare = match name.strip_suffix(&format!(":{port}")) {
        Some(bare) => bare,
        None if port == 80 => name,
        None => return false,
    };
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|ours| bare.eq_ignore_ascii_case(ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(target: &str, hosts: &[&str], port: u16) -> Option<u16> {
        let request = hosts.iter().fold(Request::get(target), |request, host| request.header(HOST, *host));
        refusal(&request.body(()).expect("a request"), port).map(|(status, _)| status.as_u16())
    }

    #[test]
    fn the_names_of_loopback_with_the_port_are_ours() {
        for host in ["localhost:8080", "LocalHost:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert_eq!(status("/", &[host], 8080), None, "{host}");
        }
        assert_eq!(status("/", &["localhost"], 80), None);
        for host in [
            "",
            "localhost",
            "localhost:80",
            "localhost:08080",
            "evil.example:8080",
            "evil.example",
            "localhost.evil.example:8080",
            "localhost:8080.evil.example",
            "127.0.0.1:8080@evil.example",
            "127.0.0.2:8080",
            "::1:8080",
            "localhost.:8080",
        ] {
            assert_eq!(status("/", &[host], 8080), Some(421), "{host}");
        }
    }

    #[test]
    fn one_host_and_a_target_that_is_the_same() {
        assert_eq!(status("/", &[], 8080), Some(400));
        assert_eq!(status("/", &["localhost:8080", "evil.example"], 8080), Some(400));
        assert_eq!(status("http://evil.example/", &["localhost:8080"], 8080), Some(421));
        assert_eq!(status("http://localhost:8080/", &["evil.example"], 8080), Some(421));
        assert_eq!(status("http://localhost:8080/", &["localhost:8080"], 8080), None);
    }
}

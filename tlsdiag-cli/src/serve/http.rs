//! As much HTTP as a browser or curl needs to see an answer.

use tlsdiag_console::server;

/// What a request may measure; the rest of a longer one is not read.
pub(super) const LONGEST_REQUEST: usize = 16 * 1024;

/// Whether these bytes, the first that a client sent, begin an HTTP request.
pub(super) fn is_request(bytes: &[u8]) -> bool {
    let method = bytes.split(|byte| *byte == b' ').next().unwrap_or_default();
    bytes.len() > method.len() && !method.is_empty() && method.iter().all(u8::is_ascii_uppercase)
}

/// Whether the head of the request is all there. A body, if one follows, changes nothing about the answer.
pub(super) fn is_complete(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|end| end == b"\r\n\r\n") || bytes.windows(2).any(|end| end == b"\n\n")
}

/// Whether it is a browser that asks: of all clients, they alone name text/html.
pub(super) fn wants_page(request: &[u8]) -> bool {
    let mut lines = request.split(|byte| *byte == b'\n').skip(1).map(<[u8]>::trim_ascii);
    is_request(request)
        && lines.by_ref().take_while(|line| !line.is_empty()).any(|line| {
            let line = line.to_ascii_lowercase();
            line.strip_prefix(b"accept:")
                .is_some_and(|kinds| kinds.windows(9).any(|kind| kind == b"text/html"))
        })
}

/// An answer with this text, after which the connection is closed.
pub(super) fn answer(request: &[u8], text: &str) -> Vec<u8> {
    respond(request, "text/plain", &[("cache-control", "no-store".to_owned())], text)
}

/// An answer with this page, which loads nothing and is kept nowhere.
pub(super) fn page(request: &[u8], page: &str) -> Vec<u8> {
    respond(request, "text/html", &server::headers(), page)
}

fn respond(request: &[u8], kind: &str, headers: &[(&str, String)], text: &str) -> Vec<u8> {
    let body = if request.starts_with(b"HEAD ") { "" } else { text };
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = text.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}; charset=utf-8\r\ncontent-length: {length}\r\n{headers}connection: \
         close\r\n\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_method_and_ends_with_an_empty_line() {
        assert!(is_request(b"GET / HTTP/1.1\r\n") && is_request(b"HEAD / HTTP/1.0"));
        assert!(!is_request(b"hello there") && !is_request(b"GET") && !is_request(b""));
        assert!(is_complete(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") && is_complete(b"GET /\n\n"));
        assert!(!is_complete(b"GET / HTTP/1.1\r\nHost: a\r\n"));
    }

    #[test]
    fn a_browser_is_known_by_what_it_accepts() {
        let asks =
            |head: &str| wants_page(format!("GET / HTTP/1.1\r\n{head}\r\n\r\nAccept: text/html").as_bytes());
        assert!(asks("Host: a\r\nACCEPT: application/xml,text/html;q=0.9"));
        assert!(!asks("Accept: */*") && !asks("X-Accept: text/html") && !asks("Host: text/html"));
    }

    #[test]
    fn the_length_is_in_bytes() {
        let answer = String::from_utf8(answer(b"GET / HTTP/1.1", "häppy")).expect("text");
        assert!(answer.contains("content-length: 6\r\n") && answer.ends_with("\r\n\r\nhäppy"));
    }
}

//! As much HTTP as a browser or curl needs to see an answer.

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

/// An answer with this text, after which the connection is closed.
pub(super) fn answer(request: &[u8], text: &str) -> Vec<u8> {
    let body = if request.starts_with(b"HEAD ") { "" } else { text };
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: \
         no-store\r\nConnection: close\r\n\r\n{body}",
        text.len()
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
    fn the_length_is_in_bytes() {
        let answer = String::from_utf8(answer(b"GET / HTTP/1.1", "häppy")).expect("text");
        assert!(answer.contains("Content-Length: 6\r\n") && answer.ends_with("\r\n\r\nhäppy"));
    }
}

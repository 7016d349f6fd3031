//! What is answered to which request.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tlsdiag_core::neutralize::json;
use tlsdiag_core::report::text::Style;

use super::events::Events;
use super::host;
use crate::book::{Book, Lookup};
use crate::page;

pub(super) type Answer = Response<Either<Full<Bytes>, Events>>;

const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// The headers of every answer with such a page: it loads nothing from elsewhere, is shown in nobody's frame and kept nowhere.
#[must_use]
pub fn headers() -> [(&'static str, String); 6] {
    [
        ("content-security-policy", page::content_security_policy()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("referrer-policy", "no-referrer".to_owned()),
        ("cache-control", "no-store".to_owned()),
        ("cross-origin-opener-policy", "same-origin".to_owned()),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
    ]
}

/// A book and the port where it is shown.
pub(super) struct Site {
    book: Arc<Book>,
    port: u16,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asked {
    Newest,
    Handshake(u64),
    Json(u64),
    Events,
}

impl Asked {
    fn read(path: &str) -> Option<Asked> {
        match path {
            "/" => Some(Asked::Newest),
            "/events" => Some(Asked::Events),
            _ => {
                let rest = path.strip_prefix("/handshake/")?;
                let (digits, json) = match rest.strip_suffix(".json") {
                    Some(digits) => (digits, true),
                    None => (rest, false),
                };
                let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
                let number = digits.parse().ok().filter(|_| is_plain)?;
                Some(if json { Asked::Json(number) } else { Asked::Handshake(number) })
            }
        }
    }
}

impl Site {
    pub(super) fn new(book: Arc<Book>, port: u16) -> Site {
        let headers = headers().into_iter().filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::try_from(value).ok()?))
        });
        Site { book, port, headers: headers.collect() }
    }

    pub(super) fn answer<B>(&self, request: &Request<B>) -> Answer {
        if let Some((status, why)) = host::refusal(request, self.port) {
            return self.text(status, why);
        }
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            let mut answer = self.text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are answered.\n");
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        match Asked::read(request.uri().path()) {
            Some(Asked::Newest) => {
                let picked = self.book.newest_trouble();
                let page = page::console(&self.book.overview(), picked.as_ref().map(|picked| picked.shown()));
                self.full(StatusCode::OK, HTML, page.into_string())
            }
            Some(Asked::Handshake(number)) => match self.book.lookup(number) {
                Lookup::Handshake(picked) => {
                    let page = page::console(&self.book.overview(), Some(picked.shown()));
                    self.full(StatusCode::OK, HTML, page.into_string())
                }
                Lookup::Setup(setup) => {
                    let mut report = Vec::new();
                    // Memory is never full.
                    let _ = setup.write(&mut report, Style::default());
                    self.full(StatusCode::OK, TEXT, report)
                }
                Lookup::Nothing(why) => self.text(StatusCode::NOT_FOUND, &format!("{why}\n")),
            },
            Some(Asked::Json(number)) => {
                let json = match self.book.lookup(number) {
                    Lookup::Handshake(picked) => json(picked.shown().record),
                    Lookup::Setup(setup) => json(&setup),
                    Lookup::Nothing(why) => return self.text(StatusCode::NOT_FOUND, &format!("{why}\n")),
                };
                match json {
                    Ok(json) => self.full(StatusCode::OK, JSON, json + "\n"),
                    Err(_) => self.text(StatusCode::INTERNAL_SERVER_ERROR, "It cannot be written as JSON.\n"),
                }
            }
            Some(Asked::Events) if request.method() == Method::HEAD => {
                self.full(StatusCode::OK, EVENTS, Bytes::new())
            }
            Some(Asked::Events) => {
                self.respond(StatusCode::OK, EVENTS, Either::Right(Events::new(self.book.watch())))
            }
            None => self.text(StatusCode::NOT_FOUND, "There is no such page: / shows the newest trouble.\n"),
        }
    }

    fn text(&self, status: StatusCode, sentence: &str) -> Answer {
        self.full(status, TEXT, sentence.to_owned())
    }

    fn full(&self, status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
        self.respond(status, kind, Either::Left(Full::new(body.into())))
    }

    fn respond(&self, status: StatusCode, kind: &'static str, body: Either<Full<Bytes>, Events>) -> Answer {
        let mut answer = Response::new(body);
        *answer.status_mut() = status;
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        answer.headers_mut().extend(self.headers.iter().cloned());
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_four_kinds_of_addresses() {
        assert_eq!(Asked::read("/"), Some(Asked::Newest));
        assert_eq!(Asked::read("/events"), Some(Asked::Events));
        assert_eq!(Asked::read("/handshake/7"), Some(Asked::Handshake(7)));
        assert_eq!(Asked::read("/handshake/7.json"), Some(Asked::Json(7)));
        for none in [
            "",
            "//",
            "/handshake/",
            "/handshake/0",
            "/handshake/07",
            "/handshake/+7",
            "/handshake/-1",
            "/handshake/7/",
            "/handshake/.json",
            "/handshake/99999999999999999999",
            "/events/",
            "/favicon.ico",
            "/../etc/passwd",
        ] {
            assert_eq!(Asked::read(none), None, "{none}");
        }
    }
}

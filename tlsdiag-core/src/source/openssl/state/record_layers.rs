//! Of which records the application's message callback would have been called without us.
//!
//! From OpenSSL 3.2 on a record layer asks when it is made whether there is a message callback
//! (`ssl_set_new_record_layer`), and reports no record if there was none. Ours is there when the
//! first layers are made, so they report theirs. Where the application's own comes during a
//! handshake, as SNI chooses another context, what they report is kept from it, as OpenSSL would
//! have, until the layer of that direction is replaced: by a change_cipher_spec before TLS 1.3, and
//! since by the messages that change keys.

use std::ffi::c_int;
use std::sync::atomic::{AtomicU8, Ordering};

use super::super::sys::constants::content::{CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER, INNER_TYPE};
use super::super::sys::constants::message::{CLIENT_HELLO, FINISHED, KEY_UPDATE};
use super::super::sys::constants::{TLS1_3, message, record};

/// The beginning of the random bytes by which a ServerHello is a HelloRetryRequest (RFC 8446
/// §4.1.3); a hook decodes nothing.
const HELLO_RETRY: [u8; 8] = [0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11];

/// The first OpenSSL whose layers ask.
const ASKING: u64 = 0x3020_0000;

/// Nothing that is received is passed on.
const READ: u8 = 1;
/// Nothing that is sent is passed on.
const WRITE: u8 = 2;
/// A hello has passed since: in TLS 1.3 the next sealed record that is sent is a new layer's.
const HELLO: u8 = 4;
/// A ServerHello has passed since: in TLS 1.3 the next record that is received is a new layer's.
const SERVER_HELLO: u8 = 8;
/// The application has had a message callback here, maybe when a layer was made.
const KNOWN: u8 = 16;

/// What one connection's layers keep from the application. Only the connection's own thread writes
/// to it.
#[derive(Default)]
pub(crate) struct Layers(AtomicU8);

impl Layers {
    /// The application's callback was there when the connection was made.
    #[inline]
    pub(crate) fn know(&self) {
        self.0.store(KNOWN, Ordering::Relaxed);
    }

    /// The application has set a callback on a connection whose handshake has begun, or has not.
    pub(crate) fn meet(&self, library: u64, begun: bool) {
        let known = self.0.load(Ordering::Relaxed) & KNOWN != 0;
        if !known {
            // Before the handshake, `SSL_set_accept_state` and `SSL_set_connect_state` make new
            // layers.
            let silent = if begun && library >= ASKING { READ | WRITE } else { 0 };
            self.0.store(KNOWN | silent, Ordering::Relaxed);
        }
    }

    /// Whether nothing is kept from the application any more.
    pub(crate) fn passes_all(&self) -> bool {
        self.0.load(Ordering::Relaxed) & (READ | WRITE) == 0
    }

    /// Whether the application's callback would have been called for this; `version` is the
    /// connection's.
    pub(crate) fn passes(
        &self,
        write: c_int,
        content_type: c_int,
        bytes: &[u8],
        version: impl FnOnce() -> c_int,
    ) -> bool {
        if self.passes_all() {
            return true;
        }
        let before = self.0.load(Ordering::Relaxed);
        let (now, passed) = step(before, write != 0, content_type, bytes, version() == TLS1_3);
        self.0.store(now, Ordering::Relaxed);
        passed
    }
}

/// What is kept from now on, and whether this is passed on.
fn step(mut kept: u8, sent: bool, content_type: c_int, bytes: &[u8], is_1_3: bool) -> (u8, bool) {
    let own = if sent { WRITE } else { READ };
    let kind = bytes.first().copied().unwrap_or_default();
    match content_type {
        HEADER => {
            if is_1_3 && !sent && kept & SERVER_HELLO != 0 {
                kept &= !READ;
            }
            // Not a change_cipher_spec, which is sent as plaintext.
            if is_1_3 && sent && kept & HELLO != 0 && kind == record::APPLICATION_DATA {
                kept &= !WRITE;
            }
            let passed = kept & own == 0;
            if !is_1_3 && !sent && kind == record::CHANGE_CIPHER_SPEC {
                kept &= !READ;
            }
            (kept, passed)
        }
        INNER_TYPE => (kept, kept & own == 0),
        // The record layer reports one that is received.
        CHANGE_CIPHER_SPEC if !sent => (kept, kept & own == 0),
        CHANGE_CIPHER_SPEC if !is_1_3 => (kept & !WRITE, true),
        HANDSHAKE => {
            match kind {
                message::SERVER_HELLO if bytes.get(6..14) == Some(&HELLO_RETRY) => kept |= HELLO,
                message::SERVER_HELLO => kept |= HELLO | SERVER_HELLO,
                CLIENT_HELLO if sent => kept |= HELLO,
                FINISHED | KEY_UPDATE if is_1_3 => kept &= !own,
                _ => {}
            }
            (kept, true)
        }
        _ => (kept, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is passed on, of `<` or `>` with `h` and a record's type, `i`, `c` or `m` and a
    /// message's type.
    fn passed(is_1_3: bool, calls: &str) -> String {
        let layers = Layers::default();
        layers.meet(ASKING, true);
        let version = if is_1_3 { TLS1_3 } else { 0x0303 };
        let is_passed = |call: &&str| {
            let (place, kind) = call.split_at(2);
            let content_type = match &place[1..] {
                "h" => HEADER,
                "i" => INNER_TYPE,
                "c" => CHANGE_CIPHER_SPEC,
                _ => HANDSHAKE,
            };
            let kind = kind.parse().unwrap_or(1);
            layers.passes(c_int::from(place.starts_with('>')), content_type, &[kind], || version)
        };
        let passed = calls.split(' ').filter(is_passed).collect::<Vec<_>>().join(" ");
        assert!(layers.passes_all());
        passed
    }

    #[test]
    fn a_server_whose_context_sni_chose() {
        assert_eq!(
            passed(true, ">h22 >m2 >h20 >c >h23 >i22 >m8 <h20 <c <h23 <i22 <m20"),
            ">m2 >c >h23 >i22 >m8 <h20 <c <h23 <i22 <m20"
        );
        assert_eq!(
            passed(false, ">h22 >m2 >m11 <h22 <m16 <h20 <h22 <m20 >h22 >m4 >h20 >c >h22 >m20"),
            ">m2 >m11 <m16 <h22 <m20 >m4 >c >h22 >m20"
        );
    }

    #[test]
    fn a_client_during_its_handshake() {
        assert_eq!(
            passed(true, "<h22 <m2 <h20 <c <h23 <i22 <m20 >h20 >c >h23 >i22 >m20"),
            "<m2 <h20 <c <h23 <i22 <m20 >c >h23 >i22 >m20"
        );
    }

    #[test]
    fn a_retry_makes_no_layer() {
        let retry = [&[2, 0, 0, 40, 3, 3][..], &HELLO_RETRY, &[0; 24]].concat();
        let (kept, passed) = step(READ | WRITE, true, HANDSHAKE, &retry, true);
        assert!(passed);
        assert!(!step(kept, false, HEADER, &[22], true).1);
    }

    #[test]
    fn data_until_the_keys_are_updated() {
        assert_eq!(
            passed(true, "<h23 <i23 >h23 <h23 <i22 <m24 <h23 >h23 >i22 >m24 >h23 >i23"),
            "<m24 <h23 >m24 >h23 >i23"
        );
    }

    #[test]
    fn nothing_is_kept() {
        for (library, begun) in [(0x3000_00f0, true), (ASKING, false)] {
            let layers = Layers::default();
            layers.meet(library, begun);
            assert!(layers.passes_all());
        }
        let layers = Layers::default();
        layers.know();
        layers.meet(ASKING, true);
        assert!(layers.passes_all(), "it was there before, was taken off and comes back");
    }
}

//! What the browser is told to refuse.

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::texts::{COPY, LIVE, STYLE};

/// The value of the header `Content-Security-Policy` for these pages: nothing from elsewhere, and the styles and scripts that are in
/// them by their hashes.
#[must_use]
pub fn content_security_policy() -> String {
    let (style, copy, live) = (hash(STYLE), hash(COPY), hash(LIVE));
    format!(
        "default-src 'none'; style-src {style}; script-src {copy} {live}; img-src data:; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    )
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text)))
}

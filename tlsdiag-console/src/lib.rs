//! Handshakes as pages in a browser.
//!
//! Records come in at one end ([`book`], which keeps the newest and knows where the rest lies), are grouped by their clients ([`view`])
//! and are written as HTML at the other end ([`page`], which is pure).

#![forbid(unsafe_code)]

pub mod page;
pub mod view;

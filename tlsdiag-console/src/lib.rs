//! Handshakes as pages in a browser.
//!
//! Records come in at one end, as they are made or out of files ([`files`]), are kept and grouped by their clients ([`book`]), described in
//! plain values ([`view`]), written as HTML ([`page`], which is pure) and shown over HTTP on loopback ([`server`]).

#![forbid(unsafe_code)]

pub mod book;
pub mod files;
pub mod page;
pub mod server;
pub mod view;

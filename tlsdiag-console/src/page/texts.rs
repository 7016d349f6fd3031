//! The styles and scripts of the pages, as they stand in them.

/// The styles of every page.
pub(super) const STYLE: &str = include_str!("style.css");

/// What the Copy buttons do; they are not shown without it.
pub(super) const COPY: &str = include_str!("copy.js");

/// Keeps a page up to date while handshakes come.
pub(super) const LIVE: &str = include_str!("live.js");

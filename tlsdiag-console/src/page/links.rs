//! Where a page may lead.

/// Whether a page may lead to the pages of others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// It may.
    ToOthers,
    /// Whoever reads it may see nothing but this.
    None,
}

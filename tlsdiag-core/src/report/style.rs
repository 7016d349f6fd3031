//! How a report for a terminal is laid out.

/// How a report is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Style {
    /// Whether ANSI colours are used, for emphasis alone.
    pub color: bool,
    /// Columns to fill.
    pub width: usize,
    /// Whether the timeline of a handshake that is not plainly healthy is shown.
    pub timeline: bool,
    /// Whether everything is shown: the offers (what ClientHello and CertificateRequest list), and of a healthy handshake more than five
    /// lines.
    pub full: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style { color: false, width: 80, timeline: true, full: false }
    }
}

impl Style {
    /// The same with colours, or without.
    #[must_use]
    pub fn with_color(self, color: bool) -> Self {
        Style { color, ..self }
    }

    /// The same with everything that the record holds for people, or without.
    #[must_use]
    pub fn with_full(self, full: bool) -> Self {
        Style { full, ..self }
    }

    /// The same for a terminal of so many columns; at least 40.
    #[must_use]
    pub fn with_width(self, width: usize) -> Self {
        Style { width: width.max(40), ..self }
    }
}

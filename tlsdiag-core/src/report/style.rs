//! How a report for a terminal is laid out.

/// How a report is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Style {
    /// Whether ANSI colours are used, for emphasis alone.
    pub color: bool,
    /// Columns to fill.
    pub width: usize,
    /// Whether the timeline is shown.
    pub timeline: bool,
    /// Whether the offers are shown: what ClientHello and CertificateRequest list.
    pub offers: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style { color: false, width: 80, timeline: true, offers: true }
    }
}

impl Style {
    /// The same with colours, or without.
    #[must_use]
    pub fn with_color(self, color: bool) -> Self {
        Style { color, ..self }
    }

    /// The same for a terminal of so many columns; at least 40.
    #[must_use]
    pub fn with_width(self, width: usize) -> Self {
        Style { width: width.max(40), ..self }
    }
}

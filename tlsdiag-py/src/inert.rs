//! What Python shows: every `__str__`, `__repr__` and page is [`Inert`].

use std::convert::Infallible;
use std::fmt::Arguments;
use std::io;

use pyo3::prelude::*;
use pyo3::types::PyString;
use tlsdiag_core::neutralize as neutralized;
use tlsdiag_core::report::text::Style;

/// Text to be shown, on which nothing acts that a peer or a file has put there. Attributes are data, and have it as it was said.
pub(crate) struct Inert(String);

/// One line, of a format and its values.
macro_rules! inert {
    ($($words:tt)*) => { $crate::inert::Inert::line(format_args!($($words)*)) };
}
pub(crate) use inert;

impl Inert {
    pub(crate) fn line(words: Arguments<'_>) -> Self {
        Inert(neutralized(&words.to_string()).into_owned())
    }

    /// What core writes for people, without the empty line at its end.
    pub(crate) fn page(
        width: usize,
        color: bool,
        write: impl FnOnce(&mut Vec<u8>, Style) -> io::Result<()>,
    ) -> PyResult<Self> {
        let mut page = Vec::new();
        write(&mut page, Style::default().with_width(width).with_color(color))?;
        Ok(Inert(String::from_utf8_lossy(&page).trim_end().to_owned()))
    }

    /// The same in HTML, as it is laid out.
    pub(crate) fn preformatted(&self, class: &str) -> Self {
        let mut html = format!("<pre class=\"{class}\">");
        for c in self.0.chars() {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#x27;"),
                other => html.push(other),
            }
        }
        html.push_str("</pre>");
        Inert(html)
    }
}

impl<'py> IntoPyObject<'py> for Inert {
    type Target = PyString;
    type Output = Bound<'py, PyString>;
    type Error = Infallible;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Infallible> {
        self.0.into_pyobject(py)
    }
}

/// The text as it may be shown: what acts on a terminal, or is not seen, becomes an escape. A half of a surrogate pair, as names of
/// files have it, is shown as U+FFFD.
#[pyfunction]
pub(crate) fn neutralize(text: &Bound<'_, PyString>) -> Inert {
    Inert(neutralized(&text.to_string_lossy()).into_owned())
}
